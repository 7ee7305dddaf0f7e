"""A run's events go to a file while they happen; where that fails, the run goes on without it."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from search_core.log.events import Event, event_to_json
from search_core.log.files import append_all, why_not_written


class TraceWriter:
    """Appends events to a trace file; each line is with the system before the next is made.

    Nothing is raised where that fails, be it for want of room or because somebody took the file
    away: a run is worth more than its file. From then on nothing is written.

    Args:
        path: The file. It is made with the first event.
        on_failure: Told once, in plain words, why the events are no longer written.
        on_close: Called when the file is closed, or would have been.
        replace: Whether a file that is there already is written over; else that is a failure.
        make_folder: Whether the folder is made where it is missing.
    """

    def __init__(
        self,
        path: Path,
        on_failure: Callable[[str], None],
        *,
        on_close: Callable[[TraceWriter], None] | None = None,
        replace: bool = False,
        make_folder: bool = False,
    ) -> None:
        self.path = path
        self.size = 0
        """Bytes written."""
        self.failure = ""
        """Why events are no longer written; "" while they are."""
        self._on_failure, self._on_close = on_failure, on_close
        self._mode = "w" if replace else "x"
        self._make_folder = make_folder
        self._file: io.FileIO | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """Open the file now and not with the first event. Raises OSError where that fails."""
        self._opened()

    def add(self, event: Event) -> None:
        """Write one more event."""
        self.add_all([event])

    def add_all(self, events: Iterable[Event]) -> None:
        """Write some more events, all at once."""
        self.add_text(lambda: "".join(event_to_json(event) + "\n" for event in events))

    def add_text(self, text: Callable[[], str | bytes]) -> None:
        """The same of events that are lines already; asked for only where they are written."""
        if not self.failure:
            self._try(lambda: self._write(text()))

    def close(self) -> None:
        """No more events will come."""
        if self._file is not None:
            self._try(self._file.close)
            self._file = None
        if self._on_close is not None:
            self._on_close(self)

    def remove(self) -> None:
        """Delete the file, if there is one and it is still the one that was written."""
        if self._identity is not None and _identity(os.lstat(self.path)) == self._identity:
            self.path.unlink()

    def _write(self, text: str | bytes) -> None:
        self.size += append_all(self._opened(), text)
        # What is written to a file that has no name any more is lost, and raises nothing.
        if _identity(self.path.stat()) != self._identity:
            raise FileNotFoundError(errno.ENOENT, "the file is another one now")

    def _opened(self) -> io.FileIO:
        if self._file is None:
            if self._make_folder:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = io.FileIO(self.path, self._mode)
            self._identity = _identity(os.fstat(self._file.fileno()))
        return self._file

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (OSError, ValueError) as error:  # ValueError: text that is no Unicode
            if not self.failure:
                self.failure = why_not_written(error)
                self._on_failure(self.failure)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
