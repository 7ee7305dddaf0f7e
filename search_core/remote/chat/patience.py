"""Asks again where a server wants to be asked later: nothing was written, nothing costs twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from search_core.protocols import Watch
from search_core.remote.errors import RemoteError

T = TypeVar("T")

_BUSY = frozenset({429, 503, 529})
"""Too many requests; not available; overloaded (Anthropic's word, and others')."""
TRIES = 6
LONGEST_WAIT = 60.0
"""Seconds before one request is sent again; a server that wants more is not waited for."""
_SHORTEST_WAIT = 1.0

Sleep = Callable[[float], Awaitable[object]]
OnWait = Callable[[int, float], None]
"""Called with the server's status and the seconds before each wait."""


async def patiently(
    request: Callable[[], Awaitable[T]],
    on_wait: OnWait | None = None,
    sleep: Sleep = asyncio.sleep,
) -> T:
    """What a request brings, which is sent again while its server says that it is busy.

    Raises:
        RemoteError: It failed; or the server was busy every time, or wants to be left alone for
            longer than `LONGEST_WAIT`.
    """
    waited = 0.0
    for attempt in range(1, TRIES + 1):
        try:
            return await request()
        except RemoteError as error:
            if error.status not in _BUSY:
                raise
            wait = 2.0 ** (attempt - 1) if error.later is None else error.later
            wait = max(_SHORTEST_WAIT, wait)
            if attempt == TRIES or wait > LONGEST_WAIT:
                raise _given_up(error, attempt, waited) from error
            if on_wait is not None:
                on_wait(error.status, wait)
        await sleep(wait)
        waited += wait
    raise AssertionError("unreachable: the last attempt returns or raises")


def busy_warning(watch: Watch, role: str) -> OnWait:
    """Tells a run that a server had to be waited for."""

    def on_wait(status: int, seconds: float) -> None:
        watch.warn(
            f"The {role}'s server was too busy ({status}) and was asked again after "
            f"{seconds:,.0f} seconds."
        )

    return on_wait


def _given_up(error: RemoteError, attempts: int, waited: float) -> RemoteError:
    if error.later is not None and error.later > LONGEST_WAIT:
        tried = f"It wants to be left alone for {error.later:,.0f} seconds, which is too long."
    else:
        tried = f"It was asked {attempts} times in {waited:.0f} seconds."
    return RemoteError(
        f"{error} {tried} Its limit of requests may be reached: put a smaller #in_flight=NUMBER "
        "after its address, or try again later.",
        error.status,
        error.later,
    )
