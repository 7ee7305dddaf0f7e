"""Whether the machine lets this server compute, or other work has taken it.

Linux counts for every thread how long it computed and how long it was ready and had to wait for
a processor (`/proc/self/task/*/schedstat`, Documentation/scheduler/sched-stats.rst). Where no
such count is kept, nothing is known and nothing is said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

_TASKS = Path("/proc/self/task")
SECONDS_BETWEEN_LOOKS = 3.0
SLOWED, FREE = 0.4, 0.25
"""Shares of waiting above which the machine is called busy, and below which it is free again:
between them nothing changes, so that the word does not come and go. Alone on two cores this
server's own threads make each other wait for about a tenth of their time."""


class MachineLoad:
    """Looks now and then, whoever asks; any thread may.

    Args:
        read: Seconds computed and seconds waited for a processor, of all threads, since each
            began; None where that is not known.
        clock: Monotone seconds.
    """

    def __init__(
        self,
        read: Callable[[], tuple[float, float] | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._clock = read or thread_times, clock
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._before: tuple[float, float] | None = None
        self._busy = False
        self._waited = 0.0

    @property
    def waited(self) -> float:
        """Share of the time in which this server was ready to compute and could not, 0 to 1."""
        self._look()
        return self._waited

    @property
    def busy(self) -> bool:
        """Whether other work takes so much of the machine that a visitor feels it."""
        self._look()
        return self._busy

    def _look(self) -> None:
        with self._lock:
            now = self._clock()
            if self._looked_at is not None and now - self._looked_at < SECONDS_BETWEEN_LOOKS:
                return
            self._looked_at, times = now, self._read()
            before, self._before = self._before, times
            if before is None or times is None:
                return
            # Threads that have ended took their counts with them.
            computed, waited = (max(0.0, new - old) for new, old in zip(times, before, strict=True))
            if computed + waited < 0.1 * SECONDS_BETWEEN_LOOKS:
                self._busy, self._waited = False, 0.0  # too little work to tell
                return
            self._waited = waited / (computed + waited)
            self._busy = self._waited > (FREE if self._busy else SLOWED)


def thread_times() -> tuple[float, float] | None:
    """Seconds that all living threads computed, and waited for a processor; None: not known."""
    computed = waited = 0
    found = False
    for path in _TASKS.glob("*/schedstat"):
        try:
            on, ready, _ = (int(number) for number in path.read_text().split())
        except (OSError, ValueError):  # the thread has ended meanwhile
            continue
        found = True
        computed, waited = computed + on, waited + ready
    return (computed / 1e9, waited / 1e9) if found else None
