"""An event loop in a thread of its own, and how a blocking call waits for work in it."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from search_core.protocols import Cancelled, RunCancelled, wait

T = TypeVar("T")
R = TypeVar("R")

_LETTING_GO = 5.0
"""Seconds that cancelled work gets to close its connections."""


class LoopThread(Generic[R]):
    """Runs coroutines for callers that block; started when it is first needed.

    A process that was forked starts a loop of its own: the thread did not come along, and the
    parent's connections must not be spoken into.

    Args:
        make: Makes what the work needs, once in every process.
    """

    def __init__(self, make: Callable[[], R]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._running: tuple[asyncio.AbstractEventLoop, R] | None = None
        known = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _forget(known))

    def run(self, work: Callable[[R], Coroutine[Any, Any, T]], cancelled: Cancelled) -> T:
        """Does the work and waits for it.

        Raises:
            RunCancelled: `cancelled()` became True; the work was cancelled too.
            Exception: What the work raised; of several that failed together the first one.
        """
        if cancelled():
            raise RunCancelled
        loop, made = self._started()
        closed = threading.Event()
        closed.set()  # Work that is cancelled before it begins has nothing to close.

        async def close_behind() -> T:
            closed.clear()
            try:
                return await work(made)
            finally:
                closed.set()

        try:
            result = wait(asyncio.run_coroutine_threadsafe(close_behind(), loop), cancelled)
        except BaseExceptionGroup as group:
            raise _first(group) from None
        finally:
            closed.wait(_LETTING_GO)
        if cancelled():  # The work may have ended before anybody looked.
            raise RunCancelled
        return result

    def _started(self) -> tuple[asyncio.AbstractEventLoop, R]:
        with self._lock:
            if self._running is None:
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=loop.run_forever, name="remote", daemon=True)
                thread.start()
                self._running = loop, self._make()
            return self._running

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._running = None


def _forget(known: weakref.ref[LoopThread[Any]]) -> None:
    thread = known()
    if thread is not None:
        thread._forget()


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
