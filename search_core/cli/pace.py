"""How long what is left will take, at the pace of what was done since the start."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from search_core.picture.numbers import format_seconds


class WorkPace:
    """Counts work of several kinds, of which one piece may take far longer than another's.

    Args:
        weights: How long a piece of each kind takes, in any unit; what is not there, 1.
        total: All the work, in that unit.
        clock: Seconds, from anywhere.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        total: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._weights, self._total, self._clock = weights, total, clock
        self._done = self._new = 0.0
        self._since: float | None = None

    def start(self) -> None:
        """What was done so far took no time of ours."""
        self._since = self._clock()

    def add(self, name: str, count: int) -> None:
        """So many more pieces of this kind are done."""
        weight = self._weights.get(name, 1) * count
        self._done += weight
        if self._since is not None:
            self._new += weight

    @property
    def tenths(self) -> int:
        """Of the work, those that are done: 0 to 10."""
        return min(10, int(10 * self._done / self._total)) if self._total else 10

    @property
    def left(self) -> str:
        """About how long the rest will take; "" as long as nobody can know."""
        if self._since is None or not self._new or self._done >= self._total:
            return ""
        seconds = (self._clock() - self._since) * (self._total - self._done) / self._new
        return f"about {format_seconds(seconds)} left"
