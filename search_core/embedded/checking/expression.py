"""Checks the steps of an arithmetic expression."""

from __future__ import annotations

from search_core.embedded.checking.verdict import StepError
from search_core.embedded.families.arithmetic import Equation, compute, read_equation
from search_core.embedded.families.canonical import parse_expression
from search_core.embedded.families.expression import (
    PRECEDENCE,
    next_operation,
    render,
    rewrite,
)


class ExpressionState:
    """The expression as it stands after the steps so far."""

    def __init__(self, problem_text: str) -> None:
        self.tokens = parse_expression(problem_text)
        self.answer = value_of(self.tokens)

    def tell(self, step: str) -> None:
        """Applies one step.

        Raises:
            StepError: The step is false or does not follow.
        """
        written, _, restated = step.partition(", now ")
        equation = read_equation(written)
        if equation is None:
            raise StepError(f"This is no step of arithmetic: {step[:80]!r}.")
        if not equation.is_true:
            raise StepError(f"{equation} is false.")
        self.tokens = self._matching(equation, restated)

    def _matching(self, equation: Equation, restated: str) -> list[str]:
        """The expression after the step, as the step itself restates it."""
        possible = self._after(equation)
        for after in possible:
            if restated == ("" if len(after) == 1 else render(after)):
                return after
        wanted = "nothing, since only the result is left"
        if len(possible[0]) > 1:
            wanted = f"now {render(possible[0])}"
        raise StepError(f"What is left is restated wrongly; it should be {wanted}.")

    def _after(self, equation: Equation) -> list[list[str]]:
        """The ways to do the equation's operation here that keep the expression's value."""
        wanted = [str(equation.left), equation.symbol, str(equation.right)]
        found = [
            rewrite(self.tokens, at, equation.result)
            for at in range(1, len(self.tokens) - 1)
            if self.tokens[at - 1 : at + 2] == wanted
        ]
        found = [after for after in found if value_of(after) == self.answer]
        if found:
            return found
        if len(self.tokens) == 1:
            raise StepError("Nothing is left to work out.")
        raise StepError(f"{' '.join(wanted)} cannot be done next in {render(self.tokens)}.")

    def check_answer(self, answer: int) -> None:
        """Checks the closing step against the state.

        Raises:
            StepError: Operations are left, or the answer is another number.
        """
        if len(self.tokens) > 1:
            raise StepError(f"The answer comes too early: {render(self.tokens)} is left.")
        if str(answer) != self.tokens[0]:
            raise StepError(f"The answer should be {self.tokens[0]}, the last result.")

    def is_right(self, answer: int) -> bool:
        return answer == self.answer

    def can_be_right(self) -> bool:
        """True while every step holds: what is left says the same as the problem."""
        return True


def value_of(tokens: list[str]) -> int | None:
    """The value of an expression; None where a result on the way is no whole number >= 0."""
    remaining = list(tokens)
    while any(token in PRECEDENCE for token in remaining):
        at = next_operation(remaining)
        result = compute(int(remaining[at - 1]), remaining[at], int(remaining[at + 1]))
        if result is None:
            return None
        remaining = rewrite(remaining, at, result)
    return int(remaining[0])
