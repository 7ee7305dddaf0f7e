"""Dynamic batching: calls that came from several threads are answered together.

A worker thread computes for everybody, so that a call can leave at once when its run is
cancelled, and the others lose nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from search_core.engine.memory.out_of_memory import let_go
from search_core.engine.worker import Worker
from search_core.protocols import Cancelled, Watch, fail, wait, watch_of

Q = TypeVar("Q")
R = TypeVar("R")

_log = logging.getLogger(__name__)


class BatchedCall(Future[list[R]], Generic[Q, R]):
    """One caller's requests, until it brings a result for each."""

    def __init__(self, requests: Sequence[Q], watch: Watch) -> None:
        super().__init__()
        self.requests, self.watch = requests, watch


class CallBatcher(Generic[Q, R]):
    """Callable from any thread.

    Args:
        work: Computes for several calls at once: gives each its results or its error; one that
            it gives nothing was called off. Where it raises, each call is tried alone, and an
            exception goes to its own asker.
        forget: Called in a forked process, where whatever was under way is the parent's.
    """

    def __init__(
        self, work: Callable[[list[BatchedCall[Q, R]]], None], forget: Callable[[], None]
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
        call: BatchedCall[Q, R] = BatchedCall(requests, watch_of(cancelled))
        self._put(call)
        return wait(call, call.watch)

    def later(self, chore: Callable[[], None]) -> None:
        """Does something before the next calls are answered, in the thread that computes."""
        self._put(chore)

    def _put(self, item: BatchedCall[Q, R] | Callable[[], None]) -> None:
        with self._guard:
            self._waiting.append(item)
        self._worker.wake()

    def _clear(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[BatchedCall[Q, R] | Callable[[], None]] = []

    def _forget(self) -> None:
        self._clear()
        self._forgotten()

    def _turn(self) -> bool:
        with self._guard:
            items, self._waiting = self._waiting, []
        calls = []
        for item in items:
            if not isinstance(item, BatchedCall):
                self._do(item)
            elif not item.done():
                calls.append(item)
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

    def _answer(self, calls: list[BatchedCall[Q, R]]) -> None:
        failure: BaseException | None = None
        try:
            self._work(calls)
        except BaseException as error:  # nobody may wait for ever, whatever went wrong
            failure = error
        undone = [call for call in calls if not call.done()]
        if failure is not None and len(calls) > 1:
            # One's path that is too long for the memory is nobody else's business.
            let_go(failure)
            for call in undone:
                self._answer([call])
            return
        for call in undone:
            if failure is not None:
                fail(call, failure)
            call.cancel()
