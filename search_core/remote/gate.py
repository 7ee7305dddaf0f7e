"""Lets a bounded number of requests out at the same time, run by run in turn."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """A semaphore that takes turns between runs: a giant run does not hold up a small one.

    Lives in one event loop.

    Args:
        size: How many are inside at most.
    """

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, run: str) -> AsyncIterator[None]:
        """Waits for a turn, and gives it back at the end."""
        await self._enter(run)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, run: str) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # It was let in at the moment it gave up.
            raise

    def _leave(self) -> None:
        while self._waiting:
            run, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[run] = queue  # Behind the others.
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1
