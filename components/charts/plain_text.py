"""Text from strangers inside plotly figures.

Plotly reads a little HTML (<b>, <a href>, <br>) in every label and hover text, and hands
$…$ to MathJax where a page has loaded it. `plain` makes sure that text stays text.
"""

from __future__ import annotations

import textwrap

from search_core.picture.text import one_line, printable

# `&#36;` is shown as a dollar sign, and no longer starts a formula.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_TRANSLATION = str.maketrans(_ENTITIES)


def plain(text: str, limit: int = 120) -> str:
    """One line of at most `limit` visible characters that plotly shows as it stands."""
    return _escape(one_line(text, limit))


def plain_lines(text: str, width: int = 48, lines: int = 6) -> str:
    """Several lines, joined by plotly's line break; the rest is cut off with an ellipsis."""
    line = printable(" ".join(text[: 8 * width * lines].split()))
    wrapped = textwrap.wrap(line, width, max_lines=lines, placeholder=" …")
    return "<br>".join(_escape(part) for part in wrapped)


def _escape(text: str) -> str:
    return text.translate(_TRANSLATION)
