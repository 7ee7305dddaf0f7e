"""A file of one kind written as another, row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_core.labelled.kinds import NeutralRating
from search_core.labelled.reading import LabelledFile, read_labelled, read_trees
from search_core.labelled.report import LabelledFileError, ReadingReport, WritingReport
from search_core.labelled.solution import LabelledSolution
from search_core.labelled.writing.sessions import sessions_of_tree
from search_core.labelled.writing.targets import TARGETS, Target
from search_core.labelled.writing.values import ValueSource, node_values
from search_core.log.files import replaced_when_whole
from search_core.log.traces import Trace

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was read, and what was written of it."""

    read: ReadingReport
    written: WritingReport

    def said(self) -> str:
        """Both in a few sentences."""
        return f"{self.read.said()} {self.written.said()}"

    def values(self) -> dict[str, Any]:
        """Both as JSON values."""
        return {"read": self.read.values(), "written": self.written.values()}


def convert(
    path: Path | str,
    to: str,
    out: Path | str,
    *,
    kind: str | None = None,
    labels: Mapping[str, float] | None = None,
    values: ValueSource | None = None,
    neutral: NeutralRating = "wrong",
    most: int | None = None,
    all_rows: bool = False,
) -> Conversion:
    """Writes a file of labelled solutions or of trees as rows of another kind.

    Args:
        path, kind, neutral, most: As `read_labelled` takes them.
        to: A name of `TARGETS`.
        out: The file; for "trace" and "sessions" a folder, which is made.
        labels: A person's labels of one tree's steps, by node id.
        values: Where the labels of a tree's steps come from: `node_values`.
        all_rows: Whether nothing is written if any row cannot be read or written.

    Raises:
        LabelledFileError: Nothing can be read or written, the texts must not be written, or some
            row cannot be with `all_rows`; a single file is then as it was before.
        OSError: A file cannot be opened or written.
    """
    if to not in TARGETS:
        raise LabelledFileError(f"Unknown kind {to!r:.60}; expected one of {', '.join(TARGETS)}.")
    conversion = _Converting(Path(path), TARGETS[to], kind, labels, values, neutral, most)
    out = Path(out)
    if conversion.target.per_tree:
        conversion.write_folder(out)
        conversion.check(all_rows=all_rows)
    else:
        with replaced_when_whole(out) as file:
            for row in conversion.rows():
                file.write(f"{_ENCODER.encode(row)}\n".encode())
                conversion.written.written += 1
            conversion.check(all_rows=all_rows)
    return Conversion(conversion.source.report, conversion.written)


class _Converting:
    """One conversion under way: of trees where source and target have them, else of solutions."""

    def __init__(
        self,
        path: Path,
        target: Target,
        kind: str | None,
        labels: Mapping[str, float] | None,
        values: ValueSource | None,
        neutral: NeutralRating,
        most: int | None,
    ) -> None:
        self.target, self.written = target, WritingReport(target.name)
        self._labels, self._values = labels, values
        solutions = read_labelled(path, kind, neutral=neutral, most=most)
        of_trees = target.per_tree or target.of_tree is not None
        self._as_trees = of_trees and (
            solutions.kind.trees is not None or target.of_solutions is None
        )
        if labels is not None and not (self._as_trees and target.labelled):
            raise LabelledFileError(
                f"Labels of nodes are written of a tree as prm800k or trl; {path.name} is read as "
                f"{solutions.kind.name} and written as {target.name}."
            )
        self.source: LabelledFile[Trace] | LabelledFile[LabelledSolution] = (
            read_trees(path, kind, most=most) if self._as_trees else solutions
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        if self._as_trees:
            for trace in self._trees():
                yield from self._rows_of(trace)
        elif self.target.of_solutions is not None:
            yield from self.target.of_solutions(self._solutions(), self.written)

    def write_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for number, trace in enumerate(self._trees(), start=1):
            name = f"{number:04d}-{_NOT_IN_NAMES.sub('-', trace.started.run)[:60].strip('-.')}"
            if self.target.name == "sessions":
                for file, lines in sessions_of_tree(trace, self.source.path.name):
                    self._write(folder / f"{name}-{file}", lines)
            else:
                self._write(folder / f"{name}.jsonl", self._rows_of(trace))

    def check(self, *, all_rows: bool) -> None:
        """Refuse what came to nothing, or, if all rows are wanted, what lacks some."""
        left_out = self.source.report.left_out + self.written.left_out
        if not self.written.written or (all_rows and left_out):
            said = Conversion(self.source.report, self.written).said()
            what = "Some rows cannot be used" if self.written.written else "No row can be written"
            raise LabelledFileError(f"{what}. {said}")

    def _rows_of(self, trace: Trace) -> Iterator[dict[str, Any]]:
        if self.target.of_tree is None:
            return
        try:
            known = node_values(trace, self._labels, self._values)
        except ValueError as error:
            raise LabelledFileError(f"{self.source.path.name} {error}.") from error
        if self.target.labelled:
            self.written.note(f"Trees whose steps have {known.whose}")
        yield from self.target.of_tree(trace, known, self.written)

    def _write(self, path: Path, rows: Iterable[dict[str, Any]]) -> None:
        with replaced_when_whole(path) as file:
            for row in rows:
                file.write(f"{_ENCODER.encode(row)}\n".encode())
        self.written.written += 1

    def _trees(self) -> Iterator[Trace]:
        for item in self.source:
            if isinstance(item, Trace):
                yield item

    def _solutions(self) -> Iterator[LabelledSolution]:
        for item in self.source:
            if isinstance(item, LabelledSolution):
                if item.secret:
                    raise LabelledFileError(
                        f"{self.source.path.name} is published encrypted, so that no model learns "
                        "its texts: they are not written to a file."
                    )
                yield item
