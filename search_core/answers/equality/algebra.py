"""What only algebra can tell. Runs in the worker process: the text is a stranger's.

It may take any time and memory: whoever calls it bounds both from outside.
"""

from __future__ import annotations

import re

from sympy import And, Basic, MatrixBase, Set, Symbol, Tuple
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from search_core.answers.equality import comparing
from search_core.answers.equality.arithmetic import Number
from search_core.answers.equality.expressions import parse
from search_core.answers.equality.logic import all_of
from search_core.answers.equality.reading import read
from search_core.answers.equality.readings import Reading, algebra_text
from search_core.answers.equality.relations import equal_relations
from search_core.answers.equality.values import (
    equal_constants,
    equal_functions,
    has_long_power,
    stands_for_constant,
)

_LOOSE = re.compile(r"[\s{}]|\\text")


def equal(first: str, second: str) -> bool | None:
    """Whether two answers are equal, with all that is known of both.

    Returns:
        None if it cannot be decided: two numbers, say, that are too long to be worked out.
    """
    return comparing.equal(read(first), read(second), by_algebra)


def by_algebra(first: Reading, second: Reading) -> bool | None:
    """Whether two readings are equal. What is no mathematics equals only its own spelling."""
    one_text, other_text = algebra_text(first), algebra_text(second)
    if one_text is None or other_text is None:
        return False
    one, other = parse(one_text), parse(other_text)
    if one is None or other is None:
        return _LOOSE.sub("", one_text) == _LOOSE.sub("", other_text)
    if one == other:
        return True
    if has_long_power(one) or has_long_power(other):
        return None
    one, other = _without_functions(one), _without_functions(other)
    if any(isinstance(each, Relational | And) for each in (one, other)):
        return equal_relations(one, other)
    if isinstance(one, Set) or isinstance(other, Set):
        return equal_relations(one, other)
    if isinstance(one, Tuple) or isinstance(other, Tuple):
        return False  # tuples are taken apart before algebra is asked
    if isinstance(one, MatrixBase) or isinstance(other, MatrixBase):
        return _equal_matrices(one, other)
    for reading, value in ((first, other), (second, one)):
        if isinstance(reading, Number) and reading.last_place and not value.free_symbols:
            return stands_for_constant(reading, value)
    if one.free_symbols or other.free_symbols:
        return equal_functions(one, other)
    decimals = ("." in one_text) != ("." in other_text)
    return equal_constants(one, other, relatively=decimals)


def _equal_matrices(one: Basic, other: Basic) -> bool | None:
    one, other = one.doit(), other.doit()
    if not isinstance(one, MatrixBase) or not isinstance(other, MatrixBase):
        return False
    if one.shape != other.shape:
        return False
    return all_of(
        equal_functions(left, right) for left, right in zip(one.flat(), other.flat(), strict=True)
    )


def _without_functions(value: Basic) -> Basic:
    """f(x) as a variable of its own: nothing is known of f."""
    applied = value.atoms(AppliedUndef)
    return value.xreplace({each: Symbol(str(each), real=True) for each in applied})
