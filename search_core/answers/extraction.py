r"""Takes the final answer out of a solution's text.

Begin with `closings.py`, the table of what is read, and `thinking.py`, whose parts count for
less. The last closing counts, whichever it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from search_core.answers.boxes import last_box
from search_core.answers.cleaning import MAX_ANSWER, plain
from search_core.answers.closings import CLOSINGS, Closing
from search_core.answers.placeholders import is_placeholder
from search_core.answers.reading import is_value, what_follows
from search_core.answers.thinking import told_apart

__all__ = ["MAX_ANSWER", "extract_answer"]

MOST_TRIED = 50
"""Closings, from the last back, that are looked at for one that an answer follows."""
READ = (2_000, 20_000)
"""Characters, from the end, in which closings in words are looked for: most texts end with one,
so the larger part is read only where the smaller has none. Boxes are looked for everywhere."""
_LONGEST_REMEMBERED = 10_000
"""Characters of a text whose answer is kept in memory."""
_SHORT = 6
"""Words that may follow a closing made for answers, and be meant as one before a box is."""

# Special tokens that a server or a pasted text may have left in.
_TOKENS = re.compile(
    r"<\|(?!begin_of_box|end_of_box)[A-Za-z_]{2,40}\|>|</?s>|<eos>|<(?:end|start)_of_turn>"
)
_ASKED = re.compile(
    r"\b(?:if|whether|what|suppose|assume|assuming|unless|until|not)\s(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(r"\b(?:so|thus|therefore|hence|but)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:if|when|whenever|for|verif\w+|check\w*|test\w*|example|instance|would|could|might|maybe"
    r"|perhaps|similar|hint|otherwise|initially|instead)\b",
    re.IGNORECASE,
)


def extract_answer(text: str) -> str | None:
    r"""The answer of a solution, or None.

    What the last closing announces: `\boxed{…}`, "The answer is …", "#### …" and the other rows
    of `CLOSINGS`. What was only thought is asked where nothing was said after it. Takes time
    proportional to the text, whatever is in it.

    Returns:
        1 to `MAX_ANSWER` characters, stripped, without Markdown, quotes and dollars around it;
        for a choice its letter.
    """
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _extracted(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> str | None:
    """The same solutions are read again and again: by votes, by grading, by every what-if."""
    return _extracted(text)


def _extracted(text: str) -> str | None:
    speech = told_apart(text.replace("\r\n", "\n"))
    answer = _last_answer(_TOKENS.sub("\n", speech.said))
    if answer is None and speech.thought and not _TOKENS.sub("", speech.last_said).strip():
        return _last_answer(_TOKENS.sub("\n", speech.thought))
    return answer


@dataclass(frozen=True, slots=True)
class _Announced:
    """A closing in a text; the answer begins at `at`."""

    at: int
    row: Closing
    match: re.Match[str]


def _last_answer(text: str) -> str | None:
    """What the last closing says; one that may be said by the way yields to any that is not."""
    box = last_box(text)
    by_the_way: str | None = None
    for length in READ:
        for announced in reversed(_announced(text, max(0, len(text) - length))[-MOST_TRIED:]):
            if box and announced.at <= box.end:
                return box.answer
            answer = _read(text, announced)
            if answer and is_placeholder(answer):
                continue
            if answer and _is_meant(text, announced, answer):
                return answer
            by_the_way = by_the_way or answer or None
        if length >= len(text):
            break
    return box.answer if box else by_the_way


def _announced(text: str, start: int) -> list[_Announced]:
    found = [
        _Announced(match.start("answer") if row.place == "before" else match.end(), row, match)
        for row in CLOSINGS
        if row.place != "box"
        for match in row.pattern.finditer(text, start)
    ]
    return sorted(found, key=lambda one: one.at)


def _read(text: str, announced: _Announced) -> str | None:
    row, match = announced.row, announced.match
    if row.place == "before":
        return plain(match["answer"])
    if row.place == "marks":
        end = re.compile(row.until).search(text, match.end(), match.end() + MAX_ANSWER + 20)
        if end:
            content = text[match.end() : end.start()]
            answer = plain(_unescaped(content) if '"' in row.until else content)
            return answer if len(answer) <= MAX_ANSWER else None
    if row.place == "sentence" and _ASKED.search(text, max(0, match.start() - 40), match.start()):
        return None
    follows = what_follows(text, match.end())
    if row.value_or_end and follows and not is_value(follows):
        return None if "\n" in text[match.end() :].strip() else follows
    return follows


def _unescaped(content: str) -> str:
    """A JSON string's text."""
    try:
        return str(json.loads(f'"{content}"'))
    except ValueError:  # LaTeX whose backslashes were not doubled
        return content


def _is_meant(text: str, announced: _Announced, answer: str) -> bool:
    """Whether the words announce the solution's answer, and are no step on the way to it."""
    row, match = announced.row, announced.match
    if row.place == "marks":
        return True
    if row.place == "line":
        return is_value(answer) or len(answer.split()) <= _SHORT
    start = max(0, match.start() - 120)
    sentence = re.split(r"[.!?\n]\s|\n", text[start : match.start()])[-1]
    clause = _CONCLUDES.split(sentence)[-1]
    return is_value(answer) and _ASIDE.search(clause) is None
