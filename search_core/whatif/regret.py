"""Regret: where a run whose answer is wrong lost a right one, by which decision, at what margin.

It looks at the run's own log, and at the truth where that is known: which solutions are right, and,
for problems of the embedded families, which steps can still become right (their exact checkers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from search_core.answers import Undecided
from search_core.embedded import FAMILIES, prospects
from search_core.log.events import ROOT, Decided, VoteMethod
from search_core.log.tree import Node, Tree
from search_core.picture.numbers import counted, format_beside, format_signed
from search_core.picture.step_names import step_title
from search_core.problem import Problem
from search_core.run.grading import grade_solution

Lost = Literal["nothing", "vote", "cut", "no_vote", "solver", "unknown"]


@dataclass(frozen=True, slots=True)
class Regret:
    """What a run lost.

    Attributes:
        lost: "nothing": its answer is right. "vote": a right solution was finished, and outvoted.
            "no_vote": one was written, and took no part in the vote. "cut": a step that led to
            one, or could have, was cut. "solver": no step that was written after `node` could
            become right. "unknown": the log does not tell.
        sentence: The same in words.
        node: The right solution, or the last step that was right; None: none is known.
        decision: Index into `Tree.decisions` of what cut it.
        margin: What it lacked: of the cut-off, or of the winner's votes; at most 0. None: nothing
            was ranked.
        instead: Votes by which its answer would have won.
    """

    lost: Lost
    sentence: str
    node: str | None = None
    decision: int | None = None
    margin: float | None = None
    instead: tuple[VoteMethod, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)

    def __str__(self) -> str:
        return self.sentence


def regret(tree: Tree) -> Regret:
    """Where a finished run lost a right answer."""
    finished, header = tree.finished, tree.started
    if finished is None or header is None:
        return Regret("unknown", "The run was cut off: it had no chance to choose.")
    problem = Problem(**header.problem.model_dump())
    chosen = tree.nodes[finished.chosen] if finished.chosen else None
    if problem.answer is None and problem.family not in FAMILIES:
        return Regret("unknown", "Nobody knows the right answer of this problem.")
    if chosen is not None and chosen.right is None:
        return Regret("unknown", "Whether the answer is right is not known.")
    if chosen is not None and chosen.right:
        return Regret("nothing", "The answer is right: nothing was lost.")
    finds = [node for node in tree.steps() if _is_right(tree, problem, node)]
    voted = [node for node in finds if node.state == "completed"]
    if voted:
        return _outvoted(tree, voted)
    if finds:
        return _cut(tree, max(finds, key=_value), "was a right solution")
    return _last_hope(tree, problem)


def _outvoted(tree: Tree, right: list[Node]) -> Regret:
    """Right solutions were finished, and another answer won."""
    groups = {node.group for node in right}
    instead = tuple(
        vote.method for vote in tree.votes.values() if vote.chosen in {node.id for node in right}
    )
    best = max(right, key=_value)
    found = (
        f"{counted(len(right), 'right solution')} {'was' if len(right) == 1 else 'were'} finished"
    )
    finished = tree.finished
    held = tree.votes.get(finished.method) if finished and finished.method else None
    entry = next((e for e in held.tally if e.group in groups), None) if held else None
    if held is None or entry is None:
        sentence = f"{found}, and took no part in the vote."
        return Regret("no_vote", sentence, best.id, instead=instead)
    first = held.tally[0]
    margin = entry.votes - first.votes
    how = {
        "majority": f"{first.votes:g} votes to {entry.votes:g}",
        "weighted": f"by weight {first.votes:.3g} to {entry.votes:.3g}",
        "best": f"by score {format_beside(first.votes, entry.votes)} to "
        f"{format_beside(entry.votes, first.votes)}",
    }[held.method]
    if first.group in groups:
        how = "among solutions with the same answer, some of them right and some not"
    would = f" A vote by {' or '.join(instead)} would have chosen a right one." if instead else ""
    sentence = f"{found}, and lost the {held.method} vote {how}.{would}"
    return Regret("vote", sentence, best.id, margin=min(0.0, margin), instead=instead)


def _last_hope(tree: Tree, problem: Problem) -> Regret:
    """No right solution was written: the last step that could have become one."""
    hope = _hopeful(tree, problem)
    if hope is None:
        return Regret(
            "unknown",
            "No right solution is in the tree. Whether a step that was cut would have led to one, "
            "only rollouts from it could tell.",
        )
    steps = [node for node in tree.steps() if hope[node.id]]
    ends = [node for node in steps if not any(hope[child] for child in node.children)]
    cut = [node for node in ends if node.state == "pruned"]
    if cut:
        # All hope was gone with the last of them.
        last = max(cut, key=lambda node: (node.decision or 0, _value(node)))
        return _cut(tree, last, "could still become right")
    if not steps:
        return Regret("solver", "No first step that was written could become right.", ROOT)
    last = max(ends, key=lambda node: node.depth)
    after = len(last.children)
    then = f"none of the {counted(after, 'step')} written after it could"
    if after < 2:
        then = "the one step written after it could not" if after else "nothing came after it"
    return Regret(
        "solver", f"{step_title(last.id, tree)} could still become right, and {then}.", last.id
    )


def _cut(tree: Tree, node: Node, what: str) -> Regret:
    """A step that was right was cut."""
    decision = None if node.decision is None else tree.decisions[node.decision]
    if decision is None:
        why = "it was written only to look ahead" if node.role == "rollout" else "it was merged"
        return Regret(
            "no_vote", f"{step_title(node.id, tree)} {what}; {why}, and had no vote.", node.id
        )
    return Regret(
        "cut",
        _cut_words(decision, node, f"{step_title(node.id, tree)} {what}"),
        node.id,
        node.decision,
        node.margin,
    )


def _cut_words(decision: Decided, node: Node, what: str) -> str:
    sentence = f"{what}, and was cut in round {decision.round}"
    if node.margin is None or decision.cutoff is None or node.aggregate is None:
        return f"{sentence}. {decision.why}"
    score = format_beside(node.aggregate, decision.cutoff)
    cutoff = format_beside(decision.cutoff, node.aggregate)
    among = len(decision.kept) + len(decision.pruned)
    level = "ties go by order" if node.margin == 0 else f"margin {format_signed(node.margin)}"
    return f"{sentence}: rank {node.rank} of {among}, {score} where the cut was {cutoff} ({level})."


def _is_right(tree: Tree, problem: Problem, node: Node) -> bool:
    if node.right is not None or node.right_undecided:
        return bool(node.right)
    if node.ended != "end" or node.merged_into is not None:
        return False
    try:
        return bool(grade_solution(problem, [step.text for step in tree.path(node.id)]))
    except Undecided:
        return False


def _hopeful(tree: Tree, problem: Problem) -> Mapping[str, bool] | None:
    """Of each step whether the path up to it can still become right; None: nobody knows."""
    if problem.family not in FAMILIES:
        return None
    hope: dict[str, bool] = {}
    try:
        for node in tree.steps():
            if node.children:
                continue
            path = tree.path(node.id)
            told = prospects(problem, [step.text for step in path])
            hope.update(zip((step.id for step in path), told, strict=True))
    except ValueError:  # not in the family's own wording: its checker cannot read it
        return None
    return hope


def _value(node: Node) -> float:
    return -1.0 if node.aggregate is None else node.aggregate
