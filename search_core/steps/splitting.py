"""Cuts texts into steps, by a style: whole texts, and texts that are still being written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from search_core.steps.blocks import in_block, in_item, in_thought
from search_core.steps.styles import BLANK_LINES, StepStyle

_BELONGS = re.compile(r"(?: {2}|\t|[-*+•](?: |\t))")
"""How a paragraph begins that belongs to the list before it."""
_OPEN = re.compile(r"(?: |[-*+•])?")
"""What may still become that."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where one step may end and the next begin.

    Attributes:
        start: Where the step's text ends.
        end: Where the next step's text begins; what lies between is neither's.
        known: How much of the text must be there to know that it is one.
    """

    start: int
    end: int
    known: int


def cuts(text: str, style: StepStyle) -> list[Cut]:
    """Every place that looks like a step's end, whatever it lies in."""
    return [_cut(match) for match in style.pattern.finditer(text)]


def ending(
    text: str, cut: Cut, style: StepStyle, thinking: bool = False
) -> Literal["ends", "goes on", "open"]:
    """Whether a step whose text so far is this ends at a cut; "open": what follows decides.

    Args:
        thinking: Whether the step begins inside of a thought.
    """
    said = text[: cut.start]
    if cut.known > cut.end and not said.strip():
        return "goes on"  # nothing has been said before the mark of the first step
    if in_block(said) or (not style.thoughts and in_thought(said, thinking)):
        return "goes on"
    if not style.blank_lines or not in_item(said):
        return "ends"
    if not text[cut.start : cut.end].startswith("\n\n"):
        return "goes on"  # a sentence inside an item
    follows = text[cut.end : cut.end + 2]
    if _BELONGS.match(follows):
        return "goes on"
    return "open" if _OPEN.fullmatch(follows) else "ends"


def split(text: str, style: StepStyle = BLANK_LINES) -> list[str]:
    """The steps of a whole text, each with what parts it from the next: joined, they are it."""
    return list(_pieces(text, style))


def _pieces(text: str, style: StepStyle) -> Iterator[str]:
    begin = 0
    for cut in cuts(text, style):
        if cut.start >= begin:
            step = text[begin : cut.end + 2]
            inner = Cut(cut.start - begin, cut.end - begin, cut.known - begin)
            if cut.end < len(text) and ending(step, inner, style) == "ends":
                yield text[begin : cut.end]
                begin = cut.end
    if text[begin:]:
        yield text[begin:]


def rest_of(before: str, text: str, style: StepStyle = BLANK_LINES) -> str | None:
    """What of the next step stands in the token that tells a step's end; None: it tells none.

    Args:
        before: The text without its last token.
        text: Texts that end a step; of a long one the end is enough.
    """
    found = cuts(text, style)
    if not found:
        return None
    common = in_common(before, text)
    cut = found[-1]
    known = cut.known
    if known <= common and style.blank_lines:
        known = _decided(text, cut)
    # One that was known before the last token ended another step.
    return text[cut.end :] if known > common else None


def _decided(text: str, cut: Cut) -> int:
    """How much of a text had to be there to know that no list goes on behind a cut."""
    for end in range(cut.end, min(len(text), cut.end + 2) + 1):
        if not _OPEN.fullmatch(text[cut.end : end]):
            return 0 if _BELONGS.match(text[cut.end : end]) else end
    return 0


def in_common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many ids, or characters, both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _cut(match: re.Match[str]) -> Cut:
    groups = match.groupdict()
    between = "sep" if groups.get("sep") is not None else "gap"
    follows = "next" if groups.get("next") is not None else "begins"
    return Cut(match.start(between), match.end(between), match.end(follows))
