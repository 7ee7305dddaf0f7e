"""A canonical form for the answers whose equality needs no algebra."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from search_core.answers.extraction import MAX_ANSWER

_WRAPPED = re.compile(r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox)\s*\{([^{}]*)\}")
_IGNORED = re.compile(r"\\left|\\right|\\[!,;:> ]|~")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_FRACTION = re.compile(
    r"([+-]?)\s*(?:([0-9]{1,300})\s*/\s*([0-9]{1,300})"
    r"|\\frac\{\s*([+-]?[0-9]{1,300})\s*\}\{\s*([0-9]{1,300})\s*\}|\\frac([0-9])([0-9]))"
)
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_ROUNDING = 6
"""Decimals after which a decimal may stand for a fraction, as in math-verify."""

AnswerKind = Literal["decimal", "fraction", "words", "other"]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """An answer after normalisation.

    Attributes:
        kind: What it was read as; "other" is everything that only algebra can judge.
        text: Canonical spelling: equal texts of one kind are equal answers.
        number: Its exact value, for "decimal" and "fraction".
    """

    kind: AnswerKind
    text: str
    number: Fraction | None = None


def normal_form(answer: str) -> NormalForm:
    """The answer without wrappers and spacing, read as a number or words where it is one."""
    if len(answer) > MAX_ANSWER:
        return NormalForm("other", answer)
    text = _unwrapped(answer)
    plain = text.removeprefix("\\$").removeprefix("$").strip()
    number = _number(plain)
    if number is not None:
        return number
    letter = re.fullmatch(r"\(([A-Za-z])\)", text)
    words = letter.group(1) if letter else text
    if _WORDS.fullmatch(words):
        return NormalForm("words", words.casefold())
    return NormalForm("other", re.sub(r"\s+", "", text))


def decided_without_algebra(first: NormalForm, second: NormalForm) -> bool | None:
    """Whether two answers are equal, or None where only algebra can tell.

    Raises:
        ValueError: A form of kind "decimal" or "fraction" has no number.
    """
    if first.kind == second.kind and first.text == second.text:
        return True
    if "other" in (first.kind, second.kind):
        return None
    if "words" in (first.kind, second.kind):
        return False
    return _equal_numbers(first, second)


def _equal_numbers(first: NormalForm, second: NormalForm) -> bool:
    """Exactly, save that a decimal of six places may stand for a fraction (0.333333 = 1/3)."""
    if first.number is None or second.number is None:
        raise ValueError(f"A number is missing: got {first} and {second}.")
    if first.kind == second.kind:
        return first.number == second.number
    return round(first.number, _ROUNDING) == round(second.number, _ROUNDING)


def _unwrapped(answer: str) -> str:
    text = answer.strip().replace("−", "-").replace("{,}", ",")
    text = _IGNORED.sub("", text).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    while True:
        inner = _without_one_wrapper(text.strip().rstrip(".").strip())
        if inner == text:
            return text
        text = inner


def _without_one_wrapper(text: str) -> str:
    for opening, closing in (("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("{", "}")):
        fits = len(text) > len(opening) + len(closing)
        if fits and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening not in inner and closing not in inner:
                return inner.strip()
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped.group(1).strip() if wrapped else text


def _number(text: str) -> NormalForm | None:
    if _DECIMAL.fullmatch(text):
        value = Fraction(text.replace(",", ""))
        return NormalForm("decimal", str(value), value)
    match = _FRACTION.fullmatch(text)
    if match is None:
        return None
    sign, *parts = match.groups()
    numerator, denominator = (int(part) for part in parts if part is not None)
    if denominator == 0:
        return None
    value = Fraction(-numerator if sign == "-" else numerator, denominator)
    return NormalForm("fraction", str(value), value)
