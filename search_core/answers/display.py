r"""Reads display maths as one answer: `\[ … \]`, `$$ … $$`, `align` and its like."""

from __future__ import annotations

import re

from search_core.answers.cleaning import plain

_NAMES = "align|aligned|gather|gathered|equation|eqnarray|multline|split|math|displaymath"
_MARKS = (("$$", "$$"), ("\\[", "\\]"))
_BEGIN = re.compile(rf"\\begin\{{({_NAMES})(\*?)\}}")
_ENVIRONMENT = re.compile(rf"\\(?:begin|end)\{{(?:{_NAMES})\*?\}}")
_SILENT = re.compile(r"\\(?:tag|label)\{[^{}]*\}|\\(?:nonumber|notag|displaystyle)\b")
_ROW = re.compile(r"\\\\(?:\[[^\]]{0,10}\])?")
_CHAINED = ("=", "<", ">", "+", "\\le", "\\ge", "\\approx", "\\equiv", "\\implies", "\\Rightarrow")


def display_maths(text: str) -> str | None:
    """The content of the display maths that a text begins with, on one line.

    Rows are joined by commas, or by a space where one goes on with "=" or its like.

    Returns:
        None if the text begins with no display maths, "" if that is not closed.
    """
    begin = _BEGIN.match(text)
    if begin:
        end = text.find(f"\\end{{{begin[1]}{begin[2]}}}", begin.end())
        return "" if end < 0 else _on_one_line(text[begin.end() : end])
    for opening, closing in _MARKS:
        if text.startswith(opening):
            end = text.find(closing, len(opening))
            return "" if end < 0 else _on_one_line(text[len(opening) : end])
    return None


def _on_one_line(maths: str) -> str:
    text = _SILENT.sub("", _ENVIRONMENT.sub("", maths))
    if "\\begin" in text:  # a matrix, whose rows are its own
        return plain(text)
    joined = ""
    for row in (row.replace("&", "").strip() for row in _ROW.split(text)):
        if row:
            joined += ("" if not joined else " " if row.startswith(_CHAINED) else ", ") + row
    return plain(joined)
