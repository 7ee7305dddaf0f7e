"""Quick questions to the embedded verifiers: one at a time, each within bounds, and given up when
whoever asked is gone.

They take a fraction of a second, so they are answered in this process, whose models are there
already; what takes longer is a job (`jobs`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from search_core.protocols import Cancelled, RunCancelled

T = TypeVar("T")
MOST_SECONDS = 60.0
"""The first question waits for its models to be loaded."""
MOST_WAITING = 8
_LOOK_SECONDS = 0.2


class AskingBusyError(RuntimeError):
    """No more questions are taken on at present; the message is for the visitor."""


class GaveUpError(RuntimeError):
    """A question was given up; the message is for the visitor."""


class AskingDesk:
    """Answers everybody's questions in turn.

    Args:
        seconds: How long one may take, its waiting included.
        waiting: How many may be asked at once, the one that is being answered among them.
    """

    def __init__(self, seconds: float = MOST_SECONDS, waiting: int = MOST_WAITING) -> None:
        self._seconds, self._waiting = seconds, waiting
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._asked: dict[str, threading.Event] = {}
        self._count = 0

    async def answer(
        self, owner: str, gone: Callable[[], Awaitable[bool]], work: Callable[[Cancelled], T]
    ) -> T:
        """Do the work in a thread. A visitor's newer question ends their older one.

        Args:
            owner: Whose it is.
            gone: Whether whoever asked has left.
            work: Looks at what it is given, which is True once it is to stop.

        Raises:
            AskingBusyError: Too many are asked already.
            GaveUpError: It took too long, or a newer one came, or nobody waits for it.
            Exception: Whatever the work raised.
        """
        stopped = threading.Event()
        with self._lock:
            if self._count >= self._waiting:
                raise AskingBusyError(
                    f"{self._count} questions are being answered already. Try again in a moment."
                )
            if older := self._asked.get(owner):
                older.set()
            self._asked[owner] = stopped
            self._count += 1
        until = time.monotonic() + self._seconds

        def cancelled() -> bool:
            return stopped.is_set() or time.monotonic() > until

        working = asyncio.create_task(asyncio.to_thread(self._do, work, cancelled))
        try:
            while not working.done():
                await asyncio.wait([working], timeout=_LOOK_SECONDS)
                if not working.done() and await gone():
                    stopped.set()
            return working.result()
        except RunCancelled as stop:
            raise GaveUpError(self._why(stopped)) from stop
        finally:
            stopped.set()
            if not working.done():
                with suppress(RunCancelled):
                    await working
            with self._lock:
                self._count -= 1
                if self._asked.get(owner) is stopped:
                    del self._asked[owner]

    def _do(self, work: Callable[[Cancelled], T], cancelled: Cancelled) -> T:
        while not self._turn.acquire(timeout=_LOOK_SECONDS):
            if cancelled():
                raise RunCancelled
        try:
            if cancelled():
                raise RunCancelled
            return work(cancelled)
        finally:
            self._turn.release()

    def _why(self, stopped: threading.Event) -> str:
        if stopped.is_set():
            return "This was given up: something newer was asked."
        return (
            f"This took longer than {self._seconds:.0f} seconds, which is the most here. Ask for "
            "less, or use `python -m search_core verify` on a machine of yours."
        )
