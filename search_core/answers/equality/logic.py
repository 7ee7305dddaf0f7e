"""Truth with a third value: None is what could not be decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from search_core.answers.equality.readings import Reading

Algebra = Callable[[Reading, Reading], bool | None]
"""Compares two readings, of which at least one is an expression or a set, by algebra."""


def all_of(decided: Iterable[bool | None]) -> bool | None:
    """False if anything is, else None if anything is, else True."""
    result: bool | None = True
    for each in decided:
        if each is False:
            return False
        result = None if each is None else result
    return result


def any_of(decided: Iterable[bool | None]) -> bool | None:
    """True if anything is, else None if anything is, else False."""
    result: bool | None = False
    for each in decided:
        if each:
            return True
        result = None if each is None else result
    return result
