r"""LaTeX to SymPy, whole or not at all: what is left of a text may not speak for it."""

from __future__ import annotations

import re

from latex2sympy2_extended import latex2sympy
from sympy import Basic, Float, I, MatrixBase, Rational, Symbol, UnevaluatedExpr, nan, zoo

from search_core.answers.equality.spelling import closing

# What the parser accepts and drops: bases, approximations, primes, phantoms.
_DROPPED = re.compile(r"\d\s*_|\\(?:approx|phantom|ldots|vrule|vspace|\$)|'|\"")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s*\\degree\s*")
_CALLED = re.compile(r"\\sqrt\s*(?=\()")
_RAISED = re.compile(r"\^\s*(?=\()")
# The parser takes any two numbers side by side for a mixed number, 36(64) for 100, so that
# mixed numbers and products are told apart before it reads them.
_SIDE_BY_SIDE = re.compile(r"(?<![\^_\d.])\d+\s+\d")
_MIXED = re.compile(
    r"(?<![\^_\d.])(\d+)\s*(?:\\frac\s*\{(\d+)\}\s*\{(\d+)\}|(?<=\s)(\d+)\s*/\s*(\d+))"
)
_TIMES = re.compile(r"(?<![\^_\d.])(\d+(?:\.\d+)?)\s*(?=[(\[])|(?<=\))\s*(?=[(\[\d])")
_COUNTED = re.compile(r"\\(?:sum|prod|int)(?![A-Za-z])")


def parse(text: str) -> Basic | None:
    """The SymPy object that a plain text says; None if any part of it is not understood.

    Decimals become exact fractions, i is the imaginary unit, other letters are real.
    """
    if _DROPPED.search(text):
        return None
    text = _DEGREES.sub(r"(\\frac{\1*\\pi}{180})", text)
    text = _braced(_braced(text, _CALLED), _RAISED)
    text = _TIMES.sub(r"\1*", _MIXED.sub(_sum_or_product, text))
    if _SIDE_BY_SIDE.search(text):
        return None
    try:
        value = latex2sympy(text, is_real=True, normalization_config=None)
    except (MemoryError, RecursionError):
        raise  # too big is not unreadable
    except Exception:  # the parser raises nothing more special for what it cannot read
        return None
    if not isinstance(value, Basic | MatrixBase):
        return None
    exact = {each: Rational(str(each)) for each in value.atoms(Float)}
    exact |= {each: each.args[0] for each in value.atoms(UnevaluatedExpr)}
    if not _COUNTED.search(text):
        exact[Symbol("i", real=True)] = I
    value = value.xreplace(exact)
    return None if value.has(zoo, nan) else value  # 1/0 is no number


def _sum_or_product(match: re.Match[str]) -> str:
    whole, *parts = match.groups()
    numerator, denominator = (part for part in parts if part is not None)
    mixed = len(numerator) <= len(denominator) and 0 < int(numerator) < int(denominator)
    sign = "+" if mixed else "*"
    return f"({whole}{sign}\\frac{{{numerator}}}{{{denominator}}})"


def _braced(text: str, before: re.Pattern[str]) -> str:
    r"""\sqrt(x+1) -> \sqrt{x+1} and 2^(n+1) -> 2^{n+1}."""
    start = 0
    while match := before.search(text, start):
        start = match.end()
        end = closing(text, start)
        if end is None:
            return text
        text = f"{text[:start]}{{{text[start + 1 : end]}}}{text[end + 1 :]}"
    return text
