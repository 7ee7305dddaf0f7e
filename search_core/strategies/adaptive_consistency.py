"""Adaptive consistency: sample solutions until the vote is settled."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from search_core.strategies.base import (
    Choose,
    Complete,
    NodeView,
    Plan,
    Resolve,
    Sample,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.options import StrategyOptions, option


@dataclass(frozen=True)
class AdaptiveConsistencyOptions(StrategyOptions):
    """Options of self-consistency with early stopping. It asks no verifier."""

    n: int = option(
        16,
        "Budget N",
        "How many solutions' worth of samples the search may spend.",
        minimum=1,
        maximum=256,
    )
    confidence: float = option(
        0.95,
        "Stop at confidence",
        "Stop once the leading answer beats the runner-up with this probability; 1: never stop.",
        minimum=0.5,
        maximum=1.0,
    )
    at_once: int = option(
        1,
        "Samples at a time",
        "How many solutions are written before the vote is looked at again.",
        minimum=1,
        maximum=256,
        advanced=True,
    )

    @property
    def width(self) -> int:
        return self.n


def plan(root: NodeView, options: AdaptiveConsistencyOptions) -> Plan:
    """Write whole solutions, and look at the vote after each, until it is settled or N are spent.

    Source: adaptive consistency, arXiv 2305.11860, section 3, with the Beta criterion (its
    `BetaStoppingCriteria`): the two leading answers alone are compared. Deliberate differences:
    the probability is computed exactly, where published code integrates numerically; solutions
    without an end or without an answer have no vote.
    """
    solutions: tuple[NodeView, ...] = ()
    written = 0
    while written < options.n:
        count = min(options.at_once, options.n - written)
        leaves = yield Sample((root,) * count, to_end=True, max_steps=options.max_steps)
        written += count
        solutions += yield Complete(tuple(leaf for leaf in leaves if leaf.ended == "end"))
        yield from cut_off(leaves)
        yield out_of_steps([leaf for leaf in leaves if leaf.ended == "step"], options.max_steps)
        first, second = leading(
            [solution.group for solution in solutions if solution.group is not None]
        )
        sure = majority_probability(first, second)
        vote = (
            f"after {written} of at most {options.n} solutions the leading answer has {first} "
            f"and the runner-up {second}; that the leader is the majority of the two has "
            f"probability {sure:.4f}"
        )
        # Near 1 the probability is rounded to 1, and 1 shall mean never.
        if options.confidence <= sure and options.confidence < 1:
            why = f"The vote is settled: {vote}, at least {options.confidence:g}."
            yield Resolve("vote_settled", why)
            break
    else:
        yield Resolve(
            "vote_open", f"The budget is spent: {vote}, less than {options.confidence:g}."
        )
    yield Choose(solutions, "majority")


def leading(groups: list[int]) -> tuple[int, int]:
    """Votes of the leading answer and of the runner-up; 0 where there is none."""
    counts = [count for _, count in Counter(groups).most_common(2)]
    first, second = [*counts, 0, 0][:2]
    return first, second


def majority_probability(first: int, second: int) -> float:
    """Probability that an answer given `first` times is likelier than one given `second` times.

    The first one's part p of the two is uniform before the votes and Beta(first + 1,
    second + 1) after them; this is P(p > 1/2). For whole numbers that is the chance of at most
    `first` heads in first + second + 1 throws of a fair coin.
    """
    throws = first + second + 1
    few: int = sum(math.comb(throws, heads) for heads in range(first + 1))
    return few / (1 << throws)


ADAPTIVE_CONSISTENCY = Strategy(
    name="adaptive_consistency",
    title="Self-consistency with early stopping",
    does="Writes whole solutions one by one and stops as soon as the vote is settled.",
    does_not="It asks no verifier: an answer that the solver repeats wins, right or wrong.",
    source="adaptive consistency, arXiv 2305.11860; Pranjal2041/AdaptiveConsistency",
    kind="vote",
    pseudocode="""\
repeat
    write a whole solution; count its answer
    a, b ← votes of the leading answer and of the runner-up
    p ← P(x > 1/2) for x ~ Beta(a + 1, b + 1)
until p reaches the confidence, or N solutions are written
the leading answer wins""",
    options=AdaptiveConsistencyOptions,
    plan=plan,
    as_published={"max_steps": 100},
    uses_verifier=False,
    writes="solutions",
)
