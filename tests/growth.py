"""How the work for an input grows with its size, whatever the machine and whoever else uses it."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8
"""How much larger the larger input is."""
_MEASURABLE = 0.002
"""Seconds: work for the smaller input that takes less is taken to need these."""


def takes_linear_time(work: Callable[[int], object], size: int) -> bool:
    """Whether the work for `TIMES * size` takes about `TIMES` times that for `size`, or less.

    CPU time of this thread is compared, the least of three attempts: how fast the machine is, and
    what else it does, cancels out. Quadratic work would take `TIMES` squared; the line is drawn
    half-way between.
    """

    def seconds(wanted: int) -> float:
        least = float("inf")
        for _ in range(3):
            before = time.thread_time()
            work(wanted)
            least = min(least, time.thread_time() - before)
        return least

    return seconds(TIMES * size) < TIMES * TIMES / 2 * max(seconds(size), _MEASURABLE)
