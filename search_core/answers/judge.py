"""A few worker processes that compare answers by algebra, shared by everybody in turns.

A comparison is bounded by the worker's own processor time, so a busy machine, other runs, and
waiting for a turn change nothing about what is equal.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable

from search_core.answers.turns import Account, Turns
from search_core.answers.worker_process import AlgebraReply, WorkerProcess

WORKERS = 2
"""Worker processes of an app, unless its operator says otherwise; each takes about 100 MB, from
its first comparison on."""
LONG = 0.5
"""A comparison that may take more processor seconds than this is a long one."""


class AlgebraJudge:
    """Compares answers in worker processes, which start when they are first needed. Thread-safe.

    Args:
        workers: How many pairs are compared at once. Long comparisons never take the last of
            several, so that somebody's hard answers cannot keep the others' waiting.

    Raises:
        ValueError: No worker at all.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._turns = Turns(workers)
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self._busy: list[WorkerProcess] = []

    @property
    def processes(self) -> tuple[int, ...]:
        """Ids of the worker processes that exist now."""
        with self._lock:
            return tuple(worker.pid for worker in (*self._idle, *self._busy))

    @property
    def waiting(self) -> int:
        """How many comparisons wait for a worker."""
        return self._turns.waiting

    def compare(
        self,
        first: str,
        second: str,
        seconds: float,
        account: Account,
        cancelled: Callable[[], bool],
    ) -> AlgebraReply:
        """Whether algebra calls two answers equal.

        Args:
            seconds: Processor time that it may take; beyond it, it is undecided. Waiting for
                a turn is not charged, nor is what a worker needs to start.
            account: The caller's: among those who wait, whoever has asked for least comes first.
            cancelled: Once True, the comparison is given up, or not begun.

        Raises:
            RuntimeError: No worker can start.
        """
        turn = self._turns.take(account, cancelled, long=seconds > LONG)
        if turn is None:
            return AlgebraReply(None)
        cost = 0.0
        try:
            worker = self._take_worker()
            try:
                comparison = worker.compare(first, second, seconds, cancelled)
            finally:
                self._put_back(worker)
            cost = comparison.seconds
            return comparison
        finally:
            self._turns.give_back(turn, account, cost)

    def close(self) -> None:
        """End all worker processes, those that are comparing too."""
        with self._lock:
            workers, self._idle = [*self._idle, *self._busy], []
        for worker in workers:
            worker.close()

    def _take_worker(self) -> WorkerProcess:
        with self._lock:
            if self._idle:
                worker = self._idle.pop()
                self._busy.append(worker)
                return worker
        worker = WorkerProcess()
        with self._lock:
            self._busy.append(worker)
        return worker

    def _put_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.remove(worker)
            if worker.usable:
                self._idle.append(worker)
                return
        worker.close()


_workers = WORKERS
_shared: AlgebraJudge | None = None
_shared_lock = threading.Lock()


def use_workers(count: int) -> None:
    """Say how many worker processes this process may have, before the first is needed.

    Raises:
        ValueError: None at all.
        RuntimeError: It is too late: there are some already, and not so many.
    """
    global _workers
    if count < 1:
        raise ValueError(f"At least 1 process must compare answers; got {count}.")
    with _shared_lock:
        if _shared is not None and count != _workers:
            raise RuntimeError("Say how many processes compare answers before any does.")
        _workers = count


def shared_judge() -> AlgebraJudge:
    """The one judge of this process."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = AlgebraJudge(_workers)
            atexit.register(_shared.close)
        return _shared


def _forget_shared() -> None:
    """In a forked child: the workers and the locks belong to the parent."""
    global _shared, _shared_lock
    _shared, _shared_lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_shared)
