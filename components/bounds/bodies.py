"""A request's body is refused once it is larger, or slower, than anything that the page sends.

Gradio bounds each uploaded file, but not how many come in one request, and no other body at all;
and it waits for ever for a body that comes byte by byte, with all that was set aside for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_SENT = 8_000_000
"""Bytes of a body: the longest text that can be pasted, in the longest characters, fits twice."""
SECONDS_BETWEEN, SECONDS_IN_ALL = 30.0, 600.0
"""So long may a body say nothing, and so long may it take; a large file on a slow line needs it."""
_AROUND_A_FILE = 100_000
"""Bytes of a form around its file."""


class BodyLimit:
    """ASGI middleware that answers 413 to what is too large, at the latest when it has come, and
    408 to what does not come.

    Args:
        app: What answers everything else.
        most_uploaded: Bytes of an uploaded file.
        before_upload: Called before a file is taken in.
    """

    def __init__(
        self, app: ASGIApp, most_uploaded: int, before_upload: Callable[[], None] = lambda: None
    ) -> None:
        self._app = app
        self._most_uploaded = most_uploaded
        self._before_upload = before_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        upload = scope["path"].rstrip("/").endswith("/upload")
        most = self._most_uploaded + _AROUND_A_FILE if upload else MOST_SENT
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said[:20]) > most:
            await _too_large(most)(scope, receive, send)
            return
        if upload:
            self._before_upload()
        await self._app(scope, _counted(receive, most), send)


def _counted(receive: Receive, most: int) -> Receive:
    """The same body, broken off once it is too large, whatever was said of its length, or too
    slow."""
    taken, whole = 0, False
    until = time.monotonic() + SECONDS_IN_ALL

    async def counted() -> Message:
        nonlocal taken, whole
        if whole:  # from here on it is only waited for whoever sent it to leave
            return await receive()
        try:
            async with asyncio.timeout(min(SECONDS_BETWEEN, until - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, _SLOW) from error
        whole = not message.get("more_body")
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, _words(most))
        return message

    return counted


_SLOW = "What you send does not arrive: the connection is too slow. Try again."


def _too_large(most: int) -> PlainTextResponse:
    return PlainTextResponse(_words(most), 413, {"Connection": "close"})


def _words(most: int) -> str:
    return f"This is too large: at most {most:,} bytes are taken. Send less."
