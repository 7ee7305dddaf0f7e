"""Short work that makes many objects which all stay: the cyclic collector would free nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def uncollected() -> Iterator[None]:
    """No cyclic collection while this goes on, in the whole program: for work of less than seconds.

    A run of thousands of steps makes tens of thousands of events and nodes. Each time so many are
    new, the collector goes through them, and now and then through all else that the program
    holds: of a what-if's time that was a sixth.

    Several at a time end it together: whoever found the collector on turns it on again, so nobody
    keeps it off for as long as somebody asks.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not _somebody_froze():
                # All that was made is young, and turned on the collector would go through it at
                # once: a tenth of a what-if's time. Frozen and let go again it counts as old.
                # What somebody has frozen for good stays so.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@cache
def _somebody_froze() -> bool:
    """Whether anything was frozen for good when this was first asked.

    Asked once: to count what is frozen is to walk over it, a tenth of a second for what a program
    with torch has imported. Who freezes does so before the work begins.
    """
    return gc.get_freeze_count() > 0
