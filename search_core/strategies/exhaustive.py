"""Exhaustive search: the whole tree to a depth. The oracle that other strategies are tested by."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.log.events import Aggregate, VoteMethod
from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.branching import branching_option, distinct_siblings, families
from search_core.strategies.options import (
    OptionError,
    StrategyOptions,
    aggregate_option,
    judge_option,
    option,
)

MOST_STEPS = 5_000
"""Steps of the largest full tree that is begun: a quarter of what a run may have."""
_WIDEST_ROUND = 256
"""No strategy writes more at once: it is the largest budget N of all others."""


@dataclass(frozen=True)
class ExhaustiveOptions(StrategyOptions):
    """Options of exhaustive search. It has no budget: the tree's size is what it costs."""

    max_steps: int = option(
        4,
        "Maximum steps",
        "A path that has not ended after this many steps is left unfinished.",
        minimum=1,
        maximum=100,
        advanced=True,
    )
    branching: int = branching_option(3)
    aggregate: Aggregate = aggregate_option()
    judge: VoteMethod = judge_option()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.full_tree > MOST_STEPS:
            raise OptionError(
                f"Branching (branching) is {self.branching} and Maximum steps (max_steps) is "
                f"{self.max_steps}: the full tree has {_count(self.full_tree)} steps, and "
                f"exhaustive search must stay at or below {MOST_STEPS:,}. Lower one of the two.",
                option="max_steps",
            )

    @property
    def full_tree(self) -> int:
        """Steps of the whole tree if no path ends early: b + b² + … + b^depth."""
        return sum(self._level(depth) for depth in range(1, self.max_steps + 1))

    @property
    def width(self) -> int:
        """The most samples of one round: a whole level, as far as one round may hold it."""
        return min(self._level(self.max_steps), _WIDEST_ROUND)

    def _level(self, depth: int) -> int:
        steps: int = self.branching**depth
        return steps


def plan(root: NodeView, options: ExhaustiveOptions) -> Plan:
    """Each level: `branching` next steps under every step that is not finished.

    Source: none; breadth-first search. Siblings that say the same are merged, so the tree is
    one of distinct steps, and a solution votes once, however often it was written.
    """
    level: Nodes = (root,)
    solutions: Nodes = ()
    parents_at_once = options.width // options.branching
    for step in range(1, options.max_steps + 1):
        below: Nodes = ()
        for first in range(0, len(level), parents_at_once):
            parents = level[first : first + parents_at_once]
            children = yield Sample(tuple(p for p in parents for _ in range(options.branching)))
            distinct: Nodes = ()
            for family in families(children, options.branching):
                siblings, pairs = distinct_siblings(family)
                yield Merge(pairs)
                distinct += tuple(siblings)
            distinct = yield Score(distinct, options.aggregate)
            ended = tuple(child for child in distinct if child.ended == "end")
            yield Complete(ended)
            yield from cut_off(distinct)
            solutions += ended
            below += tuple(child for child in distinct if child.ended == "step")
        if step == options.max_steps:
            yield out_of_steps(below, options.max_steps)
            break
        if not below:
            break
        why = (
            f"Exhaustive search goes on from every unfinished step; level {step} has {len(below)}."
        )
        yield Decide("all", why, kept=below)
        level = below
    yield Choose(solutions, options.judge)


def _count(number: int) -> str:
    """A count in a sentence; beyond any use, only its size."""
    return f"{number:,}" if number < 10**9 else "more than a billion"


EXHAUSTIVE = Strategy(
    name="exhaustive",
    title="Exhaustive",
    does="Writes several next steps under every unfinished step, level by level: the whole tree.",
    does_not="It spares nothing: with each further step the tree grows exponentially, so it is "
    "for tiny problems only.",
    source="Breadth-first search; here to hold the other strategies against.",
    kind="tree",
    pseudocode="""\
level ← the problem
repeat
    write b next steps under each step of the level
    merge siblings that say the same; score the others
    set finished paths aside
    level ← all others
until the level is empty, or the steps run out
let the finished solutions vote""",
    options=ExhaustiveOptions,
    plan=plan,
)
