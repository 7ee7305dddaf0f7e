"""Reads word problems that a person typed: clause by clause, into canonical sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from search_core.embedded.families import FAMILIES
from search_core.embedded.families.word_list import NAMES, singular
from search_core.embedded.families.word_story import (
    KINDS,
    QUESTION_WORDING,
    START_WORDING,
    ImpossibleStoryError,
    Story,
    StoryError,
    read_story,
)
from search_core.embedded.reading.errors import ProblemOutOfRangeError, UnknownProblemError
from search_core.embedded.reading.normalise import spell_out
from search_core.embedded.reading.phrases import (
    ADVERBS,
    PHRASES,
    PRONOUNS,
    QUESTIONS,
    STARTERS,
)
from search_core.problem import Problem

LARGEST_NUMBER, LARGEST_RESULT = 99, 999
_SENTENCE_END = re.compile(r"(?<=[.!?;]) ")
_CLAUSE_END = re.compile(r"(?:,? (?:and|but) then|, then|,? but|,? and|,|;) (?=[A-Za-z]+)", re.I)
_DOZEN = re.compile(r"\b(?:a|1) dozen\b", re.IGNORECASE)
_NOT_NAMES = frozenset(("friend", "brother", "sister", "mother", "father", "teacher", "mum", "mom",
                        "dad", "shop", "store", "cousin", "neighbour", "neighbor", "grandmother",
                        "grandfather", "uncle", "aunt", "classmate", "charity"))  # fmt: skip


def read_word_problem(text: str) -> Problem | None:
    """The canonical problem, or None where the text is no word problem at all.

    Args:
        text: Normalised.

    Raises:
        UnknownProblemError: A sentence is not understood; the message quotes it.
        ProblemOutOfRangeError: The story is understood, but not of the size that is known.
    """
    prepared = _DOZEN.sub("12", spell_out(text))
    *sentences, question = _SENTENCE_END.split(prepared.strip())
    if not sentences:
        return None
    teller = _Teller()
    for sentence in sentences:
        for clause in teller.clauses(sentence.strip(" .!?;,")):
            teller.tell(clause)
    return _problem(teller.finish(question.strip(" .!?;,")))


@dataclass(slots=True)
class _Teller:
    """Words a story anew; remembers who and what was last spoken of."""

    sentences: list[str] = field(default_factory=list)
    who: str = ""
    things: str = ""
    holders: set[str] = field(default_factory=set)
    strangers: dict[str, str] = field(default_factory=dict)

    def clauses(self, sentence: str) -> list[str]:
        """Parts of a sentence that each tell one thing."""
        if _match(sentence) is not None:
            return [sentence]
        parts: list[str] = []
        start = 0
        for cut in _CLAUSE_END.finditer(sentence):
            if _match(_clean(sentence[start : cut.start()])) is not None:
                parts.append(sentence[start : cut.start()])
                start = cut.end()
        return [*parts, sentence[start:]]

    def tell(self, clause: str) -> None:
        cleaned = _clean(clause)
        found = _match(cleaned)
        if found is None and self.who:
            # "… and loses 5": who acts was left out.
            found = _match(f"{self.who} {cleaned}")
        if found is None:
            raise UnknownProblemError(f"This part was not understood: {clause[:120]!r}.")
        kind, parts = found
        who, other = self._person(parts.get("A")), None
        if parts.get("B"):
            other = self._person(parts["B"])
        things = self._things(parts)
        self.sentences.append(_worded(kind, who, other, things, parts))
        if kind in ("more", "fewer", "times", "twice") and other:
            self.holders.add(other)
            self.who = other
        else:
            self._follow(kind, who, other)
        self.things = parts["new"].lower() if parts.get("new") else things

    def _follow(self, kind: str, who: str, other: str | None) -> None:
        """The next "she" is who acted, or in "Ben gives her 5", the one whose story it is."""
        if kind == "start":
            self.holders.add(who)
        self.who = other if other in self.holders and who not in self.holders else who

    def finish(self, question: str) -> str:
        cleaned = STARTERS.sub("", question)
        match = next((m for m in (q.fullmatch(cleaned) for q in QUESTIONS) if m), None)
        if match is None:
            raise UnknownProblemError(f"The question was not understood: {question[:120]!r}.")
        parts = match.groupdict()
        asked = QUESTION_WORDING.format(
            who=self._person(parts.get("A")), things=self._things(parts)
        )
        return " ".join([*self.sentences, asked])

    def _person(self, word: str | None) -> str:
        if word is None or word.lower() in PRONOUNS:
            if not self.who:
                raise UnknownProblemError("The problem does not say who it is about.")
            return self.who
        if word.lower() in _NOT_NAMES:
            spare = [name for name in reversed(NAMES) if name not in self.strangers.values()]
            return self.strangers.setdefault(word.lower(), spare[0])
        return word.capitalize()

    def _things(self, parts: Mapping[str, str | None]) -> str:
        if parts.get("thing"):
            return self.things
        word = parts.get("things2") or parts.get("things")
        if word is None or word.lower() in ("them", "it", "ones", "one", "left", *PRONOUNS):
            if not self.things:
                raise UnknownProblemError("The problem does not say what is counted.")
            return self.things
        lowered = word.lower()
        return self.things if singular(self.things) == lowered else lowered


def _clean(clause: str) -> str:
    return ADVERBS.sub("", STARTERS.sub("", clause.strip(), count=1)).strip(" ,")


def _match(clause: str) -> tuple[str, dict[str, str]] | None:
    for phrase in PHRASES:
        match = phrase.pattern.fullmatch(clause)
        if match and (match.groupdict().get("A") or "").lower() not in ("and", "then"):
            return phrase.kind, {k: v for k, v in match.groupdict().items() if v is not None}
    return None


def _worded(kind: str, who: str, other: str | None, things: str, parts: dict[str, str]) -> str:
    if kind == "start":
        return START_WORDING.format(who=who, n=_number(parts["n"]), things=things)
    number = 2 if kind == "twice" else _number(parts["n"]) if "n" in parts else 0
    return KINDS["times" if kind == "twice" else kind].wording.format(
        who=who,
        other=other,
        n=number,
        things=things,
        thing=parts.get("thing", "").lower(),
        new=parts.get("new", "").lower(),
    )


def _number(written: str) -> int:
    if len(written) > 6 or not 2 <= int(written) <= LARGEST_NUMBER:
        raise ProblemOutOfRangeError(
            f"The number {written[:12]} is out of range; the embedded models know word problems "
            f"with numbers from 2 to {LARGEST_NUMBER}."
        )
    return int(written)


def _problem(text: str) -> Problem:
    try:
        story = read_story(text)
    except ImpossibleStoryError as error:
        raise ProblemOutOfRangeError(str(error)) from None
    except StoryError as error:
        raise UnknownProblemError(str(error)) from None
    _check_size(story)
    return Problem(story.text, str(story.answer), "word", len(story.moves))


def _check_size(story: Story) -> None:
    levels = FAMILIES["word"].readable
    count = len(story.moves)
    if count not in levels:
        sentences = "sentence counts" if count == 1 else "sentences count"
        raise ProblemOutOfRangeError(
            f"In this story {count} {sentences} towards the answer; the embedded models know "
            f"stories in which {levels.start} to {levels.stop - 1} do."
        )
    for equation in story.equations():
        if equation.result > LARGEST_RESULT:
            raise ProblemOutOfRangeError(
                f"{equation} is too large; results up to {LARGEST_RESULT} are known."
            )
