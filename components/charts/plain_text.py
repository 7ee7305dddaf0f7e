"""Text from strangers inside plotly figures.

Plotly reads a little HTML (<b>, <a href>, <br>) in every label and hover text, and hands
$…$ to MathJax where a page has loaded it. `plain` makes sure that text stays text.
"""

from __future__ import annotations

import textwrap
import unicodedata

# `&#36;` is shown as a dollar sign, and no longer starts a formula.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_TRANSLATION = str.maketrans(_ENTITIES)
_VISIBLE_WHITESPACE = "\t\n\r"


def plain(text: str, limit: int = 120) -> str:
    """One line of at most `limit` visible characters that plotly shows as it stands."""
    return _escape(shorten(text, limit))


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` visible characters, not escaped: for text nodes."""
    line = " ".join(_printable(text[: 8 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain_lines(text: str, width: int = 48, lines: int = 6) -> str:
    """Several lines, joined by plotly's line break; the rest is cut off with an ellipsis."""
    line = " ".join(_printable(text[: 8 * width * lines]).split())
    wrapped = textwrap.wrap(line, width, max_lines=lines, placeholder=" …")
    return "<br>".join(_escape(part) for part in wrapped)


def _escape(text: str) -> str:
    return text.translate(_TRANSLATION)


def _printable(text: str) -> str:
    """Without control and formatting characters, which can reorder or hide what follows."""
    return "".join(
        c if c in _VISIBLE_WHITESPACE or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else "�"
        for c in text
    )
