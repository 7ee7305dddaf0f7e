"""Reads problems that are in exactly the wording that the generators write."""

from __future__ import annotations

import re

_EXPRESSION = re.compile(r"What is ([0-9()+\-*/ ]+)\?")
_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_COUNTDOWN = re.compile(r"Use ([0-9]+(?:, [0-9]+)*) and ([0-9]+) to make ([0-9]+)\.")


class NotCanonicalError(ValueError):
    """The text is not in the canonical wording of its family."""


def parse_expression(text: str) -> list[str]:
    """Tokens of "What is (7 + 8) * 3 - 4?"."""
    match = _EXPRESSION.fullmatch(text)
    if match is None:
        raise NotCanonicalError(f"Got {text[:80]!r}; expected 'What is (7 + 8) * 3 - 4?'.")
    return tokenize(match[1])


def tokenize(expression: str) -> list[str]:
    """Numbers, operations and brackets of an expression; spaces and all else are dropped."""
    return _TOKEN.findall(expression)


def parse_countdown(text: str) -> tuple[list[int], int]:
    """Numbers and target of "Use 3, 7, 8 and 25 to make 24."."""
    match = _COUNTDOWN.fullmatch(text)
    if match is None:
        raise NotCanonicalError(f"Got {text[:80]!r}; expected 'Use 3, 7, 8 and 25 to make 24.'.")
    first, last, target = match.groups()
    return [int(number) for number in (*first.split(", "), last)], int(target)
