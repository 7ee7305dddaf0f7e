"""A class's changes as server-sent events: one small message each, of the newest state alone.

Nothing is queued up for anybody. Whoever reads slowly is not written to while they read, and gets
the newest state then, however many changes they missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from components.classroom.room import ClassRoom

SECONDS_BETWEEN = 0.05
"""Between two messages to one page: of what changes faster it gets the newest."""
HEARTBEAT_SECONDS = 15.0
"""After so long without news one line says that the connection stands; what lies between closes
connections that say nothing."""
_ALIVE = b": here\n\n"


async def follow_room(
    room: ClassRoom, sweep: Callable[[], None], *, teacher: bool = False
) -> AsyncGenerator[bytes]:
    """The newest state at once and after each change, until the class is over.

    Args:
        room: Whom to follow.
        sweep: Called from time to time: ends classes that nobody leads any more.
        teacher: Tell what only the teacher is told.
    """
    changed = asyncio.Event()
    last = b""
    with room.waking(changed.set):
        while True:
            changed.clear()
            text = room.told(teacher=teacher)
            if text != last:
                last = text
                yield b"data: " + text + b"\n\n"
                if room.over:
                    return
                await asyncio.sleep(SECONDS_BETWEEN)
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await changed.wait()
            except TimeoutError:
                sweep()
                if not room.over:
                    yield _ALIVE
