"""Drawn solutions on disk, a problem's at a time, so that drawing that was stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from search_core.labelled import LabelledSolution
from search_core.labelled.writing.benchmark_rows import plain_row
from search_core.log.files import append_all


class DrawnFile:
    """An append-only file of plain rows, and beside it one of the problems that are done.

    Args:
        path: Of the rows; which problems are done stands in the same place, ending in `.done`.
        plan: Hash of everything that the rows depend on.

    Raises:
        ValueError: The file was drawn by another plan.
        OSError: It cannot be read or written.
    """

    def __init__(self, path: Path, plan: str) -> None:
        self.path = path
        self._marks = path.with_suffix(".done")
        self.done: set[str] = set()
        there = path.exists() and self._marks.exists()
        self._size, marks = self._read(plan) if there else (0, 0)
        self._rows = path.open("ab", buffering=0)
        self._rows.truncate(self._size)
        self._keys = self._marks.open("ab", buffering=0)
        self._keys.truncate(marks)
        if not marks:
            append_all(self._keys, json.dumps([plan, 0]) + "\n")

    def __enter__(self) -> DrawnFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()
        self._keys.close()

    def add(self, key: str, solutions: Iterable[LabelledSolution]) -> None:
        """A problem's solutions: all of them or, where the program dies meanwhile, none.

        Raises:
            OSError: They cannot be written.
        """
        text = "".join(json.dumps(plain_row(each), ensure_ascii=False) + "\n" for each in solutions)
        self._size += append_all(self._rows, text)
        # Whatever stands behind the last mark was being written, and is cut off.
        append_all(self._keys, json.dumps([key, self._size]) + "\n")
        self.done.add(key)

    def _read(self, plan: str) -> tuple[int, int]:
        """Bytes of whole problems, and of their marks."""
        size = marks = 0
        for line in self._marks.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            key, size = json.loads(line)
            if not marks and key != plan:
                raise ValueError(
                    f"{self.path} holds solutions drawn otherwise. Choose another --json, "
                    f"or delete it and {self._marks.name}."
                )
            if marks:
                self.done.add(key)
            marks += len(line)
        return int(size), marks
