"""Reads problems that a person typed, and words them as the models were taught.

It knows wordings, and no model. `read_problem` below is where to begin; each family has a module,
and `phrases.py` and `normalise.py` are what they share.
"""

from __future__ import annotations

import re

from search_core.embedded.reading.countdown import read_countdown
from search_core.embedded.reading.errors import ProblemOutOfRangeError, UnknownProblemError
from search_core.embedded.reading.expression import read_expression
from search_core.embedded.reading.normalise import LONGEST_TEXT, normalise
from search_core.embedded.reading.word import read_word_problem
from search_core.problem import Problem

_HOW_MANY = re.compile(r"how many\b", re.IGNORECASE)


def read_problem(text: str) -> Problem:
    """The problem that a person means, in the wording that the models were trained on.

    Args:
        text: Anything. Ordinary variations of wording, spacing and symbols are understood.

    Returns:
        The problem with its true answer, family and level.

    Raises:
        UnknownProblemError: The text is no problem of the three families.
        ProblemOutOfRangeError: It is one of them, but too big, too small, or without a whole
            answer. (A kind of `UnknownProblemError`.)
    """
    if not text.strip():
        raise UnknownProblemError("The problem is empty.")
    if len(text) > LONGEST_TEXT:
        raise UnknownProblemError(
            f"The problem has {len(text):,} characters; the embedded models read at most "
            f"{LONGEST_TEXT:,}."
        )
    plain = normalise(text)
    if len(plain) > 2 * LONGEST_TEXT:
        raise UnknownProblemError
    if _HOW_MANY.search(plain):
        problem = read_word_problem(plain)
    else:
        problem = read_expression(plain) or read_countdown(plain)
    if problem is None:
        raise UnknownProblemError
    return problem


__all__ = ["ProblemOutOfRangeError", "UnknownProblemError", "read_problem"]
