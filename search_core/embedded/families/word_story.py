"""The sentences of word problems, and what each does to who holds how many of what.

Each kind of sentence has one wording, used both to write problems and, as a pattern, to
read them back. Reading is exact: the checker and the generator share this file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from search_core.embedded.families.arithmetic import Equation, compute
from search_core.embedded.families.word_list import singular


@dataclass(frozen=True, slots=True)
class SentenceKind:
    """One kind of sentence.

    Attributes:
        name: Short identifier.
        wording: Template with {who}, {other}, {n}, {things}, {thing} and {new}.
        symbol: What it does to the number of things.
        number: The operand where the wording itself says it ("doubles"), else None.
        gives_to: Who holds the result: "who" (as before) or "other" (a comparison).
    """

    name: str
    wording: str
    symbol: str
    number: int | None = None
    gives_to: str = "who"


KINDS: Mapping[str, SentenceKind] = {
    kind.name: kind
    for kind in (
        SentenceKind("gets", "{who} gets {n} {things} from {other}.", "+"),
        SentenceKind("buys", "{who} buys {n} {things}.", "+"),
        SentenceKind("finds", "{who} finds {n} {things}.", "+"),
        SentenceKind("makes", "{who} makes {n} {things}.", "+"),
        SentenceKind("given", "{other} gives {n} {things} to {who}.", "+"),
        SentenceKind("gives", "{who} gives {n} {things} to {other}.", "-"),
        SentenceKind("loses", "{who} loses {n} {things}.", "-"),
        SentenceKind("sells", "{who} sells {n} {things}.", "-"),
        SentenceKind("uses", "{who} uses {n} {things}.", "-"),
        SentenceKind("doubles", "{who} doubles the number of {things}.", "*", number=2),
        SentenceKind("triples", "{who} triples the number of {things}.", "*", number=3),
        SentenceKind("swaps", "{who} swaps each {thing} for {n} {new}.", "*"),
        SentenceKind(
            "piles", "{who} splits the {things} into {n} equal piles and keeps one pile.", "/"
        ),
        SentenceKind("half", "{who} gives half of the {things} to {other}.", "/", number=2),
        SentenceKind("more", "{other} has {n} more {things} than {who}.", "+", gives_to="other"),
        SentenceKind("fewer", "{other} has {n} fewer {things} than {who}.", "-", gives_to="other"),
        SentenceKind(
            "times", "{other} has {n} times as many {things} as {who}.", "*", gives_to="other"
        ),
    )
}
START_WORDING = "{who} has {n} {things}."
QUESTION_WORDING = "How many {things} does {who} have now?"

_FIELD_PATTERNS = {
    "who": "(?P<who>[A-Z][a-z]{0,15})",
    "other": "(?P<other>[A-Z][a-z]{0,15})",
    "n": "(?P<n>[0-9]{1,6})",
    "things": "(?P<things>[a-z]{2,16})",
    "thing": "(?P<thing>[a-z]{1,16})",
    "new": "(?P<new>[a-z]{2,16})",
}


def _pattern(wording: str) -> re.Pattern[str]:
    escaped = re.escape(wording).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(escaped.format(**_FIELD_PATTERNS))


_PATTERNS = {name: _pattern(kind.wording) for name, kind in KINDS.items()}
_START = _pattern(START_WORDING)
_QUESTION = _pattern(QUESTION_WORDING)


@dataclass(frozen=True, slots=True)
class Move:
    """A sentence that matters, with its operation on the running number."""

    sentence: str
    symbol: str
    number: int


@dataclass(frozen=True, slots=True)
class Story:
    """A word problem that was understood.

    Attributes:
        text: The whole problem.
        start: The number that the asked-for person's chain of moves starts from.
        moves: The sentences that matter, in order.
        answer: The number that the question asks for.
    """

    text: str
    start: int
    moves: tuple[Move, ...]
    answer: int

    @property
    def key(self) -> str:
        return f"word:{self.start}" + "".join(f"{m.symbol}{m.number}" for m in self.moves)

    def equations(self) -> list[Equation]:
        value, equations = self.start, []
        for move in self.moves:
            result = compute(value, move.symbol, move.number)
            if result is None:
                raise StoryError(f"{value} {move.symbol} {move.number} has no whole result.")
            equations.append(Equation(value, move.symbol, move.number, result))
            value = result
        return equations


class StoryError(ValueError):
    """The text is no word problem of this family; the message says what is wrong."""


class ImpossibleStoryError(StoryError):
    """A story that was understood, and in which a number goes below zero or does not divide."""


@dataclass(frozen=True, slots=True)
class _Holding:
    start: int
    value: int
    moves: tuple[Move, ...] = ()


@dataclass(slots=True)
class _Reading:
    holdings: dict[tuple[str, str], _Holding] = field(default_factory=dict)

    def start(self, who: str, number: int, things: str) -> None:
        if (who, things) in self.holdings:
            raise StoryError(f"The problem says twice how many {things} {who} has.")
        self.holdings[who, things] = _Holding(number, number)

    def tell(self, sentence: str) -> None:
        """Applies one sentence.

        Raises:
            StoryError: The sentence is of no known kind, or a number goes below zero.
        """
        start = _START.fullmatch(sentence)
        if start:
            self.start(start["who"], int(start["n"]), start["things"])
            return
        for name, pattern in _PATTERNS.items():
            match = pattern.fullmatch(sentence)
            if match:
                self._apply(KINDS[name], match.groupdict(), sentence)
                return
        raise StoryError(f"This sentence is of no kind that is known: {sentence!r}.")

    def _apply(self, kind: SentenceKind, parts: dict[str, str], sentence: str) -> None:
        number = kind.number if kind.number is not None else int(parts["n"])
        who, other = parts["who"], parts.get("other")
        things = self._things_swapped(who, parts) if "new" in parts else parts["things"]
        changes = [(who, things, kind.symbol)]
        if kind.name in ("gets", "given", "gives") and other:
            changes.append((other, things, "-" if kind.symbol == "+" else "+"))
        elif kind.name == "half" and other and (other, things) in self.holdings:
            raise StoryError(f"{other} already has {things}; adding a half is not known.")
        for person, changed, symbol in changes:
            holding = self.holdings.get((person, changed))
            if holding is None:
                continue
            value = compute(holding.value, symbol, number)
            if value is None:
                raise ImpossibleStoryError(
                    f"In {sentence!r}, {holding.value} {symbol} {number} gives no whole number "
                    "of at least zero."
                )
            result = _Holding(
                holding.start, value, (*holding.moves, Move(sentence, symbol, number))
            )
            if kind.gives_to == "other" and other:
                self.holdings[other, changed] = result
            elif "new" in parts:
                del self.holdings[person, changed]
                self.holdings[person, parts["new"]] = result
            else:
                self.holdings[person, changed] = result

    def _things_swapped(self, who: str, parts: dict[str, str]) -> str:
        if (who, parts["new"]) in self.holdings:
            raise StoryError(f"{who} already has {parts['new']}; swapping into them is not known.")
        for person, things in self.holdings:
            if person == who and singular(things) == parts["thing"]:
                return things
        return parts["thing"]


def read_story(text: str) -> Story:
    """Reads a problem in the canonical wording.

    Raises:
        StoryError: The text is not in that wording, or the question cannot be answered.
    """
    body, _, question = text.rpartition(". ")
    asked = _QUESTION.fullmatch(question)
    if asked is None:
        raise StoryError(f"The question is of no kind that is known: {question[:80]!r}.")
    reading = _Reading()
    for sentence in f"{body}.".replace(". ", ".\n").split("\n"):
        reading.tell(sentence)
    holding = reading.holdings.get((asked["who"], asked["things"]))
    if holding is None:
        raise StoryError(f"Nothing says how many {asked['things']} {asked['who']} has.")
    return Story(text, holding.start, holding.moves, holding.value)
