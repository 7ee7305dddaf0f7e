"""Work that a run waits for and can leave: a stop never waits for whoever does not listen."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from search_core.protocols import Cancelled, fail, finish, wait

T = TypeVar("T")


def never() -> bool:
    """A run that nobody cancels."""
    return False


def nothing() -> None:
    """There is nothing to do."""


def aside(work: Callable[[], T], cancelled: Cancelled, left: Callable[[], None] = nothing) -> T:
    """What the work brings, unless the run is cancelled first.

    It is done in a thread of its own, so that a model that blocks, a file that loads or an algebra
    that thinks holds up nobody who has left: it goes on by itself, and its result is dropped. What
    cannot be cancelled is done at once and here.

    Args:
        left: Called, in that thread, once work is over that nobody waited for to the end.

    Raises:
        RunCancelled: `cancelled()` became True.
        Exception: What the work raised.
    """
    if cancelled is never:
        return work()
    future: Future[T] = Future()
    # Whose GPU time may be used is known by the context that asks for it.
    context = contextvars.copy_context()

    def do() -> None:
        try:
            result = context.run(work)
        except BaseException as error:
            fail(future, error)
        else:
            finish(future, result)
        if future.cancelled():
            left()

    threading.Thread(target=do, name="aside", daemon=True).start()
    return wait(future, cancelled)
