"""Cuts a long text into the pieces of a stream, as many and as deep as a trace can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search_core.answers.thinking import marks
from search_core.strategies.places import gives_answer, is_move, is_return, places

MAX_CHARACTERS = 1_000_000
MAX_PARAGRAPHS = 20_000
"""Most paragraphs, before any are joined: where each belongs is found one by one."""
MAX_ANSWERS = 500
"""Most pieces that say what the answer is: each new answer is held against all before it."""
MAX_READ_FOR_ANSWERS = 20_000_000
"""Most characters on the paths to these pieces: each answer is looked for in its whole path."""
MAX_PIECE = 20_000
"""Longest piece, in characters: a longer paragraph is cut."""

_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def split(text: str) -> list[str]:
    """The text's paragraphs; what comes after the last thinking part stays in one piece.

    Raises:
        ValueError: There is no text, or too much, or too many paragraphs.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. "
            "Paste a part of it."
        )
    thought, final = _parts(text)
    pieces = [piece for part in _BLANK_LINE.split(thought) for piece in _cut(part)]
    pieces += _cut(final)
    if len(pieces) > MAX_PARAGRAPHS:
        raise ValueError(
            f"The text has {len(pieces):,} paragraphs; at most {MAX_PARAGRAPHS:,} are read. "
            "Paste a part of it."
        )
    if not pieces:
        raise ValueError("The text is empty. Paste a chain of thought, or open a .txt or .md file.")
    return pieces


def _parts(text: str) -> tuple[str, str]:
    """What was thought, and the answer after it ("" where no mark tells them apart)."""
    found = marks(text)
    starts = [0, *(mark.end for mark in found)]
    ends = [*(mark.start for mark in found), len(text)]
    between = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    closed = max((at for at, mark in enumerate(found, 1) if not mark.opens), default=len(between))
    return "\n\n".join(between[:closed]), "\n\n".join(between[closed:])


def _cut(paragraph: str) -> list[str]:
    stripped = paragraph.strip()
    return [stripped[at : at + MAX_PIECE] for at in range(0, len(stripped), MAX_PIECE)]


def fitting(pieces: Sequence[str], most: int, deepest: int) -> list[str]:
    """The pieces, joined to larger ones as far as needed to be few and not too deep.

    Only paragraphs that go straight on from each other are joined: twos first, then fours,
    and so on. A turn always begins a piece.

    Raises:
        ValueError: It turns so often that even so there are too many, or it gives so many answers
            that finding and comparing them would take too long.
    """
    alone = [is_move(text) or is_return(text) for text in pieces]
    joins = [
        # A form that is read word for word stands alone, and what follows it begins anew.
        parent == index - 1 >= 0 and not (alone[index] or alone[index - 1])
        for index, parent in enumerate(places(pieces))
    ]
    size = 1
    while True:
        joined = _join(pieces, joins, size)
        if len(joined) <= most:
            parents = places(joined)
            if _depth(parents) <= deepest:
                _check_answers(joined, parents)
                return joined
        if size >= len(pieces):
            break
        size *= 2
    raise ValueError(
        f"The text turns back {len(pieces) - sum(joins):,} times; a tree of at most {most:,} "
        f"pieces, {deepest} deep, can be drawn. Paste a part of it."
    )


def _join(pieces: Sequence[str], joins: Sequence[bool], size: int) -> list[str]:
    """Up to `size` pieces in one, where each but the first says that it may be joined."""
    groups: list[list[str]] = []
    characters = 0  # of the last group
    for text, may_join in zip(pieces, joins, strict=True):
        fits = bool(groups) and len(groups[-1]) < size and characters + len(text) <= 5 * MAX_PIECE
        if may_join and fits:
            groups[-1].append(text)
            characters += len(text)
        else:
            groups.append([text])
            characters = len(text)
    return ["\n\n".join(group) for group in groups]


def _depth(parents: Sequence[int]) -> int:
    """Pieces on the longest path."""
    depths: list[int] = []
    for parent in parents:
        depths.append(1 if parent < 0 else depths[parent] + 1)
    return max(depths, default=0)


def _check_answers(pieces: Sequence[str], parents: Sequence[int]) -> None:
    """Refuse a text in which answers would have to be looked for too often, or too far back."""
    on_path: list[int] = []
    for text, parent in zip(pieces, parents, strict=True):
        on_path.append(len(text) + (0 if parent < 0 else on_path[parent]))
    to_read = [length for text, length in zip(pieces, on_path, strict=True) if gives_answer(text)]
    if len(to_read) > MAX_ANSWERS:
        raise ValueError(
            f"The text says {len(to_read):,} times what the answer is; at most {MAX_ANSWERS} "
            "answers are compared. Paste a part of it."
        )
    if sum(to_read) > MAX_READ_FOR_ANSWERS:
        raise ValueError(
            f"The text says {len(to_read):,} times what the answer is, at the end of "
            f"{sum(to_read):,} characters in all; at most {MAX_READ_FOR_ANSWERS:,} are read for "
            "that. Paste a part of it."
        )
