"""Takes a file apart into rows: what each column holds, or why the row cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from search_core.log.encodings import decoded
from search_core.problem_files.lines import ProblemFileError, lines_of
from search_core.problem_files.parquet import parquet_rows
from search_core.problem_files.row import MOST_BYTES, Row
from search_core.problem_files.tables import table_rows

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
"""Of the files that are read."""
MOST_LIST_BYTES = 64 * 1024**2
"""Of a JSON list, which is read as a whole."""
_TABLES = {".csv": ",;\t", ".tsv": "\t"}
"""What may stand between the columns."""
_MEGABYTE = 1024**2


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file; empty lines are none.

    Raises:
        ProblemFileError: It is of another kind, too large, or nothing of it can be read.
        OSError: It cannot be opened.
    """
    size = path.stat().st_size
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ProblemFileError(
            f"its name ends in {suffix or 'nothing'!r:.20}; files that end in "
            f"{', '.join(SUFFIXES)} are read"
        )
    if not path.is_file():
        raise ProblemFileError("it is no file")
    most = MOST_LIST_BYTES if suffix == ".json" else MOST_BYTES
    if size > most:
        hint = ". Write one object a line, as .jsonl" if suffix == ".json" else ""
        raise ProblemFileError(
            f"it has {size // _MEGABYTE:,} MB; at most {most // _MEGABYTE:,} are read{hint}"
        )
    with path.open("rb") as file:
        if suffix == ".parquet":
            yield from parquet_rows(file)
        elif suffix in _TABLES:
            yield from table_rows(file, _TABLES[suffix])
        elif suffix == ".json" and _is_list(file):
            yield from _list_rows(file)
        else:
            yield from _json_lines(file)


def _json_lines(file: BinaryIO) -> Iterator[Row]:
    for line in lines_of(file, newline="\n"):
        where = f"line {line.number}"
        if line.mistake:
            yield Row(where, mistake=line.mistake)
        elif line.text.strip():
            yield _json_row(where, line.text)


def _json_row(where: str, text: str) -> Row:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Row(where, mistake=f"is not JSON ({_why(error)})")
    return _row_of(where, values)


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"{error.msg}, {line}character {error.colno}"
    return str(error)


def _row_of(where: str, values: Any) -> Row:
    if not isinstance(values, dict):
        return Row(where, mistake='is no JSON object, as {"problem": …} is')
    return Row(where, values)


def _is_list(file: BinaryIO) -> bool:
    """Whether a .json file is one JSON value: some hold a line for each problem."""
    first, more = file.readline(_MEGABYTE).strip(), file.readline(_MEGABYTE).strip()
    file.seek(0)
    return not (first.startswith(b"{") and first.endswith(b"}") and more)


def _list_rows(file: BinaryIO) -> Iterator[Row]:
    try:
        # One byte more than is allowed: the file may have grown.
        values = json.loads(decoded(file.read(MOST_LIST_BYTES + 1)))
    except (ValueError, RecursionError) as error:
        raise ProblemFileError(f"it is not JSON ({_why(error)})") from error
    if isinstance(values, dict):
        # Some have the list under a name, such as "data".
        lists = [value for value in values.values() if _is_list_of_objects(value)]
        values = lists[0] if len(lists) == 1 else [values]
    if not isinstance(values, list):
        raise ProblemFileError("it is no JSON list of objects")
    for number, value in enumerate(values, start=1):
        yield _row_of(f"entry {number}", value)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
