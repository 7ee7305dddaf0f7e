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
_ADVANCES = {
    **dict.fromkeys(" .,:;'|!ijlIt()[]fr-/", 0.40),
    **dict.fromkeys("0123456789", 0.64),
    **dict.fromkeys("mwMW@%=+×÷−→~<>…", 0.88),
}
_SMALL, _LARGE_LETTER, _FULL, _BOLD = 0.60, 0.72, 1.02, 1.11
"""Widths of letters in ems, of the wider fonts that are usual: nobody knows here which one it
will be."""


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


def fitted(text: str, room: float, bold: bool = False) -> str:
    """As much of a text on one line as fits into `room` ems; "" where not even one letter does."""
    line = one_line(text, max(1, int(room / min(_ADVANCES.values()))))
    while line and width(line, bold) > room:
        line = line.rstrip("…")[:-1].rstrip()
        line = f"{line}…" if line else ""
    return line


def width(text: str, bold: bool = False) -> float:
    """About how wide a line is, in ems."""
    return sum(map(_advance, text)) * (_BOLD if bold else 1.0)


def _advance(c: str) -> float:
    if not _columns(c):
        return 0.0
    if _columns(c) == 2:
        return _FULL
    return _ADVANCES.get(c, _LARGE_LETTER if c.isupper() else _SMALL)


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
