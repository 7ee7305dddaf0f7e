"""The lines of a text file that a stranger wrote, one at a time and none too long."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from search_core.log.encodings import encoding_of

LONGEST_LINE = 1_000_000
"""Characters; a longer line is not read, and said to be too long."""
_NO_TEXT = re.compile("[\udc80-\udcff]")


class ProblemFileError(ValueError):
    """Nothing of a file can be used; the message says why, and what to do."""


class Line(NamedTuple):
    """One line, with its end, or why it cannot be used."""

    number: int
    text: str
    mistake: str = ""


def lines_of(file: BinaryIO, *, newline: str) -> Iterator[Line]:
    r"""The lines of a file in UTF-8, or as its byte order mark says, from 1 on.

    Args:
        file: At its beginning.
        newline: What ends a line: "\n" alone, or "" for everything that ends lines somewhere.

    Raises:
        ProblemFileError: It is no text file.
    """
    head = file.read(4096)
    encoding = encoding_of(head)
    if encoding is None and b"\0" in head:
        raise ProblemFileError(
            "it has bytes of zero, as no text in UTF-8 has. Save it as text in UTF-8"
        )
    file.seek(0)
    # Bytes that are no text become half characters, by which their line is found.
    how = "replace" if encoding else "surrogateescape"
    text = io.TextIOWrapper(file, encoding or "utf-8", how, newline)
    if encoding:
        text.read(1)  # the mark
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        yield _checked(number, line, text)


def _checked(number: int, line: str, text: io.TextIOWrapper) -> Line:
    if len(line) > LONGEST_LINE and not line.endswith(("\n", "\r")):
        while (more := text.readline(LONGEST_LINE)) and not more.endswith(("\n", "\r")):
            pass
        return Line(number, "", f"has more than {LONGEST_LINE:,} characters")
    if _NO_TEXT.search(line):
        return Line(number, "", "is not text in UTF-8; save the file in UTF-8")
    return Line(number, line)
