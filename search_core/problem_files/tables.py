"""The rows of a table in text: CSV as its many writers write it, and TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from search_core.problem_files.lines import Line, ProblemFileError, lines_of
from search_core.problem_files.row import Row


def table_rows(file: BinaryIO, delimiters: str) -> Iterator[Row]:
    """The rows of a table whose first line names its columns.

    Args:
        file: At its beginning.
        delimiters: What may stand between columns; the head tells which does.

    Raises:
        ProblemFileError: It is no text, or its head names no columns.
    """
    lines = lines_of(file, newline="")
    first = next((line for line in lines if line.text.strip() or line.mistake), None)
    if first is None:
        return
    names, delimiter = _head(first, delimiters)
    number = first.number

    def texts() -> Iterator[str]:
        nonlocal number
        for line in lines:
            number = line.number
            if line.mistake:
                raise _UnreadableLine(line.mistake)
            yield line.text

    reader = csv.reader(texts(), delimiter=delimiter, strict=True)
    while True:
        where = f"line {number + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _UnreadableLine as error:
            yield Row(f"line {number}", mistake=str(error))
            reader = csv.reader(texts(), delimiter=delimiter, strict=True)
            continue
        except csv.Error as error:
            yield Row(
                where, mistake=f"is no row of a table ({error}); look for a single quote mark"
            )
            continue
        if len(cells) > 1 or any(cells):
            yield _cells_row(where, names, cells)


class _UnreadableLine(Exception):
    """A line that is not read, in the midst of a table."""


def _head(first: Line, delimiters: str) -> tuple[list[str], str]:
    """Names of the columns, and what stands between them: what makes most columns of the head."""
    if first.mistake:
        raise ProblemFileError(f"line {first.number} {first.mistake}")
    heads = []
    for delimiter in delimiters:
        try:
            heads.append((next(csv.reader([first.text], delimiter=delimiter)), delimiter))
        except csv.Error as error:
            raise ProblemFileError(f"line {first.number} names no columns ({error})") from error
    cells, delimiter = max(heads, key=lambda head: len(head[0]))
    names = [cell.strip() for cell in cells]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise ProblemFileError(f"it has two columns that are called {twice!r:.60}")
    return names, delimiter


def _cells_row(where: str, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        said = "cell" if len(cells) == 1 else "cells"
        return Row(
            where,
            mistake=f"has {len(cells)} {said}, and the head names {len(names)}: text with a "
            "separator in it stands in quote marks",
        )
    return Row(where, dict(zip(names, cells, strict=True)))
