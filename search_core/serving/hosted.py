"""One run as a server holds it: its log so far, who looks at it, and how to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from search_core.log.events import Event
from search_core.serving.encoded_log import EncodedLog, events_of
from search_core.serving.findings import Findings, Fold, KeptFinding
from search_core.serving.writing import WritingMonitor

T = TypeVar("T")

_HEAD = 100
"""Characters in which an event's line says its number, its time and its kind."""
_LINES_AT_ONCE = 1_000
OVERHEAD = 4_000
"""Bytes of a held run beside its log: its locks, its monitor, its places in tables."""


class HostedRun:
    """A run's log, readable by many threads while one writes.

    Args:
        run_id: Unguessable token: whoever has it may read the run.
        owner: Who started or opened it; "" where nobody says.
        idle_seconds: A live run that nobody has looked at for so long is cancelled.
    """

    def __init__(self, run_id: str, *, owner: str = "", idle_seconds: float = 120.0) -> None:
        self.id = run_id
        self.owner = owner
        self.writing = WritingMonitor()
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._log = EncodedLog()
        self._findings = Findings()
        self._stop = threading.Event()
        self._done = threading.Event()
        self._seen = time.monotonic()
        self._error = ""
        self._not_kept = ""
        self._on_stop: Callable[[HostedRun], None] = _nothing
        self.grown: Callable[[], None] = _nobody
        """Called when more has been found; whoever holds the run makes room then."""

    @classmethod
    def finished(
        cls,
        run_id: str,
        events: Iterable[Event] | EncodedLog,
        *,
        owner: str = "",
    ) -> HostedRun:
        """A run that is over: a recording, an opened file, or one from before a restart."""
        run = cls(run_id, owner=owner)
        run._log = events if isinstance(events, EncodedLog) else EncodedLog(events)
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
            return len(self._log)

    @property
    def size(self) -> int:
        """Bytes that it takes of memory: its log, and what has been found out of it."""
        with self._lock:
            return OVERHEAD + self._log.size + self._findings.size

    def add(self, event: Event) -> None:
        """Take the next event (the run's listener)."""
        with self._lock:
            self._log.append(event)

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
        """Ask the run to end; it does so within one decode step, or at once if it waits."""
        self._stop.set()
        self._on_stop(self)

    @property
    def stopping(self) -> bool:
        """Whether somebody asked the run to end, and it has not ended yet."""
        return self._stop.is_set() and self.live

    def on_stop(self, tell: Callable[[HostedRun], None]) -> None:
        """Tell this when somebody asks the run to end."""
        self._on_stop = tell

    def cancelled(self) -> bool:
        """Whether the run should end: someone asked, or everyone left."""
        return self._stop.is_set() or time.monotonic() - self._seen > self._idle_seconds

    def seen(self) -> None:
        """Somebody is looking."""
        self._seen = time.monotonic()

    def lines(self, start: int = 0, limit: int | None = None) -> list[str]:
        """The events from number `start` on as lines of JSON, at most `limit` of them."""
        self.seen()
        with self._lock:
            return self._log.lines(start, limit)

    def events(self) -> list[Event]:
        """The log so far, made into events anew: dear for a long one."""
        return self.since(0, None)

    def since(self, start: int, limit: int | None = 2000) -> list[Event]:
        """At most `limit` events from number `start` on."""
        return list(events_of(self.lines(start, limit)))

    @property
    def header(self) -> Event | None:
        """The first event; None before it."""
        return next(iter(self.since(0, 1)), None)

    def text(self) -> bytes:
        """The log so far, as its trace file has it."""
        self.seen()
        with self._lock:
            return self._log.text()

    def events_of_kinds(self, *kinds: str) -> list[Event]:
        """The events so far that are of these kinds; the others are not even looked into."""
        marks = tuple(f',"kind":"{kind}"' for kind in kinds)
        lines = (line for line in self._each() if any(mark in line[:_HEAD] for mark in marks))
        return list(events_of(lines))

    def has_step(self, node_id: str) -> bool:
        """Whether this node was sampled, told without making events of the log.

        Args:
            node_id: Of digits and points, as ids of nodes are.
        """
        part = f'"kind":"sampled","id":"{node_id}"'.encode()
        with self._lock:
            return self._log.says(part)

    def _each(self) -> Iterator[str]:
        """The lines so far, a piece at a time: all of them may be many."""
        head = self.head
        for start in range(0, head, _LINES_AT_ONCE):
            yield from self.lines(start, min(_LINES_AT_ONCE, head - start))

    def remember(self, known: Mapping[str, KeptFinding]) -> None:
        """What was found of this very log before, and is not looked for again."""
        self._findings = Findings(known)

    def small_findings(self) -> dict[str, KeptFinding]:
        """What was found so far that takes next to nothing."""
        return self._findings.small()

    def find(self, name: str, look: Callable[[Fold], T], size: Callable[[T], int]) -> T:
        """What `look` finds out of the log so far; looked for once, and kept.

        While the run is live it is looked for again whenever there are new events.

        Args:
            name: What is looked for; another look has another name.
            look: Given what folds the tree, if it needs one; it must not keep or change it.
            size: Bytes of what it found.
        """
        before = self._findings.size
        found = self._findings.find(name, self, look, size)
        if self._findings.size > before:
            self.grown()
        return found


def _nobody() -> None:
    """Nobody holds the run to a budget."""


def _nothing(run: HostedRun) -> None:
    """Nobody has to hear that it is to end: whoever runs it asks."""
