"""Cuts a long text into the pieces of a stream, as many and as deep as a trace can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search_core.strategies.places import is_move, is_return, places

MAX_CHARACTERS = 1_000_000
MAX_PIECE = 20_000
"""Longest piece, in characters: a longer paragraph is cut."""

_TAG = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def split(text: str) -> list[str]:
    """The text's paragraphs; what comes after the last `</think>` stays in one piece.

    Raises:
        ValueError: There is no text, or too much.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. "
            "Paste a part of it."
        )
    thought, final = _parts(text)
    pieces = [piece for part in _BLANK_LINE.split(thought) for piece in _cut(part)]
    pieces += _cut(final)
    if not pieces:
        raise ValueError("The text is empty. Paste a chain of thought, or open a .txt or .md file.")
    return pieces


def _parts(text: str) -> tuple[str, str]:
    """What was thought, and the answer after it ("" where no tag tells them apart)."""
    tags = list(_TAG.finditer(text))
    closing = [tag for tag in tags if tag[0].startswith("</")]
    if not closing:
        return _TAG.sub("\n\n", text), ""
    end = closing[-1]
    return _TAG.sub("\n\n", text[: end.start()]), _TAG.sub("\n\n", text[end.end() :])


def _cut(paragraph: str) -> list[str]:
    stripped = paragraph.strip()
    return [stripped[at : at + MAX_PIECE] for at in range(0, len(stripped), MAX_PIECE)]


def fitting(pieces: Sequence[str], most: int, deepest: int) -> list[str]:
    """The pieces, joined to larger ones as far as needed to be few and not too deep.

    Only paragraphs that go straight on from each other are joined: twos first, then fours,
    and so on. A turn always begins a piece.

    Raises:
        ValueError: It turns so often that even so there are too many.
    """
    parents = places(pieces)
    joins = [
        parent == index - 1 >= 0 and not _stands_alone(pieces, index)
        for index, parent in enumerate(parents)
    ]
    size = 1
    while True:
        joined = _join(pieces, joins, size)
        if len(joined) <= most and _depth(joined) <= deepest:
            return joined
        if size >= len(pieces):
            break
        size *= 2
    raise ValueError(
        f"The text turns back {len(pieces) - sum(joins):,} times; a tree of at most {most:,} "
        f"pieces, {deepest} deep, can be drawn. Paste a part of it."
    )


def _stands_alone(pieces: Sequence[str], index: int) -> bool:
    """Whether a piece has a form that is read word for word, or follows one that has."""
    return any(is_move(text) or is_return(text) for text in pieces[max(0, index - 1) : index + 1])


def _join(pieces: Sequence[str], joins: Sequence[bool], size: int) -> list[str]:
    """Up to `size` pieces in one, where each but the first says that it may be joined."""
    groups: list[list[str]] = []
    for text, may_join in zip(pieces, joins, strict=True):
        if may_join and groups and len(groups[-1]) < size and _fits(groups[-1], text):
            groups[-1].append(text)
        else:
            groups.append([text])
    return ["\n\n".join(group) for group in groups]


def _fits(group: Sequence[str], text: str) -> bool:
    return sum(map(len, group)) + len(text) <= 5 * MAX_PIECE


def _depth(pieces: Sequence[str]) -> int:
    """Pieces on the longest path."""
    depths: list[int] = []
    for parent in places(pieces):
        depths.append(1 if parent < 0 else depths[parent] + 1)
    return max(depths, default=0)
