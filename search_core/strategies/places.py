"""Where the pieces of a stream belong: a pure reading of their text.

Two kinds of text are understood, also mixed:

- Countdown streams (`search_core.embedded.streams`), exactly: every move names the state that
  it leads to, and "Back to 3 7 8 25." names the state gone back to.
- Any chain of thought, by how its paragraphs begin. This is a heuristic:
    - "Wait", "But wait", "Hmm", "Actually", "Let me check": one piece is thought over, so the new
      one stands beside it, under what it continued;
    - "Alternatively", "Another approach", "On second thought": the whole approach is left, so
      the new piece stands beside the one that the approach began with;
    - "Let me go back to step 3", "to equation (2)": that piece, where it can be found;
    - "Let me start over": the problem;
    - anything else continues the piece before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from search_core.answers.extraction import extract_answer

PROBLEM = -1
"""The place of a piece that continues no other piece."""

_OPENING_LENGTH = 240
"""How much of a piece is looked at for what it says of the course of the stream."""

_RETURN = re.compile(r"(?:[Ww]ait, b|B|b)ack to ([0-9]{1,7}(?: [0-9]{1,7}){0,9})\.")
_MOVE = re.compile(
    r"([0-9]{1,7}) [-+*/] ([0-9]{1,7}) = ([0-9]{1,7}), left ([0-9]{1,7}(?: [0-9]{1,7}){0,9})"
)
_PLAIN_ANSWER = re.compile(r"The answer is [0-9]{1,7}\.")

_DECORATION = re.compile(r"[\s>*_#~`\"'“”‘’(\[–—-]*")
_DOUBT = re.compile(
    r"(?:but |oh,? |no,? |ah,? |okay,? |ok,? |so,? |and )*"
    r"(?:wait|hold on|hmm+|actually|oops|no[,.!—-]|that(?:'|’)?s (?:not right|wrong)|"
    r"that is (?:not right|wrong)|that can(?:'|’)?t be|(?:let me|let(?:'|’)?s|i(?:'|’)?ll|"
    r"i should) (?:double[- ]?check|re-?check|check|verify|reconsider|re-?think|re-?examine))\b"
    r"|no[,.!—-]",
    re.IGNORECASE,
)
_OTHER_WAY = re.compile(
    r"(?:but |hmm+[,.]* |wait[,.]* |okay,? |ok,? |so,? |or,? |maybe |perhaps )*"
    r"(?:alternatively|on second thought|another (?:approach|way|idea|method|possibility|option)|"
    r"a different (?:approach|way|idea|method)|instead,|"
    r"(?:let me|let(?:'|’)?s|i(?:'|’)?ll|i could|we could|we can) (?:try|think of|consider|use|"
    r"take) (?:another|a different|some other|something else))",
    re.IGNORECASE,
)
_AFRESH = re.compile(
    r"\b(?:start(?:ing)? (?:over|again|afresh)|from scratch|from the (?:start|beginning)|"
    r"(?:go|going|went|get) back to the (?:problem|question|start|beginning))\b",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    r"\b(?:go|going|get|come|coming|step|turn)(?:ing)? back to |\breturn(?:ing)? to |"
    r"\bback to |\brevisit(?:ing)? ",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(step|equation|eq\.?|part|case|line|option|approach|method)?\s{0,3}"
    r"[(\[#]?\s{0,2}([0-9]{1,3})\s{0,2}[)\].:]?",
    re.IGNORECASE,
)


def gives_answer(text: str) -> bool:
    """Whether a piece says what the answer is."""
    return extract_answer(text) is not None


def is_return(text: str) -> bool:
    """Whether a piece does nothing but go back to a named state (Countdown streams)."""
    return _RETURN.fullmatch(text.strip()) is not None


def is_move(text: str) -> bool:
    """Whether a piece is a move of a Countdown stream."""
    return _MOVE.fullmatch(text.strip()) is not None


def places(pieces: Iterable[str]) -> list[int]:
    """For each piece of a stream, in order, the index of the one that it continues.

    Takes time proportional to the text, whatever is in it. Every index is smaller than that
    of the piece itself.
    """
    reader = _Reader()
    for text in pieces:
        reader.tell(text)
    return reader.parents


class StreamReader:
    """Says where each next piece of one stream belongs, and reads no piece twice."""

    def __init__(self) -> None:
        self._read = _Reader()

    def place(self, before: Sequence[str], piece: str) -> int:
        """Index of the piece in `before` that the new one continues; `PROBLEM` for none."""
        if self._read.pieces != list(before):
            self._read = _Reader()
            for text in before:
                self._read.tell(text)
        self._read.tell(piece)
        return self._read.parents[-1]


class _Reader:
    """What must be remembered of the pieces so far."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.parents: list[int] = []
        self._cursor = PROBLEM
        """The piece that a piece without any sign continues."""
        self._states: dict[str, int] = {}
        """The latest piece that led to each Countdown state."""
        self._labels: dict[tuple[str, str], int] = {}
        """The latest piece that begins with each label, such as ("step", "3")."""
        self._beginnings: list[int] = []
        """For each piece, the piece that its approach began with."""
        self._answered = False

    def tell(self, text: str) -> None:
        """Take one more piece into account."""
        self.pieces.append(text)
        index, text = len(self.parents), text.strip()
        returned = _RETURN.fullmatch(text)
        if returned:
            # An answer ends its path, so what comes after stands beside it.
            parent = self._beside(self._cursor) if self._answered else self._cursor
            self._cursor = self._states.get(returned[1], PROBLEM)
        else:
            parent = self._place(text)
            self._cursor = index
        begins = parent == PROBLEM or _OTHER_WAY.match(_opening(text))
        self.parents.append(parent)
        self._beginnings.append(index if begins else self._beginnings[parent])
        move = _MOVE.fullmatch(text)
        if move:
            self._states[move[4]] = index
        self._answered = _PLAIN_ANSWER.fullmatch(text) is not None
        for label in _labels(text):
            self._labels[label] = index

    def _place(self, text: str) -> int:
        if self._cursor == PROBLEM or _MOVE.fullmatch(text):
            return self._cursor
        opening = _opening(text)
        sentence = re.split(r"[.!?](?:\s|$)|\n", opening, maxsplit=1)[0]
        named = self._named(sentence)
        if named is not None:
            return named
        if _AFRESH.search(sentence):
            return PROBLEM
        if _OTHER_WAY.match(opening):
            return self._beside(self._beginnings[self._cursor])
        if _DOUBT.match(opening):
            return self._beside(self._cursor)
        return self._cursor

    def _beside(self, index: int) -> int:
        return PROBLEM if index == PROBLEM else self.parents[index]

    def _named(self, sentence: str) -> int | None:
        """The piece that "go back to step 3" speaks of; None if there is no such piece."""
        goes_back = _BACK_TO.search(sentence)
        if goes_back is None:
            return None
        label = _LABEL.match(sentence, goes_back.end())
        if label is None:
            return None
        kind = (label[1] or "").lower().rstrip(".")
        return self._labels.get(("equation" if kind == "eq" else kind, label[2]))


def _opening(text: str) -> str:
    return text[_length_of_decoration(text) :][:_OPENING_LENGTH]


def _length_of_decoration(text: str) -> int:
    decoration = _DECORATION.match(text)
    return decoration.end() if decoration else 0


def _labels(text: str) -> Iterable[tuple[str, str]]:
    """What later pieces may call this one: "Step 3: …", "3. …", "… (2)" at the end of a line."""
    start = _LABEL.match(text, _length_of_decoration(text))
    if start and (start[1] or start[0].rstrip()[-1:] in ").:]"):
        kind = (start[1] or "").lower().rstrip(".")
        yield ("equation" if kind == "eq" else kind, start[2])
    for tagged in re.finditer(r"\(([0-9]{1,3})\)[ \t]*$", text, re.MULTILINE):
        yield ("equation", tagged[1])
