"""Text from strangers on one line of a picture or a terminal: nothing hidden, nothing endless."""

from __future__ import annotations

import unicodedata

# Control characters move a terminal's cursor and are no XML, format characters reorder text,
# surrogates cannot be encoded, and nobody knows how private ones look.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_NO_XML = "\ufffe\uffff"
_JOINERS = "\u200c\u200d"
"""Without them some scripts and emoji fall apart."""
_WIDE = frozenset("WF")


def printable(text: str, keep: str = "") -> str:
    """The text with hidden characters as U+FFFD, but for those to `keep`."""
    return "".join(c if _seen(c) or c in keep else "\ufffd" for c in text)


def one_line(text: str, limit: int) -> str:
    """One line of at most `limit` columns of a terminal; an ellipsis says that more followed.

    Not escaped: for text nodes.
    """
    # Only the beginning can be shown, so only that is looked at.
    line = printable(" ".join(text[: 8 * limit].split()))
    if columns(line) <= limit:
        return line
    kept, used = "", 0
    for c in line:
        used += columns(c)
        if used > limit - 1:
            break
        kept += c
    return kept.rstrip() + "…"


def columns(text: str) -> int:
    """How many columns of a terminal a line takes."""
    return sum(map(_columns, text))


def _columns(c: str) -> int:
    if c in _JOINERS or unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in _WIDE else 1


def _seen(c: str) -> bool:
    if c in _JOINERS:
        return True
    return unicodedata.category(c) not in _HIDDEN_CATEGORIES and c not in _NO_XML
