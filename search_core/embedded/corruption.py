"""Wrong solutions made on purpose, to teach a verifier where a solution goes wrong.

A corruption takes a worked solution, spoils one step in a way that a solver goes wrong, and
lets the rest follow from the spoiled step as a solver would go on. The checker then labels
every step, so the labels are exact whatever the corruption did.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from search_core.embedded.checking import grade, prospects
from search_core.embedded.corruptions import countdown, expression, word
from search_core.embedded.corruptions.common import Spoiled
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
    """1.0 for each step with which the solution can still become right (`prospects`), else 0.0.

    So for Countdown a true step after which the target is out of reach gets 0.0 as well, found
    by exhaustive search; one that leads away from a target that was made already is such a step.
    """
    return [float(hopeful) for hopeful in prospects(problem, steps)]


def first_error(problem: Problem, steps: Sequence[str]) -> int | None:
    """Index of the first step that is false or leaves the answer out of reach, or None."""
    hopeful = prospects(problem, steps)
    return hopeful.index(False) if False in hopeful else None
