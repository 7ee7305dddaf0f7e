"""A log that no stranger can fill: so many lines of a kind a minute, then a count of the others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

LINES_PER_MINUTE = 5
_MINUTE = 60.0
_MOST_KINDS = 200


@dataclass
class _Window:
    began: float
    written: int = 0
    left_out: int = 0


class LimitedLog:
    """Any thread may write.

    Args:
        log: Where the lines go.
        most: Lines of one kind in a minute.
        clock: Monotone seconds.
    """

    def __init__(
        self,
        log: logging.Logger,
        most: int = LINES_PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log, self._most, self._clock = log, most, clock
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}

    def warn(self, kind: str, line: str) -> None:
        """One line, unless there were enough of its kind."""
        if self._may_write(kind):
            self._log.warning("%s", line)

    def fault(self, kind: str, line: str, error: BaseException) -> None:
        """One line and where it happened, likewise."""
        if self._may_write(kind):
            self._log.error("%s", line, exc_info=error)

    def _may_write(self, kind: str) -> bool:
        now = self._clock()
        with self._lock:
            if kind not in self._windows and len(self._windows) >= _MOST_KINDS:
                kind = "of many kinds"
            window = self._windows.get(kind)
            left_out = 0
            if window is None or now - window.began >= _MINUTE:
                left_out = window.left_out if window else 0
                window = self._windows[kind] = _Window(now)
                self._forget(now)
            window.written += 1
            writes = window.written <= self._most
            window.left_out += not writes
        if left_out:
            self._log.warning("%s: %d more like it were left out", kind, left_out)
        return writes

    def _forget(self, now: float) -> None:
        old = [
            kind
            for kind, window in self._windows.items()
            if now - window.began > 2 * _MINUTE and not window.left_out
        ]
        for kind in old:
            del self._windows[kind]
