"""Finished and unfinished runs on disk, one NDJSON file each, written as they happen."""

from __future__ import annotations

import errno
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from search_core.log.traces import OpenedLimits, TraceError
from search_core.serving.kept_runs import KeptRuns, is_ours, opened_file, run_file
from search_core.serving.opening import OpenedFile, open_file
from search_core.serving.run_ids import is_run_id
from search_core.serving.trace_writer import TraceWriter

MOST_KEPT = 1000
MOST_KEPT_BYTES = 2 * 10**9
_log = logging.getLogger(__name__)


class RunsFolderError(ValueError):
    """A folder cannot keep runs; the message says why, and what to do."""


class RunStorage:
    """A folder of traces.

    Other files may lie there: they are neither read nor counted nor deleted (`kept_runs.is_ours`).

    Args:
        folder: Made if it is missing.
        most, most_bytes: The oldest runs beyond this number, or beyond this size in all,
            are deleted.

    Raises:
        RunsFolderError: It cannot be made, or not be written to.
    """

    def __init__(
        self, folder: Path, *, most: int = MOST_KEPT, most_bytes: int = MOST_KEPT_BYTES
    ) -> None:
        self._folder = folder
        self._kept = KeptRuns(folder, most, most_bytes)
        _check(folder)

    def create(
        self, run_id: str, on_failure: Callable[[str], None], *, opened: bool = False
    ) -> TraceWriter:
        """What writes a run; where that fails, `on_failure` hears why. Old ones make room.

        Args:
            opened: Whether the run is no run of this server's but a trace that somebody opened.
        """
        path = self._path(run_id, opened=opened)
        self._kept.begin(path)
        return TraceWriter(path, on_failure, on_close=self._closed, make_folder=True)

    def read(self, run_id: str) -> OpenedFile | None:
        """The run of this id, checked; None if there is none that can be read."""
        for opened in (False, True):
            path = self._path(run_id, opened=opened)
            try:
                if is_ours(path):
                    return open_file(path, OpenedLimits())
            except (TraceError, OSError) as error:
                if not isinstance(error, FileNotFoundError):
                    _log.warning("Run %s cannot be read: %s", run_id, error)
        return None

    def stamp(self, run_id: str) -> tuple[int, int] | None:
        """Size in bytes and time of the last change in nanoseconds of a run's file; None: none."""
        try:
            status = self._there(run_id).stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def text(self, run_id: str) -> bytes:
        """What is in the file of a run.

        Raises:
            OSError: It cannot be read.
        """
        return self._there(run_id).read_bytes()

    def wait(self, seconds: float) -> bool:
        """Wait until the runs that have ended are counted and have made room; whether they have."""
        return self._kept.wait(seconds)

    def _closed(self, writer: TraceWriter) -> None:
        if writer.failure:
            # The beginning of a run that has ended would be taken for one that was cut off.
            try:
                writer.remove()
            except OSError as error:
                _log.warning("%s could not be removed: %s", writer.path.name, error)
        self._kept.ended(writer.path, 0 if writer.failure else writer.size)

    def _there(self, run_id: str) -> Path:
        opened = self._path(run_id, opened=True)
        return opened if opened.exists() else self._path(run_id)

    def _path(self, run_id: str, *, opened: bool = False) -> Path:
        if not is_run_id(run_id):
            raise ValueError(f"{run_id!r:.80} is not the id of a run.")
        return opened_file(self._folder, run_id) if opened else run_file(self._folder, run_id)


def _check(folder: Path) -> None:
    """Make the folder, and a file in it that has no name and leaves no trace."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            # There may be room again tomorrow; until then runs say that they are not kept.
            _log.warning("The folder of runs, %s, has no room: %s", folder, error)
            return
        raise RunsFolderError(
            f"The folder of runs, {folder}, cannot be used: {error.strerror or error}. "
            "Name one that can be written to with --runs or ESPALIER_RUNS."
        ) from error
