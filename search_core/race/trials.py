"""The same race on many problems: how often each lane is right, and by how much they differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from search_core.evaluation.intervals import share_with_interval
from search_core.evaluation.problems import draw_problems
from search_core.problem import Problem
from search_core.protocols import Cancelled
from search_core.race.lanes import Lane
from search_core.race.names import lane_names
from search_core.race.racing import RaceResult, race
from search_core.run.aside import never

MOST_PROBLEMS = 50


def problems_like(problem: Problem, count: int) -> list[Problem]:
    """Held-out problems of the same family and level, always the same ones.

    Where none are drawn at its level, they are of the nearest that the family has: `drawn_words`
    says so.

    Raises:
        ValueError: Nobody can draw problems like it, or not so many.
    """
    if problem.family is None or problem.level is None:
        raise ValueError(
            "Problems like this one cannot be drawn: it belongs to no embedded family. Race on "
            "many problems with a problem that the embedded models read."
        )
    if not 2 <= count <= MOST_PROBLEMS:
        raise ValueError(f"A race is tried on 2 to {MOST_PROBLEMS} problems; got {count}.")
    return draw_problems([problem.family], [_nearest_level(problem)], count, 0, "test")


def _nearest_level(problem: Problem) -> int:
    from search_core.embedded import FAMILIES

    if problem.family is None or problem.family not in FAMILIES or problem.level is None:
        return problem.level or 0  # drawing says what is wrong with it
    levels = FAMILIES[problem.family].levels
    return max(levels.start, min(problem.level, levels.stop - 1))


def drawn_words(problem: Problem, drawn: Sequence[Problem]) -> str:
    """In a sentence, how the problems that were drawn differ in level from this one; "": they do
    not."""
    levels = {one.level for one in drawn}
    if problem.level is None or levels <= {problem.level}:
        return ""
    level = levels.pop() or 0
    end, other = ("easiest", "harder") if level > problem.level else ("hardest", "easier")
    return (
        f"These problems are {other} than the one of this race: of level {level}, the {end} that "
        f"these models are tested on, where it is of level {problem.level}."
    )


def trials(
    lanes_of: Callable[[Problem], Sequence[Lane]],
    problems: Sequence[Problem],
    cancelled: Cancelled = never,
    drawn: str = "",
) -> Iterator[dict[str, Any]]:
    """How things stand after each problem; JSON-ready, as `standing` gives it.

    Args:
        lanes_of: The lanes, on a problem.
        problems: Their answers are known.
        drawn: What is to be said of how they were drawn, as `drawn_words` says it.

    Raises:
        RunCancelled: `cancelled()` became True.
    """
    counts: list[LaneCount] = []
    for place, problem in enumerate(problems, start=1):
        result = race(lanes_of(problem), cancelled=cancelled)
        counts = counts or [LaneCount(name) for name in _names(result)]
        for count, row in zip(counts, result.to_dict()["lanes"], strict=True):
            count.add(row)
        yield standing(counts, place, len(problems)) | {"drawn": drawn}


def _names(result: RaceResult) -> list[str]:
    return lane_names([tree.started for _, tree in result.logs if tree.started])


@dataclass
class LaneCount:
    """What one lane has come to so far.

    Attributes:
        right: Of each problem so far, whether its answer was right.
        tokens, flops: Sums; FLOPs of solver and verifier.
    """

    name: str
    right: list[bool] = field(default_factory=list)
    tokens: int = 0
    flops: float = 0.0

    def add(self, row: dict[str, Any]) -> None:
        """One more problem, as `race_values` tells of it. What is undecided is not right."""
        self.right.append(row["right"] is True)
        self.tokens += row["tokens"]
        self.flops += row["solver_flops"] + row["verifier_flops"]


def standing(counts: Sequence[LaneCount], done: int, of: int) -> dict[str, Any]:
    """Shares of right answers with intervals, differences to the first lane, paired, and a sentence
    for each of these."""
    lanes = [_values(count, counts[0]) for count in counts]
    said = [_said(place, lanes, done) for place in range(1, len(lanes))]
    return {"done": done, "of": of, "lanes": lanes, "said": said}


def _said(place: int, lanes: Sequence[dict[str, Any]], done: int) -> str:
    """What the difference to the first lane tells, or that it tells nothing."""
    name, first = lanes[place]["name"], lanes[0]["name"]
    if name == first:
        name, first = f"Lane {place + 1}", "lane 1"
    these = "this problem" if done == 1 else f"these {done} problems"
    value, low, high = (100 * lanes[place]["difference"][key] for key in ("value", "low", "high"))
    if low <= 0 <= high:
        can = "can" if done > 1 else "alone can"
        return f"{name} and {first}: no difference that {these} {can} show."
    more, near, far = ("more", low, high) if value > 0 else ("less", -high, -low)
    return (
        f"{name} is right {more} often than {first}: on {these} by {abs(value):.0f} in 100, and "
        f"on others like them by {near:.0f} to {far:.0f} (95 % interval)."
    )


def _values(count: LaneCount, first: LaneCount) -> dict[str, Any]:
    done = len(count.right)
    share = share_with_interval(sum(count.right), done)
    difference = None if count is first else paired_difference(count.right, first.right)
    return {
        "name": count.name,
        "right": sum(count.right),
        "share": share.to_dict() if share else None,
        "difference": None
        if difference is None
        else dict(zip(("value", "low", "high"), difference, strict=True)),
        "tokens": count.tokens / done,
        "flops": count.flops / done,
    }


def paired_difference(one: Sequence[bool], other: Sequence[bool]) -> tuple[float, float, float]:
    """The difference of two shares on the same problems, with its 95 % interval.

    Newcombe's method 10 for paired proportions (Statistics in Medicine 17, 1998, 2635-2650), which
    says how little few problems tell, also where the two never differ.

    Raises:
        ValueError: There are none, or not the same number of both.
    """
    if len(one) != len(other) or not one:
        raise ValueError(f"Got {len(one)} and {len(other)} answers; expected pairs of them.")
    n = len(one)
    both = sum(a and b for a, b in zip(one, other, strict=True))
    only_one, only_other = sum(one) - both, sum(other) - both
    neither = n - both - only_one - only_other
    first, second = share_with_interval(sum(one), n), share_with_interval(sum(other), n)
    if first is None or second is None:  # there are answers: both are there
        raise ValueError("There is nothing to compare.")
    product = (
        (both + only_one) * (only_other + neither) * (both + only_other) * (only_one + neither)
    )
    agreement = both * neither - only_one * only_other
    # Continuity-corrected where the two agree more often than by chance.
    corrected = max(agreement - n / 2, 0.0) if agreement > 0 else agreement
    phi = corrected / math.sqrt(product) if product else 0.0
    below = _spread(first.value - first.low, second.high - second.value, phi)
    above = _spread(second.value - second.low, first.high - first.value, phi)
    value = (only_one - only_other) / n
    return value, value - below, value + above


def _spread(a: float, b: float, phi: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * phi * a * b + b * b))
