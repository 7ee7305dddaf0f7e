"""Whether two readings are equal: exactly where both are exact, True, False or None.

None means that only algebra can tell, and that there was no algebra to ask or it could not.
"""

from __future__ import annotations

from fractions import Fraction

from search_core.answers.equality.arithmetic import Number, equal_numbers
from search_core.answers.equality.groups import equal_groups, is_quotient
from search_core.answers.equality.logic import Algebra, any_of
from search_core.answers.equality.readings import (
    Assigned,
    Based,
    Dots,
    Expression,
    Quantity,
    Reading,
    ValueGroup,
    Words,
)
from search_core.answers.equality.units import Unit

_SHORT = 3
"""Letters up to which a word may also be a product of variables."""


def no_algebra(first: Reading, second: Reading) -> None:
    """For where there is no algebra: nothing is decided."""


def equal(first: Reading, second: Reading, algebra: Algebra = no_algebra) -> bool | None:
    """Whether two readings are equal. Symmetric if `algebra` is."""
    if first == second:
        return True
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Assigned):
            return _equal_assigned(one, other, algebra)
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Quantity):
            return _equal_quantity(one, other, algebra)
    if isinstance(first, Number) and isinstance(second, Number):
        return equal_numbers(first, second)
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Based):
            return _equal_based(one, other)
        if isinstance(one, Dots):
            return False
    if isinstance(first, Words) and isinstance(second, Words):
        return False
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Words):
            short = len(one.text) <= _SHORT and isinstance(other, Expression)
            euler = one.text == "e" and isinstance(other, Number)
            return algebra(first, second) if short or euler else False
    if isinstance(first, ValueGroup) and isinstance(second, ValueGroup):
        return equal_groups(first, second, equal, algebra)
    for one, other in ((first, second), (second, first)):
        if isinstance(one, ValueGroup) and one.kind == "set" and len(one.items) == 1:
            return equal(one.items[0], other, algebra)
        if isinstance(one, ValueGroup) and not isinstance(other, Expression):
            return is_quotient(one, other)
    return algebra(first, second)


def _equal_assigned(one: Assigned, other: Reading, algebra: Algebra) -> bool | None:
    if isinstance(other, Assigned):
        if one.name.split("(")[0] == other.name.split("(")[0]:
            return equal(one.value, other.value, algebra)
        if not isinstance(one.value, Expression) and not isinstance(other.value, Expression):
            return False
        return algebra(one, other)  # y = x + 1 and x = y - 1
    if isinstance(other, Expression) and _is_relation(other.text):
        return algebra(one, other)
    return equal(one.value, other, algebra)


def _is_relation(text: str) -> bool:
    return any(mark in text for mark in ("=", "<", ">", "\\le", "\\ge", "\\ne", "\\in"))


def _equal_quantity(one: Quantity, other: Reading, algebra: Algebra) -> bool | None:
    """35 cm is 0.35 m, and 35; 50% is 0.5, and 50."""
    if isinstance(other, Quantity):
        return _equal_quantities(one, other, algebra)
    ways = [one.amount] if one.unit.omissible else []
    if one.unit.scale != 1:
        ways.append(_scaled(one.amount, one.unit.scale))
    return any_of(equal(way, other, algebra) for way in ways)


def _equal_quantities(one: Quantity, other: Quantity, algebra: Algebra) -> bool | None:
    """$18 a day is $18, and no $18 a week; 5 apples are 5 red apples, and no 5 pears."""
    for shorter, longer in ((one, other), (other, one)):
        above = longer.unit.without_per()
        if above is not None and shorter.unit.above is None and shorter.unit.agrees(above):
            longer = Quantity(longer.amount, above)
            return equal(_in_base_units(shorter), _in_base_units(longer), algebra)
    if one.unit.is_bare == other.unit.is_bare:
        if not one.unit.agrees(other.unit):
            return False
        return equal(_in_base_units(one), _in_base_units(other), algebra)
    one, other = (other, one) if other.unit.is_bare else (one, other)
    return (
        one.unit.factor > 1
        and other.unit.omissible
        and equal(_in_base_units(one), other.amount, algebra)
    )


def _in_base_units(quantity: Quantity) -> Reading:
    return _scaled(quantity.amount, quantity.unit.factor)


def _scaled(amount: Reading, factor: Fraction) -> Reading:
    if factor == 1:
        return amount
    if isinstance(amount, Number):
        place = amount.last_place
        return Number(amount.value * factor, None if place is None else place * factor)
    if isinstance(amount, Expression):
        scale = f"\\frac{{{factor.numerator}}}{{{factor.denominator}}}"
        return Expression(f"{scale}*({amount.text})")
    if isinstance(amount, ValueGroup):
        items = tuple(_scaled(item, factor) for item in amount.items)
        return ValueGroup(amount.kind, items, "", amount.brackets)
    return Quantity(amount, Unit((), factor, omissible=False, scale=factor))


def _equal_based(one: Based, other: Reading) -> bool:
    """1011_2 is 11_{10}; without a base it is its digits, 1011."""
    if isinstance(other, Based):
        return one.value == other.value
    if isinstance(other, Words):
        return one.digits == other.text
    return (isinstance(other, Number) and one.digits.lstrip("-").isdigit()) and other.value == int(
        one.digits
    )
