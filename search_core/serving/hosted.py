"""One run as a server holds it: its log so far, who looks at it, and how to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from search_core.log.events import Event
from search_core.serving.writing import WritingMonitor


class HostedRun:
    """A run's log, readable by many threads while one writes.

    Args:
        run_id: Unguessable token: whoever has it may read the run.
        idle_seconds: A live run that nobody has looked at for so long is cancelled.
    """

    def __init__(self, run_id: str, *, idle_seconds: float = 120.0) -> None:
        self.id = run_id
        self.writing = WritingMonitor()
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._stop = threading.Event()
        self._done = threading.Event()
        self._seen = time.monotonic()
        self._error = ""
        self._not_kept = ""

    @classmethod
    def finished(cls, run_id: str, events: Iterable[Event]) -> HostedRun:
        """A run that is over: a recording, an opened file, or one from before a restart."""
        run = cls(run_id)
        run._events = list(events)
        run._done.set()
        return run

    @property
    def live(self) -> bool:
        """Whether more events may come."""
        return not self._done.is_set()

    @property
    def head(self) -> int:
        """Number of events so far."""
        with self._lock:
            return len(self._events)

    def add(self, event: Event) -> None:
        """Take the next event (the run's listener)."""
        with self._lock:
            self._events.append(event)

    @property
    def error(self) -> str:
        """Why the run failed, or "". A model that cannot be loaded leaves no event."""
        return self._error

    def fail(self, message: str) -> None:
        """Remember what went wrong."""
        self._error = message

    @property
    def not_kept(self) -> str:
        """Why the run is in memory alone, in plain words; "" where it is on disk as well."""
        return self._not_kept

    def lose(self, why: str) -> None:
        """The run can no longer be written to disk; it goes on."""
        self._not_kept = why

    def close(self) -> None:
        """No more events will come."""
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; True if it came."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """Ask the run to end; it does so within one decode step."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether the run should end: someone asked, or everyone left."""
        return self._stop.is_set() or time.monotonic() - self._seen > self._idle_seconds

    def seen(self) -> None:
        """Somebody is looking."""
        self._seen = time.monotonic()

    def events(self) -> list[Event]:
        """The log so far."""
        with self._lock:
            return list(self._events)

    def since(self, start: int, limit: int = 2000) -> list[Event]:
        """At most `limit` events from number `start` on."""
        self.seen()
        with self._lock:
            return self._events[start : start + limit]
