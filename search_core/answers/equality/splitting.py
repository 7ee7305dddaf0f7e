r"""Where an answer comes apart: at commas, "and", "or", outside of all brackets."""

from __future__ import annotations

import re

from search_core.answers.equality.spelling import closing

_LIST = re.compile(r"\s*,\s*(?:and|or)\s+|\s+(?:and|or)\s+|(?<=[\d)}\]])or(?=[A-Za-z(])|,")
_SPACED_LIST = re.compile(r"\s*,\s*(?:and|or)\s+|\s+(?:and|or)\s+|,(?=\s)")
_BARE_COMMA = re.compile(r",(?!\s)")
_COMMA = re.compile(",")
_GROUPING_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))(?<!(?<!\d)0,)")
_OPENING = ("(", "[", "{", "\\{")
_CLOSING = (")", "]", "}", "\\}")


def split(text: str, separator: re.Pattern[str]) -> list[str]:
    """The parts of a text between separators that stand outside of all brackets."""
    parts, start, position, depth = [], 0, 0, 0
    while position < len(text):
        token = text[position : position + 2] if text[position] == "\\" else text[position]
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        elif depth == 0:
            match = separator.match(text, position)
            if match and match.end() > position:
                parts.append(text[start:position].strip())
                start = position = match.end()
                continue
        position += len(token)
    parts.append(text[start:].strip())
    return parts


def list_items(text: str) -> list[str]:
    """The items of a list. "1,200, 3,400" has two: its other commas group digits."""
    bare = len(_BARE_COMMA.findall(text))
    grouping = len(_GROUPING_COMMA.findall(text))
    spaced = bare and bare == grouping and re.search(r",\s", text)
    return split(text, _SPACED_LIST if spaced else _LIST)


def ungrouped(text: str) -> str:
    """Without commas that group digits, if all are such and outside of brackets: x = 1,200."""
    commas = text.count(",")
    if not commas or commas != len(_GROUPING_COMMA.findall(text)):
        return text
    outside = len(split(text, _COMMA)) - 1 == commas
    return _GROUPING_COMMA.sub("", text) if outside else text


def bracketed(text: str) -> tuple[str, str] | None:
    r"""The pair of brackets around a whole text, and what is inside: "(1,2]" -> ("(]", "1,2").

    Returns:
        None without brackets around all of it. The pair of a set is "{}", of a vector "<>".
    """
    if text.startswith("\\langle") and text.endswith("\\rangle"):
        return "<>", text[len("\\langle") : -len("\\rangle")].strip()
    opening = text[:2] if text.startswith("\\{") else text[:1]
    if opening not in _OPENING:
        return None
    end = closing(text, 0)
    if end is None:
        return None
    mark = text[end : end + 2] if text[end] == "\\" else text[end]
    if end + len(mark) != len(text):
        return None
    pair = opening.strip("\\") + mark.strip("\\")
    if pair not in ("()", "[]", "(]", "[)", "{}"):
        return None
    return pair, text[len(opening) : end].strip()
