"""The exact checker, shared by training, evaluation and the app.

It knows texts and arithmetic, and no model. `grade` below is where to begin; each family has a
module that keeps what its steps have said so far, and `verdict.py` is what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from search_core.embedded.checking.countdown import CountdownState
from search_core.embedded.checking.expression import ExpressionState
from search_core.embedded.checking.verdict import UNFINISHED, Grade, StepError, read_answer
from search_core.embedded.checking.word import WordState
from search_core.problem import Problem


class CheckerState(Protocol):
    """What a family's checker keeps between steps."""

    def tell(self, step: str) -> None: ...
    def check_answer(self, answer: int) -> None: ...
    def is_right(self, answer: int) -> bool: ...
    def can_be_right(self) -> bool: ...


def starting_state(problem: Problem) -> CheckerState:
    """The state before the first step.

    Raises:
        ValueError: The problem is not in the canonical wording of its family.
    """
    if problem.family == "expression":
        return ExpressionState(problem.text)
    if problem.family == "countdown":
        return CountdownState(problem.text)
    if problem.family == "word":
        return WordState(problem.text)
    raise ValueError(
        f"Got a problem of family {problem.family!r}; expected expression, word or countdown. "
        "Use read_problem for text that a person typed."
    )


def grade(problem: Problem, steps: Sequence[str]) -> Grade:
    """Checks a solution, finished or not, step by step.

    Expressions and word problems are right when the final number is; Countdown only when
    every step is true too, uses each number at most once, and the last value is the target.

    Args:
        problem: In the canonical wording of its family (see `read_problem`).
        steps: Without delimiters; the last may be "The answer is X.".

    Raises:
        ValueError: The problem is not in the canonical wording of its family.
    """
    error: tuple[int, str] | None = None
    walk = _Walk(problem)
    for index, step in enumerate(steps):
        try:
            walk.take(step)
        except StepError as problem_found:
            error = (index, str(problem_found))
            break
    final = read_answer(steps[-1]) if steps else None
    is_right = final is not None and walk.state.is_right(final)
    if error is not None:
        is_correct = is_right and problem.family != "countdown"
        return Grade(is_correct, error[0], error[1])
    if final is None:
        return Grade(False, None, UNFINISHED)
    return Grade(True, None, "Every step holds and the answer is right.")


def prospects(problem: Problem, steps: Sequence[str]) -> list[bool]:
    """For each step, whether the path up to it holds and can still become right.

    A step is hopeless once one up to it is false or does not follow, and in Countdown once
    no true steps can follow whose last result is the target: the answer has to be the last
    result, so a step on from the target is hopeless where the target cannot be made again.

    Raises:
        ValueError: The problem is not in the canonical wording of its family.
    """
    walk, sound = _Walk(problem), 0
    for step in steps:
        try:
            walk.take(step)
        except StepError:
            break
        if not walk.state.can_be_right():
            break
        sound += 1
    return [True] * sound + [False] * (len(steps) - sound)


class _Walk:
    """One step of a solution after the other."""

    def __init__(self, problem: Problem) -> None:
        self.state = starting_state(problem)
        self.answered = False

    def take(self, step: str) -> None:
        """Raises StepError where the step is false or does not follow."""
        if self.answered:
            raise StepError("Nothing may come after the answer.")
        answer = read_answer(step)
        if answer is None:
            self.state.tell(step)
        else:
            self.answered = True
            self.state.check_answer(answer)


__all__ = ["CheckerState", "Grade", "StepError", "grade", "prospects", "starting_state"]
