"""A thread that works while there is something to do, also after the process was forked."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable

_IDLE_SECONDS = 5.0
"""A thread that has waited so long ends, so that a model nobody uses can be freed."""
_EXIT_SECONDS = 20.0
"""How long the end of the process waits for a turn under way."""

_all: weakref.WeakSet[Worker] = weakref.WeakSet()


class Worker:
    """Runs turns on a daemon thread of its own, one after the other.

    The thread is started when it is first needed. A forked child has no threads: there it is
    started anew, for the child's own work.

    Args:
        turn: A bounded piece of work; returns whether there is more. It must not raise.
        forget: Called in a forked child before anything else: whatever the parent had under
            way is the parent's.
        name: Of the thread.
    """

    def __init__(
        self, turn: Callable[[], bool], forget: Callable[[], None], name: str = "engine"
    ) -> None:
        self._turn, self._forget, self._name = turn, forget, name
        self._thread: threading.Thread | None = None
        self._reset()
        _all.add(self)

    def wake(self) -> None:
        """Say that there is something to do. Any thread may."""
        with self._condition:
            self._wanted = True
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()

    def in_child(self) -> None:
        """Start from nothing; only a forked child calls it."""
        self._reset()
        self._forget()

    def stop(self) -> None:
        """End after the turn under way, for good; the process is about to.

        A thread that computes while the interpreter goes away takes the process down with it.
        """
        with self._condition:
            self._stopping = True
            self._condition.notify()
            thread = self._thread
        if thread is not None:
            thread.join(_EXIT_SECONDS)

    def _reset(self) -> None:
        self._condition = threading.Condition()
        self._thread = None
        self._wanted = self._stopping = False

    def _run(self) -> None:
        while True:
            with self._condition:
                if not self._wanted and not self._stopping:
                    self._condition.wait(_IDLE_SECONDS)
                if not self._wanted or self._stopping:
                    self._thread = None
                    return
                self._wanted = False
            while self._turn() and not self._stopping:
                pass


def _in_child() -> None:
    for worker in list(_all):
        worker.in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def _stop_all() -> None:
    for worker in list(_all):
        worker.stop()


atexit.register(_stop_all)
