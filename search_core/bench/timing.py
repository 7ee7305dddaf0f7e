"""Two stop watches at once: processor seconds of this process, and seconds on the wall."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Timing:
    """What some work has taken so far.

    Attributes:
        cpu: Processor seconds of all threads of this process: hardly changed by others who
            use the machine. Nothing else of this process may compute meanwhile.
        wall: Seconds.
    """

    cpu: float = 0.0
    wall: float = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Adds what the block takes."""
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            yield
        finally:
            self.cpu += time.process_time() - cpu
            self.wall += time.perf_counter() - wall

    def __add__(self, other: Timing) -> Timing:
        return Timing(self.cpu + other.cpu, self.wall + other.wall)
