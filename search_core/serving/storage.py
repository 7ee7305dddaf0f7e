"""Finished and unfinished runs on disk, one NDJSON file each, written as they happen."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TextIO

from search_core.log.events import Event, event_to_json
from search_core.log.traces import Trace, TraceError, read_trace

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_log = logging.getLogger(__name__)


def is_run_id(text: str) -> bool:
    """Whether this can be the id of a run: it becomes a file name, so nothing else passes."""
    return _RUN_ID.fullmatch(text) is not None


class RunStorage:
    """A folder of traces.

    Args:
        folder: Made if it is missing.
        keep, keep_bytes: The oldest files beyond this number, or beyond this size in all,
            are deleted.
    """

    def __init__(self, folder: Path, *, keep: int = 1000, keep_bytes: int = 2 * 10**9) -> None:
        self._folder = folder
        self._keep, self._keep_bytes = keep, keep_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def create(self, run_id: str) -> TraceWriter:
        """A file for a new run. Old ones make room."""
        self._make_room()
        return TraceWriter(self._path(run_id).open("x", encoding="utf-8"))

    def read(self, run_id: str) -> Trace | None:
        """The run of this id; None if there is none that can be read."""
        path = self._path(run_id)
        if not path.is_file():
            return None
        try:
            return read_trace(path)
        except TraceError as error:
            _log.warning("Run %s cannot be read: %s", run_id, error)
            return None

    def stamp(self, run_id: str) -> tuple[int, int] | None:
        """Size in bytes and time of the last change in nanoseconds of a run's file; None: none."""
        try:
            status = self._path(run_id).stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def text(self, run_id: str) -> bytes:
        """What is in the file of a run.

        Raises:
            OSError: It cannot be read.
        """
        return self._path(run_id).read_bytes()

    def _path(self, run_id: str) -> Path:
        if not is_run_id(run_id):
            raise ValueError(f"{run_id!r:.80} is not the id of a run.")
        return self._folder / f"{run_id}.jsonl"

    def _make_room(self) -> None:
        found = [(path.stat(), path) for path in self._folder.glob("*.jsonl")]
        newest_first = sorted(found, key=lambda entry: entry[0].st_mtime, reverse=True)
        size = 0
        for place, (status, path) in enumerate(newest_first, start=2):
            size += status.st_size
            if place > self._keep or size > self._keep_bytes:
                path.unlink(missing_ok=True)


class TraceWriter:
    """Appends events to a trace file; each line is on disk before the next is made."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def add(self, event: Event) -> None:
        self._file.write(event_to_json(event) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
