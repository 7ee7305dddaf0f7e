"""What is right or wrong, where a reference is known."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from search_core.answers import (
    FIRST,
    LAST,
    Comparer,
    Try,
    Undecided,
    extract_answer,
    same_answer,
)
from search_core.problem import Problem
from search_core.protocols import Cancelled

Grader = Callable[[Problem, Sequence[str]], bool | None]
"""Says of a problem and a solution's steps whether it is right; None if nobody knows.

Raises:
    Undecided: There is a reference, but the answer could not be compared with it.
"""
SameAnswer = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Marks:
    """Solutions by what they are, by their last node's id. Of others nobody knows."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    undecided: tuple[str, ...]


class Grading:
    """Holds the solutions of one run against its reference.

    Args:
        grader: In place of `grade_solution`.
    """

    def __init__(self, problem: Problem, grader: Grader | None = None) -> None:
        self._problem = problem
        self._grader = grader
        # Not the votes' comparer: what their answers have used up is not taken from here.
        self._comparer = Comparer()

    def marks(self, solutions: Mapping[str, Sequence[str]], cancelled: Cancelled) -> Marks:
        """What each solution is. Once `cancelled()` is True, what needs algebra is undecided."""
        known: dict[str, bool | None] = {}
        # All of them quickly first: one that takes long does not use up the others' time.
        for trying in (FIRST, LAST):
            for key in [key for key in solutions if key not in known]:
                with contextlib.suppress(Undecided):  # it stays unknown, and is said to be
                    known[key] = self._grade(solutions[key], trying, cancelled)
        return Marks(
            right=tuple(key for key in solutions if known.get(key) is True),
            wrong=tuple(key for key in solutions if known.get(key) is False),
            undecided=tuple(key for key in solutions if key not in known),
        )

    def _grade(self, steps: Sequence[str], trying: Try, cancelled: Cancelled) -> bool | None:
        if self._grader is not None:
            return self._grader(self._problem, steps)

        def same(first: str, second: str) -> bool:
            equal = self._comparer.equal(first, second, trying, cancelled)
            if equal is None:
                raise Undecided(f"{first[:80]!r} and {second[:80]!r} could not be compared.")
            return equal

        return grade_solution(self._problem, steps, same)


def grade_solution(
    problem: Problem, steps: Sequence[str], same: SameAnswer = same_answer
) -> bool | None:
    """Whether a finished solution is right; None if nobody knows.

    A problem of an embedded family is judged by the family's exact checker (for Countdown
    the steps count, not only the last number); any other by its reference answer.

    Args:
        same: Compares the answer with the reference.

    Raises:
        Undecided: They could not be compared.
    """
    from search_core.embedded import FAMILIES, grade

    if problem.family in FAMILIES:
        return grade(problem, steps).correct
    if problem.answer is None:
        return None
    answer = extract_answer("\n\n".join(steps))
    return answer is not None and same(answer, problem.answer)
