"""Whether equations, inequalities and sets say the same of their variables."""

from __future__ import annotations

from sympy import And, Basic, Eq, Expr, FiniteSet, Interval, Ne, Rational, Set, Union, simplify
from sympy.core.relational import Relational, StrictGreaterThan, StrictLessThan

from search_core.answers.equality.logic import all_of, any_of
from search_core.answers.equality.values import equal_functions

_TURNED = (StrictGreaterThan, StrictLessThan)


def equal_relations(one: Basic, other: Basic) -> bool | None:
    """Whether two are equal, of which at least one is a relation or a set."""
    one, other = _what_holds(one), _what_holds(other)
    if not isinstance(one, Set | Relational | And) or not isinstance(other, Set | Relational | And):
        return False  # 7 = 11a + c is no value of 11a + c
    first, second = _as_set(one), _as_set(other)
    if first is not None and second is not None:
        if one.free_symbols and other.free_symbols and one.free_symbols != other.free_symbols:
            return False
        return _equal_sets(first, second)
    if not all(isinstance(each, Relational | And) for each in (one, other)):
        return False
    left, right = _parts(one), _parts(other)
    return all_of(
        any_of(_equal_parts(part, candidate) for candidate in there)
        for here, there in ((left, right), (right, left))
        for part in here
    )


def _what_holds(value: Basic) -> Basic:
    r"""x \in [1, 2] says what [1, 2] says."""
    return value.rhs if isinstance(value, Eq) and isinstance(value.rhs, Set) else value


def _as_set(value: Basic) -> Set | None:
    """The numbers for which a relation of one variable holds."""
    if isinstance(value, Set):
        return value.doit()
    if not isinstance(value, Relational | And) or len(value.free_symbols) != 1:
        return None
    try:
        return value.as_set()
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return None


def _equal_sets(one: Set, other: Set) -> bool | None:
    if one == other:
        return True
    pieces = [_pieces(each) for each in (one, other)]
    if all(isinstance(piece, Interval | Rational | Expr) for parts in pieces for piece in parts):
        if len(pieces[0]) != len(pieces[1]):
            return False
        return all_of(_equal_pieces(*pair) for pair in zip(*pieces, strict=True))
    try:
        empty: bool | None = one.symmetric_difference(other).is_empty
    except (NotImplementedError, TypeError, ValueError):
        return None
    return empty


def _pieces(value: Set) -> list[Basic]:
    """Intervals and single numbers, from the least to the greatest."""
    parts: list[Basic] = []
    for part in value.args if isinstance(value, Union) else (value,):
        parts += list(part.args) if isinstance(part, FiniteSet) else [part]
    try:
        return sorted(
            parts, key=lambda part: float(part.start if isinstance(part, Interval) else part)
        )
    except (TypeError, ValueError, OverflowError):
        return parts


def _least(part: Basic) -> float:
    return float(part.start if isinstance(part, Interval) else part)


def _equal_pieces(one: Basic, other: Basic) -> bool | None:
    if isinstance(one, Interval) and isinstance(other, Interval):
        if (one.left_open, one.right_open) != (other.left_open, other.right_open):
            return False
        ends = ((one.start, other.start), (one.end, other.end))
        return all_of(equal_functions(*pair) for pair in ends)
    if isinstance(one, Interval) or isinstance(other, Interval):
        return False
    return equal_functions(one, other)


def _parts(value: Basic) -> list[Basic]:
    return list(value.args) if isinstance(value, And) else [value]


def _equal_parts(one: Basic, other: Basic) -> bool | None:
    """Two relations are one if their differences are, up to a factor: positive in inequalities."""
    if not isinstance(one, Relational) or not isinstance(other, Relational):
        return False
    first, second = (_turned(each) for each in (one, other))
    if first[0] != second[0]:
        return False
    if second[1] == 0 or first[1] == 0:
        return bool(first[1] == second[1])
    ratio = simplify(first[1] / second[1])
    if ratio.free_symbols:
        return False
    if first[0] in ("=", "!="):
        return bool(ratio != 0)
    return bool(ratio.is_positive)


def _turned(relation: Relational) -> tuple[str, Expr]:
    """Its kind, and the difference of which it is said: a > b is 0 < a - b."""
    difference = (relation.lhs - relation.rhs).doit()
    if isinstance(relation, Eq | Ne):
        return ("=" if isinstance(relation, Eq) else "!="), difference
    kind = "<" if isinstance(relation, _TURNED) else "<="
    return kind, difference if relation.rel_op.startswith(">") else -difference
