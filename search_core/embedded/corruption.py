"""Wrong solutions made on purpose, to teach a verifier where a solution goes wrong.

A corruption takes a worked solution, spoils one step in a way that a solver goes wrong, and
lets the rest follow from the spoiled step as a solver would go on. The checker then labels
every step, so the labels are exact whatever the corruption did.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from search_core.embedded.checking import grade
from search_core.embedded.corruptions import countdown, expression, word
from search_core.embedded.corruptions.common import Spoiled
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.families.countdown import is_reachable
from search_core.problem import Problem

_FAMILIES = {"expression": expression, "word": word, "countdown": countdown}
# What solvers do most, and a verifier of the same make is blind to at first.
_WEIGHTS = {"wrong result": 5, "wrong direction": 8, "missed target": 4}


class Corrupted(NamedTuple):
    """A wrong solution.

    Attributes:
        kind: How it was spoiled.
        steps: The closing answer included.
        first_error: Index of the first step that is false or does not follow.
    """

    kind: str
    steps: list[str]
    first_error: int


def corruption_kinds(family: str) -> tuple[str, ...]:
    """Names of the ways in which a family's solutions are spoiled."""
    return tuple(_FAMILIES[family].SPOILERS)


def corrupt(problem: Problem, kind: str, rng: random.Random) -> Corrupted | None:
    """A solution of the problem, spoiled in the given way.

    Returns:
        None where this kind does not apply (no bracket to ignore, say).

    Raises:
        KeyError: The family has no such kind.
    """
    spoiled: Spoiled | None = _FAMILIES[problem.family or ""].SPOILERS[kind](problem, rng)
    if spoiled is None:
        return None
    verdict = grade(problem, spoiled.steps)
    if verdict.first_error is None or verdict.first_error != spoiled.at:
        return None  # By chance the spoiled step holds after all.
    return Corrupted(kind, spoiled.steps, spoiled.at)


def random_corruption(problem: Problem, rng: random.Random) -> Corrupted:
    """A solution spoiled in a random way that applies to the problem."""
    kinds = corruption_kinds(problem.family or "")
    weights = [_WEIGHTS.get(kind, 1) for kind in kinds]
    while True:
        corrupted = corrupt(problem, rng.choices(kinds, weights)[0], rng)
        if corrupted is not None:
            return corrupted


def step_labels(problem: Problem, steps: Sequence[str]) -> list[float]:
    """1.0 for each step that holds and leaves the problem solvable, 0.0 from there on.

    For Countdown a true step after which the target is out of reach gets 0.0 as well, found
    by exhaustive search.
    """
    false = grade(problem, steps).first_error
    sound = len(steps) if false is None else false
    if problem.family == "countdown":
        sound = min(sound, _first_dead_end(problem, steps[:sound]))
    return [1.0 if index < sound else 0.0 for index in range(len(steps))]


def first_error(problem: Problem, steps: Sequence[str]) -> int | None:
    """Index of the first step that is false or leaves the answer out of reach, or None."""
    labels = step_labels(problem, steps)
    return labels.index(0.0) if 0.0 in labels else None


def _first_dead_end(problem: Problem, sound_steps: Sequence[str]) -> int:
    target = parse_countdown(problem.text)[1]
    for index, step in enumerate(sound_steps):
        equation, _, left = step.partition(", left ")
        if equation.endswith(f"= {target}"):
            break
        if left and not is_reachable(tuple(sorted(map(int, left.split()))), target):
            return index
    return len(sound_steps)
