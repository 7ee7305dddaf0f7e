"""What an answer says, as far as it needs no algebra."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from search_core.answers.equality import Reading, equal, read
from search_core.answers.equality.arithmetic import Number
from search_core.answers.equality.readings import Words
from search_core.answers.extraction import MAX_ANSWER

AnswerKind = Literal["number", "words", "other", "too long"]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """An answer after reading.

    Attributes:
        kind: What it was read as, roughly.
        text: Canonical spelling: equal texts of one kind are equal answers.
        reading: All that it says; None if it is too long to be read.
    """

    kind: AnswerKind
    text: str
    reading: Reading | None


def normal_form(answer: str) -> NormalForm:
    """The answer, read. Beyond `MAX_ANSWER` characters only its spelling counts."""
    return NormalForm("too long", answer, None) if len(answer) > MAX_ANSWER else _read(answer)


@lru_cache(maxsize=1024)
def _read(answer: str) -> NormalForm:
    """The same answers are read again and again: by votes, by grading, by every what-if."""
    reading = read(answer)
    if isinstance(reading, Number):
        return NormalForm("number", f"{reading.value} {reading.last_place}", reading)
    if isinstance(reading, Words):
        return NormalForm("words", reading.text, reading)
    return NormalForm("other", repr(reading), reading)


def decided_without_algebra(first: NormalForm, second: NormalForm) -> bool | None:
    """Whether two answers are equal, or None where only algebra can tell."""
    if first.kind == second.kind and first.text == second.text:
        return True
    if first.reading is None or second.reading is None:
        return False
    return equal(first.reading, second.reading)
