"""Joins calls from several threads into one: whoever waits is served together.

A worker thread computes for everybody, so that a call can leave at once when its run is
cancelled, and the others lose nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from search_core.engine.worker import Worker
from search_core.protocols import Cancelled, RunCancelled, Watch, watch_of

Q = TypeVar("Q")
R = TypeVar("R")

_log = logging.getLogger(__name__)
_LOOK = 0.05
"""Seconds between two looks at whether a waiting call was cancelled."""


@dataclass(eq=False, slots=True)
class Call(Generic[Q, R]):
    """One caller's requests, and what became of them.

    Attributes:
        results: One for each request, once it is done; None: it was called off.
        error: What went wrong instead.
    """

    requests: Sequence[Q]
    watch: Watch
    results: list[R] | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Joined(Generic[Q, R]):
    """Callable from any thread.

    Args:
        work: Computes for several calls at once: gives each its results or its error. An
            exception that it raises itself goes to all of them.
        forget: Called in a forked process, where whatever was under way is the parent's.
    """

    def __init__(
        self, work: Callable[[list[Call[Q, R]]], None], forget: Callable[[], None]
    ) -> None:
        self._work, self._forgotten = work, forget
        self._clear()
        self._worker = Worker(self._turn, self._forget, name="verifier")

    def __call__(self, requests: Sequence[Q], cancelled: Cancelled) -> list[R]:
        """The results of these requests.

        Raises:
            RunCancelled: `cancelled()` became True.
            Exception: What went wrong with these requests.
        """
        if cancelled():
            raise RunCancelled
        call: Call[Q, R] = Call(requests, watch_of(cancelled))
        self._put(call)
        while not call.done.wait(_LOOK):
            if call.watch():
                raise RunCancelled
        if call.error is not None:
            raise call.error
        if call.results is None:
            raise RunCancelled
        return call.results

    def later(self, chore: Callable[[], None]) -> None:
        """Does something before the next calls are answered, in the thread that computes."""
        self._put(chore)

    def _put(self, item: Call[Q, R] | Callable[[], None]) -> None:
        with self._guard:
            self._waiting.append(item)
        self._worker.wake()

    def _clear(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[Call[Q, R] | Callable[[], None]] = []

    def _forget(self) -> None:
        self._clear()
        self._forgotten()

    def _turn(self) -> bool:
        with self._guard:
            items, self._waiting = self._waiting, []
        calls = []
        for item in items:
            if isinstance(item, Call):
                calls.append(item)
            else:
                self._do(item)
        if calls:
            self._answer(calls)
        with self._guard:
            return bool(self._waiting)

    def _do(self, chore: Callable[[], None]) -> None:
        try:
            chore()
        except Exception:
            # Nobody waits for it, and those who come after it must still be served.
            _log.exception("Something put off until later failed")

    def _answer(self, calls: list[Call[Q, R]]) -> None:
        try:
            self._work(calls)
        except Exception as error:
            for call in calls:
                call.error = call.error or error
        finally:
            for call in calls:
                call.done.set()
