"""How long runs took lately: what a person who waits can expect."""

from __future__ import annotations

import math
import statistics
from collections import deque

_LATELY = 24
_LEAST = 3


class RunTimes:
    """Seconds of the last runs from their first moment to their last. Not for several threads."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_LATELY)

    def add(self, seconds: float) -> None:
        """One more run is over."""
        self._seconds.append(seconds)

    def wait(self, ahead: int, at_once: int) -> float | None:
        """Seconds until a run begins before which so many stand, of which so many run at once.

        None: too few runs to tell. A place comes free `at_once` times in the time of one run.
        """
        if len(self._seconds) < _LEAST:
            return None
        return (ahead + 1) * statistics.fmean(self._seconds) / at_once


def in_words(seconds: float) -> str:
    """About how long, as one says it: in steps so wide that it seldom changes."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 55:
        return f"about {_up(seconds, 10)} seconds"
    minutes = _up(seconds / 60, 1)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def _up(number: float, step: int) -> int:
    return max(step, step * math.ceil(number / step - 0.5))
