"""Checks the steps of a Countdown problem."""

from __future__ import annotations

import re
from functools import lru_cache

from search_core.embedded.checking.verdict import StepError
from search_core.embedded.families.arithmetic import Equation, read_equation
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.families.countdown import can_reach

_LEFT = re.compile(r"[0-9]{1,7}(?: [0-9]{1,7})*")


class CountdownState:
    """The numbers that are left after the steps so far."""

    def __init__(self, problem_text: str) -> None:
        numbers, self.target = parse_countdown(problem_text)
        self.left = sorted(numbers)
        self.last: int | None = None

    def tell(self, step: str) -> None:
        """Applies one step.

        Raises:
            StepError: The step is false, or uses numbers that are not there.
        """
        written, separator, restated = step.partition(", left ")
        equation = read_equation(written)
        if equation is None or not separator or not _LEFT.fullmatch(restated):
            raise StepError(f"This is no Countdown step: {step[:80]!r}.")
        if not equation.is_true:
            raise StepError(f"{equation} is false.")
        after = self._after(equation)
        if sorted(map(int, restated.split())) != after:
            raise StepError(f"The list is wrong; left are {' '.join(map(str, after))}.")
        self.left, self.last = after, equation.result

    def _after(self, equation: Equation) -> list[int]:
        after = list(self.left)
        for number in (equation.left, equation.right):
            if number not in after:
                raise StepError(f"{number} is not among the numbers that are left.")
            after.remove(number)
        return sorted([*after, equation.result])

    def check_answer(self, answer: int) -> None:
        """Checks the closing step: it must tell the last value, and that be the target.

        Raises:
            StepError: It tells another number, or the target was not reached.
        """
        if self.last is None:
            raise StepError("The answer comes before any step.")
        if answer != self.last:
            raise StepError(f"The answer should be {self.last}, the last result.")
        if answer != self.target:
            raise StepError(f"{answer} was reached, and not the target {self.target}.")

    def is_right(self, answer: int) -> bool:
        return answer == self.target

    def can_be_right(self) -> bool:
        """Whether the target can be reached from here, or was by the last step."""
        return self.last == self.target or _can_reach(tuple(self.left), self.target)


@lru_cache(maxsize=20_000)
def _can_reach(left: tuple[int, ...], target: int) -> bool:
    """A search asks about the same few states again and again."""
    return can_reach(left, target)
