"""Which problems are for training, for the verifier's rollouts, and for tests.

A problem's split follows from a hash of its canonical key (the expression; the chain of
numbers of the word problem; the set of Countdown numbers), so the splits share no key
whatever the seeds, and a typed problem can be looked up too.
"""

from __future__ import annotations

import hashlib

from search_core.embedded.families import countdown, expression
from search_core.embedded.families.canonical import parse_countdown, parse_expression
from search_core.embedded.families.word_story import read_story
from search_core.problem import Problem

SPLITS = ("train", "verifier", "test")
_TRAIN_PERCENT, _VERIFIER_PERCENT = 85, 10


def canonical_key(problem: Problem) -> str:
    """What makes two problems of a family the same, however they are dressed.

    Raises:
        ValueError: The problem is not in a family's canonical wording.
    """
    if problem.family == "expression":
        return expression.canonical_key(parse_expression(problem.text))
    if problem.family == "countdown":
        return countdown.canonical_key(parse_countdown(problem.text)[0])
    if problem.family == "word":
        return read_story(problem.text).key
    raise ValueError(
        f"Got a problem of family {problem.family!r}; expected expression, word or countdown. "
        "Use read_problem for text that a person typed."
    )


def split_of(problem: Problem) -> str:
    """The split that a problem belongs to: "train", "verifier" or "test"."""
    return split_of_key(canonical_key(problem))


def split_of_key(key: str) -> str:
    percent = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 100
    if percent < _TRAIN_PERCENT:
        return "train"
    return "verifier" if percent < _TRAIN_PERCENT + _VERIFIER_PERCENT else "test"
