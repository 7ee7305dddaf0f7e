"""Whole-number arithmetic shared by the problem families."""

from __future__ import annotations

import re
from typing import NamedTuple

SYMBOLS = ("+", "-", "*", "/")
_EQUATION = re.compile(r"([0-9]{1,7}) ([-+*/]) ([0-9]{1,7}) = ([0-9]{1,7})")


class Equation(NamedTuple):
    """One written line of arithmetic, true or not, such as "7 + 8 = 15"."""

    left: int
    symbol: str
    right: int
    result: int

    @property
    def is_true(self) -> bool:
        return compute(self.left, self.symbol, self.right) == self.result

    def __str__(self) -> str:
        return f"{self.left} {self.symbol} {self.right} = {self.result}"


def compute(left: int, symbol: str, right: int) -> int | None:
    """The result of one operation, or None where it is no whole number of at least zero.

    Raises:
        ValueError: `symbol` is none of `SYMBOLS`.
    """
    if symbol == "+":
        return left + right
    if symbol == "-":
        return left - right if left >= right else None
    if symbol == "*":
        return left * right
    if symbol == "/":
        return left // right if right and left % right == 0 else None
    raise ValueError(f"Got the operation {symbol!r}; expected one of {', '.join(SYMBOLS)}.")


def read_equation(text: str) -> Equation | None:
    """Reads text that is exactly one equation, "7 + 8 = 15"; None for anything else."""
    match = _EQUATION.fullmatch(text)
    if match is None:
        return None
    left, symbol, right, result = match.groups()
    return Equation(int(left), symbol, int(right), int(result))


def is_easy(left: int, symbol: str, right: int) -> bool:
    """Whether generated problems may contain this operation.

    The bounds keep the number facts few enough for a model of a million parameters to
    master, so that a wrong number is a slip and difficulty comes from the number of steps.
    """
    result = compute(left, symbol, right)
    if result is None or result == 0 or result > 400:
        return False
    if symbol == "*":
        return min(left, right) in range(2, 10) and max(left, right) < 100 and result <= 300
    if symbol == "/":
        return right in range(2, 10) and result >= 2
    return True
