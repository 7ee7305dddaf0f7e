"""What an answer can be read as.

Readings are frozen and equal if they hold the same; `text`, where they have one, is the plain
spelling that algebra is given, and does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from search_core.answers.equality.arithmetic import Number
from search_core.answers.equality.units import Unit


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words, case folded; the letters of choices and of variables too."""

    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """Mathematics that only algebra can judge, in plain spelling."""

    text: str


@dataclass(frozen=True, slots=True)
class Based:
    """An integer whose base (2 to 36) is written with it."""

    value: int
    base: int
    digits: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of a unit."""

    amount: Reading
    unit: Unit


@dataclass(frozen=True, slots=True)
class Assigned:
    """A value with the name that it was given: x = 5. Often the name is left off."""

    name: str
    value: Reading
    text: str = field(compare=False)


GroupKind = Literal["list", "set", "union", "ordered", "ratio", "matrix"]


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Several values.

    Attributes:
        kind: A "list" has no brackets and no order, a "set" neither order nor repetitions, a
            "union" joins sets, a "matrix" is an ordered group of rows.
        items: Its values in written order.
        brackets: The pair around an ordered group; "(]" is a half-open interval.
    """

    kind: GroupKind
    items: tuple[Reading, ...]
    text: str = field(compare=False)
    brackets: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """The dots of a sequence that goes on."""


Reading = Number | Words | Expression | Based | Quantity | Assigned | ValueGroup | Dots


def algebra_text(reading: Reading) -> str | None:
    """The reading as algebra is given it; None if it means nothing to algebra."""
    if isinstance(reading, Number):
        return f"\\frac{{{reading.value.numerator}}}{{{reading.value.denominator}}}"
    if isinstance(reading, Words | Expression | Assigned | ValueGroup):
        return reading.text
    return None
