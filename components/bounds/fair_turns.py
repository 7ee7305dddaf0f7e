"""Dear requests are answered in turn: few at a time, and nobody waits for one visitor's flood.

Whoever waits costs no thread: an event loop has a few for all that it is asked, and a line of
waiting threads would hold up everything else that is answered there.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from search_core.serving import AdmissionLimits
from search_core.serving.waiting_line import LineFullError, WaitingLine

MOST_WAITING = 64
_BUSY = "Many requests like this one are being answered just now. Try again in a moment."


class TurnsBusyError(ValueError):
    """No more is taken on at present; the message is for the visitor."""


class FairTurns:
    """Lets requests in, fair between visitors. Used from one event loop.

    Args:
        at_once: That are answered at the same time.
        waiting: That may wait; whoever has most of them makes room for a visitor who has fewer.
    """

    def __init__(self, at_once: int = 1, waiting: int = MOST_WAITING) -> None:
        self._line = WaitingLine(AdmissionLimits(at_once, waiting, at_once))
        self._numbers = itertools.count()
        self._asked: dict[str, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(self, owner: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Whoever is cancelled while waiting leaves the line.

        Args:
            owner: Whose the request is, as `owner_of` says it; "": nobody else's.

        Raises:
            TurnsBusyError: Too many wait.
        """
        name, ready = str(next(self._numbers)), asyncio.get_running_loop().create_future()
        try:
            displaced = self._line.join(name, owner)
        except LineFullError as full:
            raise TurnsBusyError(_BUSY) from full
        self._asked[name] = ready
        if displaced is not None:
            self._asked[displaced].set_exception(TurnsBusyError(_BUSY))
        try:
            self._let_in()
            await ready
            yield
        finally:
            del self._asked[name]
            self._line.leave(name)
            self._let_in()

    def _let_in(self) -> None:
        while (name := self._line.take()) is not None:
            ready = self._asked[name]
            if not ready.done():  # whoever waited may just have been cancelled: it leaves by itself
                ready.set_result(None)
