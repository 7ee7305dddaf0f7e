"""Which of two words a reply says: by their probabilities where the server gives some."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from search_core.remote.chat.wire import ChatReply, ChatToken

_SPACES = " \t\n▁Ġ"
"""With what tokenizers write for a space."""
_DRESS = "*_`\"'.:$\\{}"
"""What may stand around a word in a token."""


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """Two verdicts.

    Attributes:
        good, bad: As they are written, without what both begin with.
    """

    good: str
    bad: str

    def said(self, text: str) -> re.Match[str] | None:
        """The first of them in a text: as it is written or in capitals, as a word of its own; in
        small letters only as the first word, because "no mistake" is no verdict."""
        either = "|".join(map(re.escape, (self.good, self.bad)))
        loud = f"{either}|{either.upper()}"
        first = re.match(rf"\W*(?:{either})(?!\w)", text, re.IGNORECASE)
        if first is not None:
            return re.compile(either, re.IGNORECASE).search(text)
        return re.search(rf"(?<!\w)(?:{loud})(?!\w)", text)

    def is_good(self, said: str) -> bool:
        """Whether that was the good one."""
        return said.casefold() == self.good.casefold()


@dataclass(frozen=True, slots=True)
class Chance:
    """The probability of the good word against the bad one, 0 to 1.

    Attributes:
        exact: False where one of the two was not among the most probable tokens, so that its
            probability is at most that of the last of them.
    """

    score: float
    exact: bool


def chance_at(reply: ChatReply, place: int, words: VerdictWords) -> Chance | None:
    """What the token says that holds the letter at `place`; None: the server does not say it, or
    neither word is among the most probable."""
    before = [token for token in reply.tokens if token.start <= place]
    return _chance(before[-1], words) if before else None


def _chance(token: ChatToken, words: VerdictWords) -> Chance | None:
    """By the words themselves, as servers are asked that take token ids; where one of them is not
    named, by whatever begins it: in small letters, dressed, or in pieces."""
    for reads in _READINGS:
        good, bad = (
            _mass(token, one, other, reads)
            for one, other in ((words.good, words.bad), (words.bad, words.good))
        )
        if good and bad:
            return Chance(good / (good + bad), exact=True)
    if not good and not bad:
        return None
    # The missing one is no more probable than the last that was named.
    least = math.exp(min(logprob for _, logprob in token.alternatives))
    good, bad = good or min(least, bad), bad or min(least, good)
    return Chance(good / (good + bad), exact=False)


def _mass(token: ChatToken, word: str, other: str, reads: Callable[[str, str], bool]) -> float:
    """Probability of the alternatives that are this word, and could not be the other as well."""
    return math.fsum(
        math.exp(min(0.0, logprob))
        for text, logprob in token.alternatives
        if reads(text, word) and not reads(text, other)
    )


def _is(text: str, word: str) -> bool:
    return text == word


def _is_spaced(text: str, word: str) -> bool:
    return text.strip(_SPACES) == word


def _begins(text: str, word: str) -> bool:
    bare, word = text.strip(_SPACES + _DRESS).casefold(), word.casefold()
    return bool(bare) and (
        word.startswith(bare) or re.match(rf"{re.escape(word)}\b", bare) is not None
    )


_READINGS = (_is, _is_spaced, _begins)
