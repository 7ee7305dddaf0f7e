"""Words of a story that the embedded models have never read.

A story is understood by its form, whatever is counted in it, and the models write about any: of
what they have not learned they write nonsense now and then, and look as sure. So whoever asks is
told.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from search_core.embedded.families.word_list import NAMES, THINGS, singular
from search_core.embedded.families.word_story import KINDS, QUESTION_WORDING, START_WORDING
from search_core.problem import Problem

_WORD = re.compile(r"[A-Za-z]+")
_FIELD = re.compile(r"\{[a-z]+\}")


def unknown_words(problem: Problem) -> tuple[str, ...]:
    """Names and things of a word problem that no model was trained with, in their order.

    Of a thing its plural alone, where the story has both. Empty for problems of other families.

    Args:
        problem: As `read_problem` gives it: in canonical sentences.
    """
    if problem.family != "word":
        return ()
    found = dict.fromkeys(word for word in _WORD.findall(problem.text) if word not in _known())
    ones = {singular(word) for word in found if word.islower() and singular(word) != word}
    return tuple(word for word in found if word not in ones)


def in_known_words(problem: Problem) -> str:
    """The same story with other words for what is unknown, the likest; the same ones each time."""
    text = problem.text
    for word in unknown_words(problem):
        spare = [known for known in (NAMES if word[0].isupper() else THINGS) if known not in text]
        known = max(spare, key=lambda other: SequenceMatcher(None, word, other).ratio())
        text = _replaced(text, word, known)
        if word.islower():
            text = _replaced(text, singular(word), singular(known))
    return text


def _replaced(text: str, word: str, other: str) -> str:
    return re.sub(rf"\b{re.escape(word)}\b", other, text)


@cache
def _known() -> frozenset[str]:
    wordings = (START_WORDING, QUESTION_WORDING, *(kind.wording for kind in KINDS.values()))
    said = {word for wording in wordings for word in _WORD.findall(_FIELD.sub(" ", wording))}
    return frozenset((*said, *NAMES, *THINGS, *map(singular, THINGS)))
