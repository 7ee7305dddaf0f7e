"""How many CPU threads a model gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_SMALL = 20_000_000
_USUAL = torch.get_num_threads()
"""What torch chose, read before anyone sets it."""


def threads_for(parameters: int) -> int:
    """Threads worth using on a CPU.

    A step of a small model is thousands of tiny operations, after each of which threads wait
    for each other. On an idle machine a second one gives a fifth to a quarter at 16 rows; on
    a shared one, where a thread may not be scheduled, it has made a step ten times slower.
    """
    return 1 if parameters <= _SMALL else _USUAL


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Sets torch's thread count for the calling thread, which is where OpenMP keeps it."""
    before = torch.get_num_threads()
    if before == count:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
