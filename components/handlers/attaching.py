"""With which settings handlers are attached to Gradio's events, and which of them have turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import gradio as gr

from components.bounds import FairTurns, TurnsBusyError, visitor_of

# Handlers are nobody's API: the command line and `search_core.search` are.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
# A field changed again while its handler ran: that runs once more, with what stands there then.
# Gradio's page then tells the whole event again, to all its handlers, and two such handlers of one
# event chase each other for ever: an event of a field has one of them, for all that follows.
FOLLOWING: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
# A follower waits most of its time; it must not keep others from following.
STREAM: dict[str, Any] = {**QUIET, "concurrency_limit": None}
# In Gradio's own line whoever sends a hundred files stands before everybody who comes later.
OPENING: dict[str, Any] = {**QUIET, "concurrency_limit": None}
OPENED_AT_ONCE = 2
"""Reading a file or a text takes seconds of one core at worst."""

Handler = Callable[..., tuple[Any, ...]]


def in_turn(
    turns: FairTurns, trusted_proxies: int, handler: Handler, refused: Callable[[str], Any]
) -> Callable[..., Awaitable[Any]]:
    """A handler that works in a thread once it is its visitor's turn.

    Args:
        trusted_proxies: As for `owner_of`.
        handler: Its last argument is the request.
        refused: What is given, of a sentence, where too many wait.
    """

    @wraps(handler)
    async def waits(*values: Any) -> Any:
        request = values[-1] if isinstance(values[-1], gr.Request) else None
        try:
            async with turns.turn(visitor_of(request, trusted_proxies)):
                return await asyncio.to_thread(handler, *values)
        except TurnsBusyError as busy:
            return refused(str(busy))

    return waits
