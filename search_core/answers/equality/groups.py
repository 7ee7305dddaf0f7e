"""Whether two groups of values are equal: tuples, intervals, sets, lists, ratios, matrices."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from search_core.answers.equality.arithmetic import Number, equal_numbers
from search_core.answers.equality.logic import Algebra, all_of, any_of
from search_core.answers.equality.readings import Reading, ValueGroup

Equal = Callable[[Reading, Reading, Algebra], bool | None]
"""Compares two items of groups."""

_MAX_PAIRS = 10_000
_CLOCK = re.compile(r"\d{1,2}:[0-5]\d(?::[0-5]\d)?")


def equal_groups(one: ValueGroup, other: ValueGroup, equal: Equal, algebra: Algebra) -> bool | None:
    """Whether two groups are equal.

    A list may stand for a set or for a tuple in its order, (1, 2) for no interval but [1, 2]
    for nothing else; a set is no tuple. Unions of sets that are not written alike are left to
    algebra.
    """
    kinds = {one.kind, other.kind}
    if len(one.items) * len(other.items) > _MAX_PAIRS:
        return None
    if kinds == {"ratio"}:
        return _equal_ratios(one, other)
    if "union" in kinds:
        if kinds == {"union"} and _equal_unordered(one, other, equal, algebra):
            return True
        return algebra(one, other) if kinds <= {"union", "set", "ordered"} else False
    if kinds == {"list"}:
        return _equal_unordered(one, other, equal, algebra)
    if kinds in ({"set"}, {"list", "set"}):
        return _equal_sets(one, other, equal, algebra)
    if len(one.items) != len(other.items) or not _same_brackets(one, other):
        return False
    return all_of(
        equal(first, second, algebra) for first, second in zip(one.items, other.items, strict=True)
    )


def is_quotient(group: ValueGroup, value: Reading) -> bool:
    """Whether a group is a ratio of two, and a value their quotient: 3:4 is 3/4."""
    if group.kind != "ratio" or len(group.items) != 2 or not isinstance(value, Number):
        return False
    upper, lower = (item.value for item in group.items if isinstance(item, Number))
    return lower != 0 and equal_numbers(Number(upper / lower), value)


def _same_brackets(one: ValueGroup, other: ValueGroup) -> bool:
    if {one.kind, other.kind} == {"list", "ordered"}:
        brackets = {one.brackets, other.brackets} <= {"", "()"}
    elif one.kind == other.kind:
        brackets = one.brackets == other.brackets
    else:
        return False
    return brackets or len(one.items) > 2  # more than two values are no interval


def _equal_ratios(one: ValueGroup, other: ValueGroup) -> bool:
    """2:4 is 1:2, but half past two is no quarter past one."""
    first, second = (
        [item.value for item in group.items if isinstance(item, Number)] for group in (one, other)
    )
    if first == second:
        return True
    if len(first) != len(second) or (_CLOCK.fullmatch(one.text) and _CLOCK.fullmatch(other.text)):
        return False
    return (
        any(first)
        and any(second)
        and all(
            first[0] * right == second[0] * left and (left == 0) == (right == 0)
            for left, right in zip(first, second, strict=True)
        )
    )


def _equal_sets(one: ValueGroup, other: ValueGroup, equal: Equal, algebra: Algebra) -> bool | None:
    """Everything in either is in the other."""
    return all_of(
        any_of(equal(item, candidate, algebra) for candidate in there.items)
        for here, there in ((one, other), (other, one))
        for item in here.items
    )


def _equal_unordered(
    one: ValueGroup, other: ValueGroup, equal: Equal, algebra: Algebra
) -> bool | None:
    """Each item of one has a partner of its own in the other."""
    if len(one.items) != len(other.items):
        return False
    decided = [[equal(left, right, algebra) for right in other.items] for left in one.items]
    if _can_be_paired([[each is True for each in row] for row in decided]):
        return True
    possible = _can_be_paired([[each is not False for each in row] for row in decided])
    return None if possible else False


def _can_be_paired(fits: Sequence[Sequence[bool]]) -> bool:
    """Whether rows and columns can be matched one to one (augmenting paths, Kuhn 1955)."""
    row_of: dict[int, int] = {}

    def place(row: int, tried: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in tried:
                tried.add(column)
                if column not in row_of or place(row_of[column], tried):
                    row_of[column] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(fits)))
