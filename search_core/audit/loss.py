"""By what a run whose answer is wrong was lost, as far as rollouts tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from search_core.audit.choices import Choices
from search_core.audit.shares import ReachedShare
from search_core.log.tree import Node, Tree
from search_core.picture.numbers import counted, format_percent
from search_core.picture.step_names import step_name
from search_core.picture.text import one_line
from search_core.whatif import regret

_LINE = 60


@dataclass(frozen=True, slots=True)
class AuditLoss:
    """Where a run whose answer is wrong was lost.

    Attributes:
        by: "nothing": its answer is right. "cut": by cutting `node`. "vote" and "no_vote": as of
            `search_core.whatif.Regret`. "solver": nothing that it wrote after `node` got there.
            "unknown": no rollout got anywhere, or not all are there yet.
    """

    by: Literal["nothing", "cut", "vote", "no_vote", "solver", "unknown"]
    sentence: str
    node: str | None = None
    round: int | None = None


def loss_of(
    tree: Tree,
    choices: Choices,
    shares: Mapping[str, ReachedShare],
    right: Callable[[Node], bool | None],
    *,
    whole: bool,
) -> AuditLoss:
    """Where all hope went: with the last step from which a rollout reached the answer.

    That a right solution was written, and outvoted or cut, the log says itself.

    Args:
        right: Whether a finished solution is right.
        whole: Whether all rollouts are there.
    """
    known = regret(tree)
    if known.lost == "unknown":
        # The log knows no right answer; whoever asks for the audit may.
        finished = [node for node in tree.steps() if node.state == "completed" and right(node)]
        chosen = tree.finished.chosen if tree.finished else None
        if chosen is not None and chosen in {node.id for node in finished}:
            return AuditLoss("nothing", "The answer is right: nothing was lost.")
        if finished:
            sentence = "A right solution was finished, and another answer was chosen."
            return AuditLoss("vote", sentence, finished[0].id)
    if known.lost in ("nothing", "vote", "no_vote"):
        return AuditLoss(known.lost, known.sentence, known.node)
    if known.lost == "cut" and known.node is not None and tree.nodes[known.node].ended == "end":
        return AuditLoss("cut", known.sentence, known.node, _round(tree, known.node))
    fates = [
        (choice.round, node, was_cut)
        for choice in choices.choices
        for nodes, was_cut in ((choice.cut, True), (choice.kept, False))
        for node in nodes
        if shares[node].hope
    ]
    # A step that leads to one with hope is not where hope ended.
    last = [fate for fate in fates if not any(_leads(fate[1], other) for _, other, _ in fates)]
    if not last:
        sentence = "No rollout reached the answer, from what was cut or from what was kept."
        return AuditLoss(
            "unknown", sentence if whole else "Where the run was lost is not known yet."
        )
    # What was kept is given up a round later, when the solver found nothing after it.
    round_, node, was_cut = max(
        last, key=lambda fate: (fate[0] + (not fate[2]), fate[2], shares[fate[1]].value)
    )
    share, name = shares[node], step_name(node, tree)
    named = f"{name}, “{one_line(tree.nodes[node].text, _LINE)}”"
    got = f"{share.reached} of {counted(share.rollouts, 'rollout')} from it reached the answer"
    if not was_cut:
        return AuditLoss(
            "solver",
            f"The run was lost after round {round_}, by the solver and not by a cut: {named} "
            f"was kept and {got}, and nothing that was written after it did.",
            node,
            round_,
        )
    return AuditLoss(
        "cut",
        f"The run was lost in round {round_} by cutting {named}: {got} "
        f"({format_percent(share.interval[0])} to {format_percent(share.interval[1])}), and no "
        "rollout from what was kept then did.",
        node,
        round_,
    )


def _round(tree: Tree, node_id: str) -> int | None:
    decision = tree.nodes[node_id].decision
    return None if decision is None else tree.decisions[decision].round


def _leads(node: str, other: str) -> bool:
    return other.startswith(f"{node}.")
