"""Reads a file of labelled solutions or of trees, one at a time, whatever kind it is of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from search_core.labelled.kinds import KINDS, FileKind, NeutralRating, Reading
from search_core.labelled.report import LabelledFileError, ReadingReport
from search_core.labelled.score_columns import is_score_column, with_scores
from search_core.labelled.solution import LabelledSolution
from search_core.labelled.unique_ids import UniqueIds
from search_core.log.traces import Trace
from search_core.problem_files.lines import ProblemFileError
from search_core.problem_files.row import Row
from search_core.problem_files.rows import rows_of

LOOKED_AT = 100
"""Rows by which the kind of a file is told."""
_TABLES = {".csv", ".tsv"}
T = TypeVar("T")


class LabelledFile(Generic[T]):
    """What a file holds, one at a time: begin with a `for` loop. A new loop begins anew.

    Attributes:
        path: Of the file.
        kind: What it is read as; the name is one of `KINDS`.
        report: What was read so far in the newest loop, and what was left out.

    Raises, while it is looped over:
        LabelledFileError: The file has nothing that can be used; the message says why.
        OSError: It cannot be read.
    """

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        made: Callable[[Row, Reading], Iterable[T]],
        *,
        item: str,
        neutral: NeutralRating,
        most: int | None,
        scored: bool = False,
    ) -> None:
        self.path = path
        self.kind = kind
        self._scored = scored
        self._made, self._item, self._neutral, self._most = made, item, neutral, most
        self.report = self._new_report()

    def __iter__(self) -> Iterator[T]:
        self.report = report = self._new_report()
        reading = Reading(self._neutral, report)
        ids = UniqueIds()
        for row in _rows(self.path, self.kind):
            report.rows += 1
            mistake = row.mistake
            try:
                # All of a row or nothing: half of one would be neither read nor left out.
                found = [] if mistake else self._items(row, reading)
            except ValueError as error:
                found, mistake = [], str(error)
            except RecursionError:  # what json can nest, repr may not
                found, mistake = [], "is nested too deeply"
            if mistake:
                report.leave_out(row.where, mistake)
            self._look_for_other_columns(row)
            for number, item in enumerate(found, start=1):
                if report.read == self._most:
                    report.more = True
                    return
                report.read += 1
                yield _with_own_id(item, ids, _place(row, number, len(found)))
        if not report.read:
            why = report.said() if report.left_out or report.notes else "It is empty."
            raise LabelledFileError(
                f"{self.path.name} holds no {self._item} that can be used. {why}"
            )

    def _items(self, row: Row, reading: Reading) -> Sequence[T]:
        found = [*self._made(row, reading)]
        if not self._scored:
            return found
        solutions = [item for item in found if isinstance(item, LabelledSolution)]
        return with_scores(solutions, row.values)  # type: ignore[return-value]

    def _new_report(self) -> ReadingReport:
        return ReadingReport(self.path.name, self.kind.name, self._item, remark=self.kind.remark)

    def _look_for_other_columns(self, row: Row) -> None:
        for name in row.values:
            known = name in self.kind.columns or name.startswith(self.kind.prefixes or "\0")
            known = known or (self._scored and is_score_column(name))
            if not known and len(self.report.other_columns) < LOOKED_AT:
                self.report.other_columns.setdefault(name[:LOOKED_AT])


def read_labelled(
    path: Path | str,
    kind: str | None = None,
    *,
    neutral: NeutralRating = "wrong",
    most: int | None = None,
) -> LabelledFile[LabelledSolution]:
    """The labelled solutions of a file, read one at a time in bounded memory.

    Args:
        path: JSON lines, a JSON list, CSV, TSV, Parquet, or a trace.
        kind: A name of `KINDS`; None: told by what the rows hold.
        neutral: What a neutral rating of PRM800K counts as; the report says it.
        most: Solutions after which reading stops; None: all.

    Raises:
        LabelledFileError: The kind is not known or cannot be told, or nothing can be read.
        OSError: The file cannot be opened.
    """
    path = Path(path)
    known = _kind_of(path, kind)
    return LabelledFile(
        path,
        known,
        known.solutions,
        item="solution",
        neutral=neutral,
        most=most,
        scored=known.takes_scores,
    )


def read_trees(
    path: Path | str, kind: str | None = None, *, most: int | None = None
) -> LabelledFile[Trace]:
    """The trees of a file as traces, which the page opens and `write_trace` writes.

    Args are those of `read_labelled`.

    Raises:
        LabelledFileError: Rows of this kind are no trees, or as above.
    """
    path = Path(path)
    known = _kind_of(path, kind)
    if known.trees is None:
        trees = ", ".join(name for name, each in KINDS.items() if each.trees)
        raise LabelledFileError(
            f"{path.name} is read as {known.name}, and its rows are no trees; trees are read of "
            f"{trees}.",
            known.name,
        )
    return LabelledFile(path, known, known.trees, item="tree", neutral="wrong", most=most)


def _kind_of(path: Path, asked: str | None) -> FileKind:
    if asked is not None:
        if asked not in KINDS:
            raise LabelledFileError(
                f"Unknown kind {asked!r:.60} of file; expected one of {', '.join(KINDS)}."
            )
        return KINDS[asked]
    first: Mapping[str, Any] | None = None
    mistakes = []
    for row in islice(_opened(path), LOOKED_AT):
        if row.mistake:
            mistakes.append(f"{row.where} {row.mistake}")
            continue
        first = row.values if first is None else first
        for kind in KINDS.values():
            if kind.recognised(_with_json_cells(row, path, kind).values):
                return kind
    if first is None:
        why = f" {mistakes[0][:1].upper()}{mistakes[0][1:]}." if mistakes else " It is empty."
        raise LabelledFileError(f"{path.name} has no row that can be read.{why}")
    names = ", ".join(f"{name!r:.40}" for name in list(first)[:12]) or "none"
    raise LabelledFileError(
        f"It cannot be told what kind of file {path.name} is; its columns are {names}. Say its "
        f"kind, one of {', '.join(KINDS)}, or write rows with 'problem' and 'steps'."
    )


def _rows(path: Path, kind: FileKind) -> Iterator[Row]:
    for row in _opened(path, kind.rows):
        yield _with_json_cells(row, path, kind)


def _opened(path: Path, rows: Callable[[Path], Iterator[Row]] = rows_of) -> Iterator[Row]:
    try:
        yield from rows(path)
    except ProblemFileError as error:
        raise LabelledFileError(f"{path.name} is no file of rows: {error}.") from error


def _with_json_cells(row: Row, path: Path, kind: FileKind) -> Row:
    """A row of a table in text with its lists, numbers and truths in place of their JSON."""
    if path.suffix.lower() not in _TABLES or row.mistake:
        return row
    values = dict(row.values)
    for name, cell in values.items():
        if name in kind.in_tables or (kind.takes_scores and is_score_column(name)):
            try:
                values[name] = json.loads(cell.lower() if cell in _TRUTHS else cell or "null")
            except (ValueError, RecursionError):
                return replace(row, mistake=f"has no JSON in {name!r:.60}, as [1, 0] is")
    return replace(row, values=values)


_TRUTHS = {"True", "False", "TRUE", "FALSE"}


def _place(row: Row, number: int, of: int) -> str:
    return row.where if of == 1 else f"{row.where}, solution {number}"


def _with_own_id(item: T, ids: UniqueIds, place: str) -> T:
    if not isinstance(item, LabelledSolution):
        return item
    unique = ids.of(item.id, place)
    return item if unique == item.id else replace(item, id=unique)
