"""A thread that works while there is something to do, also after the process was forked."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

_IDLE_SECONDS = 5.0
"""A thread that has waited so long ends, so that a model nobody uses can be freed."""

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
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()

    def in_child(self) -> None:
        """Start from nothing; only a forked child calls it."""
        self._reset()
        self._forget()

    def _reset(self) -> None:
        self._condition = threading.Condition()
        self._thread = None
        self._wanted = False

    def _run(self) -> None:
        while True:
            with self._condition:
                if not self._wanted:
                    self._condition.wait(_IDLE_SECONDS)
                if not self._wanted:
                    self._thread = None
                    return
                self._wanted = False
            while self._turn():
                pass


def _in_child() -> None:
    for worker in list(_all):
        worker.in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
