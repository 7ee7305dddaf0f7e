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
    half-way between. The larger input, which costs the most, is done again only while it is above.
    """
    smaller = min(_seconds(work, size) for _ in range(3))
    line = TIMES * TIMES / 2 * max(smaller, _MEASURABLE)
    return any(_seconds(work, TIMES * size) < line for _ in range(3))


def _seconds(work: Callable[[int], object], size: int) -> float:
    before = time.thread_time()
    work(size)
    return time.thread_time() - before
