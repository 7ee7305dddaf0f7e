"""REBASE: the better a path scores, the more next steps it gets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.scoring import best_first
from search_core.strategies.base import (
    Allocate,
    Choose,
    Complete,
    Decide,
    Nodes,
    NodeView,
    Plan,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.options import ScoredOptions, later_wins_ties_option, option

_ROUNDING = 1e-9
_LISTED = 8


@dataclass(frozen=True)
class RebaseOptions(ScoredOptions):
    """Options of REBASE."""

    balance_temperature: float = option(
        0.2,
        "Balance temperature",
        "Low: the best path gets nearly all next steps. High: all paths get the same.",
        minimum=0.01,
        maximum=100.0,
    )
    later_wins_ties: bool = later_wins_ties_option()


def plan(root: NodeView, options: RebaseOptions) -> Plan:
    """Each round: share the budget that is left among the paths by softmax of their scores.

    Source: reward-balanced search, arXiv 2408.00724, section 3.2; thu-wyz/rebase,
    `select_softmax` (temperature 0.2). A finished path takes one of the N with it for good.
    The published code turns a rising sort round, so that of equal scores the later path comes
    first and gets what rounding up adds (`later_wins_ties`).
    Deliberate differences: a step that hit the length limit is pruned and takes its one of the
    N too, where the published code goes on from it up to 1,024 tokens; shares are rounded to
    nine digits before they are rounded up, so that equal scores get equal widths in any
    precision; the aggregate is an option (published: the last score).
    """
    parents: Nodes = (root,) * options.n
    solutions: Nodes = ()
    for step in range(1, options.max_steps + 1):
        children = yield Sample(parents)
        children = yield Score(children, options.aggregate)
        ended = tuple(c for c in children if c.ended == "end")
        yield Complete(ended)
        yield from cut_off(children)
        solutions += ended
        active = [c for c in children if c.ended == "step"]
        if step == options.max_steps:
            yield out_of_steps(active, options.max_steps)
            break
        if not active:
            break
        # Each path that is over took one of the N, so as many are left as paths go on.
        order = best_first([node.value for node in active], later_wins_ties=options.later_wins_ties)
        ranked = [active[index] for index in order]
        weights = softmax([node.value for node in ranked], options.balance_temperature)
        shares = widths([node.value for node in ranked], len(active), options.balance_temperature)
        yield Allocate("softmax", tuple(ranked), tuple(weights), tuple(shares))
        kept = yield _decision(ranked, shares, options)
        if len(kept) != sum(map(bool, shares)):
            shares = shared_with(ranked, shares, kept)
            yield Allocate("by_hand", tuple(ranked), tuple(weights), tuple(shares))
        parents = tuple(
            node for node, width in zip(ranked, shares, strict=True) for _ in range(width)
        )
    yield Choose(solutions, options.judge)


def softmax(scores: Sequence[float], temperature: float) -> list[float]:
    """Each score's part of the whole, 0 to 1; they add up to 1.

    Args:
        scores: Each in 0 to 1; at least one.
        temperature: Above 0.
    """
    powers = [math.exp((score - max(scores)) / temperature) for score in scores]
    return [power / math.fsum(powers) for power in powers]


def widths(scores: Sequence[float], budget: int, temperature: float) -> list[int]:
    """How many of `budget` next steps each path gets; they add up to the budget.

    From the best to the worst, each gets its softmax share of what is left, rounded up, so
    that the best are never rounded down to nothing.

    Args:
        scores: From best to worst, each in 0 to 1; at least one.
        budget: At least 0.
        temperature: Of the softmax, above 0.
    """
    weights = [math.exp((score - scores[0]) / temperature) for score in scores]
    found: list[int] = []
    for place, weight in enumerate(weights):
        share = budget * weight / math.fsum(weights[place:])
        found.append(min(budget, math.ceil(share - _ROUNDING)))
        budget -= found[-1]
    return found


def shared_with(ranked: Sequence[NodeView], shares: Sequence[int], kept: Nodes) -> list[int]:
    """The shares where a person keeps paths that have none: each gets one next step, of those of
    the path that has the most; where that has only one left, on top."""
    ids = {node.id for node in kept}
    found = list(shares)
    for place, node in enumerate(ranked):
        if node.id in ids and not found[place]:
            most = found.index(max(found))
            found[most] -= found[most] > 1
            found[place] = 1
    return found


def _decision(ranked: Sequence[NodeView], shares: Sequence[int], options: RebaseOptions) -> Decide:
    kept = tuple(node for node, width in zip(ranked, shares, strict=True) if width)
    listed = ", ".join(map(str, shares[: min(_LISTED, len(kept))]))
    more = ", …" if len(kept) > _LISTED else ""
    steps = "1 next step" if sum(shares) == 1 else f"{sum(shares)} next steps"
    why = (
        f"REBASE shares {steps} by softmax of the {options.aggregate} scores at "
        f"temperature {options.balance_temperature:g}. From the best path on they get "
        f"{listed}{more}; a path whose share is 0 stops here."
    )
    return Decide(
        "softmax_share",
        why,
        kept,
        tuple(ranked[len(kept) :]),
        ranked=True,
        cutoff=kept[-1].value,
        revisable=True,
    )


REBASE = Strategy(
    name="rebase",
    title="REBASE",
    does="Gives each path next steps in proportion to how good it looks (softmax of the scores).",
    does_not="It trusts the size of the scores, not only their order: a verifier that is sure and "
    "wrong takes the whole budget with it.",
    source="arXiv 2408.00724, section 3.2; thu-wyz/rebase",
    kind="prune",
    pseudocode="""\
paths ← N copies of the problem
repeat
    write one step for each path
    score the new steps
    set finished paths aside; each took one of the N
    B ← how many of the N are left
    from the best path on
        width ← B · softmax(score / T), rounded up
        path gets that many next steps; B ← B − width
until no path is left, or the steps run out
let the finished solutions vote""",
    options=RebaseOptions,
    plan=plan,
    as_published={"max_steps": 25, "later_wins_ties": True},
)
