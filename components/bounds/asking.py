"""Quick questions to the embedded models: one at a time, each within bounds, and given up when
whoever asked is gone.

They take a fraction of a second, so they are answered in this process, whose models are there
already; what takes longer is a job (`jobs`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from components.bounds.fair_turns import FairTurns
from search_core.protocols import Cancelled, RunCancelled

T = TypeVar("T")
MOST_SECONDS = 60.0
"""The first question waits for its models to be loaded."""
MOST_WAITING = 8
_LOOK_SECONDS = 0.2


class GaveUpError(RuntimeError):
    """A question was given up; the message is for the visitor."""


class AskingDesk:
    """Answers everybody's questions in turn. Used from one event loop.

    Args:
        seconds: How long one may take, its waiting included.
        waiting: How many may wait for their turn.
        instead: What to do where one takes longer than is allowed here.
    """

    def __init__(
        self,
        seconds: float = MOST_SECONDS,
        waiting: int = MOST_WAITING,
        instead: str = "Ask for less, or use `python -m search_core verify` on a machine of yours.",
    ) -> None:
        self._seconds, self._instead = seconds, instead
        self._turns = FairTurns(waiting=waiting)

    async def answer(
        self, owner: str, gone: Callable[[], Awaitable[bool]], work: Callable[[Cancelled], T]
    ) -> T:
        """Do the work in a thread, once it is this visitor's turn.

        Args:
            owner: Whose it is.
            gone: Whether whoever asked has left: asked something newer, or closed the page.
            work: Looks at what it is given, which is True once it is to stop.

        Raises:
            TurnsBusyError: Too many wait already.
            GaveUpError: It took too long, or nobody waits for it.
            Exception: Whatever the work raised.
        """
        stopped, begun = threading.Event(), threading.Event()
        until = time.monotonic() + self._seconds

        def cancelled() -> bool:
            return stopped.is_set() or time.monotonic() > until

        async def in_turn() -> T:
            async with self._turns.turn(owner):
                begun.set()
                return await asyncio.to_thread(work, cancelled)

        working = asyncio.create_task(in_turn())
        try:
            while not working.done():
                await asyncio.wait([working], timeout=_LOOK_SECONDS)
                if not working.done() and await gone():
                    stopped.set()
                if cancelled() and not begun.is_set():
                    raise RunCancelled
            return working.result()
        except RunCancelled as stop:
            raise GaveUpError(self._why(stopped)) from stop
        finally:
            stopped.set()
            if not begun.is_set():
                working.cancel()
            # The turn is given on when the thread has come back, not before.
            await asyncio.wait([working])
            if not working.cancelled():
                working.exception()  # whoever it concerned has been told, or is gone

    def _why(self, stopped: threading.Event) -> str:
        if stopped.is_set():
            return "This was given up: nobody waits for it any more."
        return (
            f"This took longer than {self._seconds:.0f} seconds, which is the most here. "
            f"{self._instead}"
        )
