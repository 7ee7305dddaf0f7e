"""Slows the hasty down: so many at once, and then so many a second."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 4096


class Rate:
    """Buckets that fill by themselves, one for each name; only so many names are known at once.

    Args:
        at_once: What a full bucket holds.
        a_second: What comes in again.
        clock: Seconds that only go forward.
    """

    def __init__(self, at_once: float, a_second: float, clock: Callable[[], float]) -> None:
        self._at_once, self._a_second, self._clock = at_once, a_second, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, name: str) -> float:
        """What is in a bucket now."""
        now = self._clock()
        left, then = self._left.get(name, (self._at_once, now))
        return min(self._at_once, left + (now - then) * self._a_second)

    def take(self, name: str) -> bool:
        """Take one out; False: there was none."""
        left = self.left(name)
        taken = left >= 1
        self._left[name] = (left - taken, self._clock())
        self._left.move_to_end(name)
        while len(self._left) > MOST_NAMES:
            self._left.popitem(last=False)
        return taken
