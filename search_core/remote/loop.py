"""An event loop in a thread of its own, and how a blocking call waits for work in it."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from search_core.protocols import Cancelled, RunCancelled, wait

T = TypeVar("T")
R = TypeVar("R")

_LETTING_GO = 5.0
"""Seconds that cancelled work gets to close its connections."""


@dataclass(frozen=True, slots=True)
class _Running(Generic[R]):
    """A loop that goes, with what its work needs."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    made: R


class LoopThread(Generic[R]):
    """Runs coroutines for callers that block; started when it is first needed.

    It ends, with its thread and its descriptors, when it is closed or nobody has it any more. A
    process that was forked starts a loop of its own: the thread did not come along, and the
    parent's connections must not be spoken into.

    Args:
        make: Makes what the work needs, once in every process.
        close: Lets go of it, in the loop.
    """

    def __init__(self, make: Callable[[], R], close: Callable[[R], Awaitable[None]]) -> None:
        self._make, self._close = make, close
        self._lock = threading.Lock()
        self._running: list[_Running[R]] = []
        """None or one; a list, which what ends it can hold without holding this."""
        # At the end of the process there is nothing to let go of.
        weakref.finalize(self, _end, self._running, close).atexit = False
        _all.add(self)

    def open(self, work: Callable[[R], Coroutine[Any, Any, T]]) -> T:
        """Does the first work, without which there is no use for a loop: it ends where that fails.

        Raises:
            Exception: As `run`.
        """
        try:
            return self.run(work, lambda: False)
        except BaseException:
            self.close()
            raise

    def run(self, work: Callable[[R], Coroutine[Any, Any, T]], cancelled: Cancelled) -> T:
        """Does the work and waits for it.

        Raises:
            RunCancelled: `cancelled()` became True; the work was cancelled too.
            Exception: What the work raised; of several that failed together the first one.
        """
        if cancelled():
            raise RunCancelled
        running = self._started()
        closed = threading.Event()
        closed.set()  # Work that is cancelled before it begins has nothing to close.

        async def close_behind() -> T:
            closed.clear()
            try:
                return await work(running.made)
            finally:
                closed.set()

        try:
            done = asyncio.run_coroutine_threadsafe(close_behind(), running.loop)
            result = wait(done, cancelled)
        except BaseExceptionGroup as group:
            raise _first(group) from None
        finally:
            closed.wait(_LETTING_GO)
        if cancelled():  # The work may have ended before anybody looked.
            raise RunCancelled
        return result

    def close(self) -> None:
        """Let go of what was made, and end the loop and its thread; a later call starts anew."""
        with self._lock:
            threads = [running.thread for running in self._running]
            _end(self._running, self._close)
        for thread in threads:
            thread.join(_LETTING_GO)

    def _started(self) -> _Running[R]:
        with self._lock:
            if not self._running:
                made = self._make()
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=_turn, args=(loop,), name="remote", daemon=True)
                thread.start()
                self._running.append(_Running(loop, thread, made))
            return self._running[0]

    def _in_child(self) -> None:
        self._lock = threading.Lock()
        self._running.clear()


_all: weakref.WeakSet[LoopThread[Any]] = weakref.WeakSet()


def _in_child() -> None:
    for loop in list(_all):
        loop._in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    """What the thread does, to its end."""
    try:
        loop.run_forever()
        loop.run_until_complete(_leave_nothing(asyncio.all_tasks(loop)))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _leave_nothing(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _end(those: list[_Running[R]], close: Callable[[R], Awaitable[None]]) -> None:
    """End what runs. It waits for nothing: it may be called in any thread, the loop's too."""
    while those:
        running = those.pop()

        async def last(running: _Running[R] = running) -> None:
            try:
                await close(running.made)
            finally:
                running.loop.stop()

        asyncio.run_coroutine_threadsafe(last(), running.loop)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
