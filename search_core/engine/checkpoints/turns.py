"""One checkpoint is loaded at a time: that changes settings of the whole process for a moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_loading = threading.RLock()


@contextmanager
def loading_turn() -> Iterator[None]:
    """Holds everybody else off who loads weights or a tokenizer into this process.

    To be held for that alone: whoever waits for a network in it keeps all the others waiting.
    The same thread may take it again.
    """
    with _loading:
        yield


def _in_child() -> None:
    """In a forked child whoever was loading is not there."""
    global _loading
    _loading = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
