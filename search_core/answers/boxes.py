r"""Finds boxed answers: `\boxed{…}` in all the ways that models write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search_core.answers.cleaning import MAX_ANSWER, plain
from search_core.answers.placeholders import is_placeholder

MOST_TRIED = 50
"""Boxes, from the last back, that are looked into for one that holds an answer."""
_MOST_JOINED = 30

# Escaped characters are tokens of their own, so that `\{` never counts as a brace. A text that
# came through JSON may have lost its backslash ("boxed{5}"), or kept "\b" as a backspace.
_TOKENS = re.compile(
    r"(?P<box>(?:\\(?:boxed|fbox|Boxed|framebox(?:\s{0,3}\[[^\[\]{}\n]{0,20}\]){0,2})|\x08oxed"
    r"|(?<![A-Za-z])boxed(?=\{))(?![A-Za-z]))(?P<brace>\s{0,20}\{)?"
    r"|\\.|[{}]",
    re.DOTALL,
)
_PERCENT = re.compile(r"\$?\s?\\?%")
_JOINED = re.compile(
    r"(?:\s|\$|\\[()\[\]]|\\q?quad|\\[,;: ]|[*_])*"
    r"(?:,|;|&|\b(?:and|or)\b|\\text\{\s*,?\s*(?:and|or)\s*\})"
    r"(?:\s|\$|\\[()\[\]]|\\q?quad|\\[,;: ]|[*_]|\b(?:and|or)\b|[a-z](?:_\w)?\s?=)*"
)


@dataclass(frozen=True, slots=True)
class BoxedAnswer:
    """What a box holds, and where it ends in the text."""

    answer: str
    end: int


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a box's command starts, and where its content starts and ends (-1: no braces)."""

    at: int
    start: int
    end: int


def last_box(text: str) -> BoxedAnswer | None:
    """The last box that holds an answer.

    Boxes that are joined by "and", "or" or a comma are one answer: "1, 2". A box whose brace
    is never closed is none.
    """
    boxes = sorted(_boxes(text), key=lambda box: box.start)
    for index in range(len(boxes) - 1, max(-1, len(boxes) - 1 - MOST_TRIED), -1):
        box = boxes[index]
        content = _content(text, box)
        earlier = boxes[max(0, index - _MOST_JOINED) : index + 1]
        answer = plain(_with_joined(text, earlier, content)) if content else ""
        if answer:
            return BoxedAnswer(answer, max(box.end, box.start + len(content)))
    return None


def _boxes(text: str) -> Iterator[_Box]:
    opened: list[tuple[int, int] | None] = []  # where a box starts; None: another brace
    for token in _TOKENS.finditer(text):
        if token["box"] is not None:
            if token["brace"] is None:
                yield _Box(token.start(), token.end(), -1)
            else:
                opened.append((token.start(), token.end()))
        elif token[0] == "{":
            opened.append(None)
        elif token[0] == "}" and opened:
            start = opened.pop()
            if start is not None:
                yield _Box(*start, token.start())


def _content(text: str, box: _Box) -> str:
    """What a box holds, or "" if that is no answer."""
    if box.end < 0:
        return _unbraced(text[box.start : box.start + MAX_ANSWER])
    if box.end - box.start > MAX_ANSWER:
        return ""
    content = text[box.start : box.end].strip()
    if is_placeholder(content):
        return ""
    percent = _PERCENT.match(text, box.end + 1)
    return content + "\\%" if content and percent else content


def _unbraced(rest: str) -> str:
    r"""What TeX would box without braces, and what people mean: `\boxed 12`, `\boxed\frac12`."""
    rest = rest.lstrip(" \t")
    if rest.startswith(("\\boxed", "\\fbox", "}", "$", "\\)", "\\]")):
        return ""
    depth = end = 0
    while end < len(rest):
        one = rest[end]
        if one == "\\" and end + 1 < len(rest):
            if depth == 0 and rest[end + 1] in ")]\n\\":
                break
            end += 2
            continue
        if depth == 0 and (one.isspace() or one in "$}"):
            break
        depth += (one == "{") - (one == "}")
        end += 1
    return "" if depth else rest[:end].rstrip(".,;:!?*")


def _with_joined(text: str, boxes: list[_Box], last: str) -> str:
    contents = [last]
    for earlier, later in zip(boxes[-2::-1], boxes[:0:-1], strict=False):
        gap = text[earlier.end + 1 : later.at] if earlier.end >= 0 else ""
        content = _content(text, earlier)
        if not content or len(gap) > 60 or not _JOINED.fullmatch(gap):
            break
        contents.append(content)
    joined = ", ".join(dict.fromkeys(reversed(contents)))
    return joined if len(joined) <= MAX_ANSWER else last
