"""What opens the models of a worker process that the tests of evaluation start.

A worker finds it by name, and imports the module that it is in: this one imports no more than it
needs, no pytest and no test.
"""

from __future__ import annotations

import gc
import multiprocessing.synchronize
import os

from search_core.evaluation.measure import Models
from tests.fakes import World


def open_world() -> Models:
    return Models(World(5).solver(), World(5).verifier())


class BrokenSolver:
    info = World(5).solver().info

    def sample(self, *arguments: object) -> list[object]:
        raise RuntimeError("the card is on fire")


def open_broken() -> Models:
    return Models(BrokenSolver(), World(5).verifier())  # type: ignore[arg-type]


def die_while_looking() -> Models:
    """As if a thread of a worker that ends had just begun to look whether it is to stop."""
    for found in gc.get_objects():
        if isinstance(found, multiprocessing.synchronize.Event):
            found._cond.acquire()  # type: ignore[attr-defined]
    os._exit(9)
