"""Whether SymPy expressions have one value: exact ones to as many digits as it takes."""

from __future__ import annotations

import math
from fractions import Fraction

from sympy import Basic, Expr, Pow, Rational, im, nan, oo, preorder_traversal, re, simplify, zoo
from sympy.core.evalf import PrecisionExhausted
from sympy.functions.combinatorial.factorials import CombinatorialFunction

from search_core.answers.equality.arithmetic import Number, stands_for
from search_core.answers.equality.logic import all_of

_DIGITS = 400
"""Digits to which two exact values must agree to be taken for one."""
_CLOSE = Rational(1, 10**6)
_LONG = 200_000
"""Bits of a power beyond which it is not worked out."""
_LONGEST_FACTORIAL = 2_000
# Points without pattern, on both sides of nought, where different functions differ.
_POINTS = (
    (Rational(1733, 911), Rational(997, 1409), Rational(2207, 761), Rational(619, 1013)),
    (Rational(-811, 1201), Rational(-1867, 709), Rational(1163, 523), Rational(-577, 389)),
    (Rational(541, 1871), Rational(2437, 1117), Rational(-383, 1303), Rational(-1493, 853)),
    (Rational(7919, 641), Rational(443, 311), Rational(-5237, 733), Rational(3001, 233)),
)


def has_long_power(value: Basic) -> bool:
    """Whether something in it is too long to be worked out, as 10^(10^9) is."""
    return any(_is_long(part) for part in preorder_traversal(value))


def _is_long(part: Basic) -> bool:
    if isinstance(part, Pow) and part.base.is_number and part.exp.is_number:
        return _bits(part.base) * _magnitude(part.exp) > _LONG
    if isinstance(part, CombinatorialFunction) and part.is_number:
        return any(_magnitude(argument) > _LONGEST_FACTORIAL for argument in part.args)
    return False


def equal_constants(one: Expr, other: Expr, relatively: bool = False) -> bool | None:
    """Whether two expressions without variables have one value.

    Args:
        relatively: To a millionth, for where one of them is written with decimals.
    """
    one, other = one.doit(), other.doit()
    if one == other:
        return True
    if any(each.has(oo, -oo, zoo, nan) for each in (one, other)):
        return False
    if relatively:
        gap, size = abs(one - other).evalf(30), abs(other).evalf(30)
        return bool(gap.is_number and size.is_number and gap <= _CLOSE * size)
    difference = one - other
    if difference.is_extended_real:
        return _is_zero(difference)
    return all_of((_is_zero(re(difference)), _is_zero(im(difference))))


def equal_functions(one: Expr, other: Expr) -> bool | None:
    """Whether two expressions are equal whatever their variables are.

    They are compared at points; where they cannot be worked out, by simplification.
    """
    one, other = one.doit(), other.doit()
    if one == other:
        return True
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    if not symbols:
        return equal_constants(one, other)
    agreed = 0
    for row in _POINTS:
        point = {
            symbol: row[index % len(row)] + index // len(row)
            for index, symbol in enumerate(symbols)
        }
        left, right = one.xreplace(point), other.xreplace(point)
        decided = None if left.free_symbols or right.free_symbols else _at_a_point(left, right)
        if decided is False:
            return False
        agreed += decided is True
    if agreed >= 3:
        return True
    return bool(simplify(one - other) == 0)


def stands_for_constant(decimal: Number, value: Expr) -> bool:
    """Whether a decimal is what one writes down of an exact value: 3.14159 of pi."""
    shown = len(str(abs(decimal.value.numerator))) + len(str(decimal.value.denominator))
    worked_out = value.doit().evalf(shown + 40)
    if not worked_out.is_Float and not worked_out.is_Rational:
        return False
    exact = Rational(worked_out)
    return stands_for(decimal, Fraction(int(exact.p), int(exact.q)))


def _at_a_point(left: Expr, right: Expr) -> bool | None:
    try:
        return None if left.has(zoo, nan) or right.has(zoo, nan) else equal_constants(left, right)
    except (TypeError, ValueError, NotImplementedError):
        return None  # not defined there


def _is_zero(value: Expr) -> bool | None:
    if value.is_zero:
        return True
    try:
        return bool(value.evalf(15, maxn=_DIGITS, strict=True) == 0)
    except PrecisionExhausted:
        return True


def _bits(base: Expr) -> float:
    size = _magnitude(base)
    if base.is_Rational:
        size = max(abs(int(base.p)), int(base.q))
    return math.log2(size) if 1 < size < math.inf else (0 if size <= 1 else math.inf)


def _magnitude(value: Expr) -> float:
    """About how big a number is; infinity if that takes working it out."""
    if has_long_power(value):
        return math.inf
    try:
        return float(abs(value.evalf(15)))
    except (TypeError, OverflowError, ValueError):
        return math.inf
