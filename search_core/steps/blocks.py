r"""What is never torn: code, display maths, environments, and what belongs to an item of a list."""

from __future__ import annotations

import re

from search_core.answers.thinking import marks
from search_core.log.fields import Thought

_LONGEST = 4_000
"""Characters of a block: one that has not closed by then was never meant as one, or never ends."""
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_MATHS = re.compile(r"(?<!\\)\\(?:\[|\]|(?:begin|end)\{([A-Za-z]+\*?)\})|(?<!\\)\$\$")
_ITEM = re.compile(r"^ {0,3}(?:[-*+•]|\d{1,3}[.)])(?: |\t)")
_INDENTED = re.compile(r"^(?: {2,}|\t)")


def in_block(text: str) -> bool:
    r"""Whether a text ends inside a fence, \[ … \], $$ … $$, or an environment."""
    fence, opened, outside = "", 0, []
    for start, line in _lines(text):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence, opened = mark[1], start
        else:
            outside.append((start, _INLINE_CODE.sub("", line)))
    if fence:
        return len(text) - opened <= _LONGEST
    return _in_maths(outside, len(text))


def _in_maths(lines: list[tuple[int, str]], end: int) -> bool:
    waiting: list[tuple[str, int]] = []
    for start, line in lines:
        for mark in _MATHS.finditer(line):
            said = mark.group()
            if said == "\\[" or said.startswith("\\begin"):
                waiting.append((mark[1] or "]", start))
            elif said == "$$" and not (waiting and waiting[-1][0] == "$$"):
                waiting.append(("$$", start))
            elif waiting and waiting[-1][0] == (mark[1] or ("$$" if said == "$$" else "]")):
                waiting.pop()
    return bool(waiting) and end - waiting[0][1] <= _LONGEST


def in_item(text: str) -> bool:
    """Whether a text ends in an item of a list, to which an indented paragraph may still belong."""
    for paragraph in reversed(text.rstrip("\n").split("\n\n")):
        lines = paragraph.split("\n")
        if any(_ITEM.match(line) for line in lines):
            return True
        if not _INDENTED.match(lines[0]):
            return False
    return False


def in_thought(text: str, begun: bool = False) -> bool:
    """Whether a text ends inside a part in which the model thinks.

    Args:
        begun: Whether it begins inside of one: chat templates often write the opening mark.
    """
    found = marks(text)
    return found[-1].opens if found else begun


def thought_of(text: str, begun: bool = False) -> Thought:
    """Whether a step is thought: "open" if it ends in it, "whole" if one ends in it, else ""."""
    if in_thought(text, begun):
        return "open"
    return "whole" if any(not mark.opens for mark in marks(text)) else ""


def _lines(text: str) -> list[tuple[int, str]]:
    """Each line with where it begins."""
    found, start = [], 0
    for line in text.split("\n"):
        found.append((start, line))
        start += len(line) + 1
    return found
