"""Right or wrong, where a reference is known."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.answers import extract_answer, same_answer
from search_core.problem import Problem


def grade_solution(problem: Problem, steps: Sequence[str]) -> bool | None:
    """Whether a finished solution is right; None if nobody knows.

    A problem of an embedded family is judged by the family's exact checker (for Countdown
    the steps count, not only the last number); any other by its reference answer.
    """
    from search_core.embedded import FAMILIES, grade

    if problem.family in FAMILIES:
        return grade(problem, steps).correct
    if problem.answer is None:
        return None
    answer = extract_answer("\n\n".join(steps))
    return answer is not None and same_answer(answer, problem.answer)
