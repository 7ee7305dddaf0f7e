"""Waits for a model without becoming deaf to cancelling."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from search_core.protocols import Cancelled, RunCancelled

_INTERVAL = 0.05


@contextmanager
def held(lock: threading.Lock, cancelled: Cancelled) -> Iterator[None]:
    """Holds the lock.

    Raises:
        RunCancelled: `cancelled()` became True while another run held it.
    """
    while not lock.acquire(timeout=_INTERVAL):
        if cancelled():
            raise RunCancelled
    try:
        yield
    finally:
        lock.release()
