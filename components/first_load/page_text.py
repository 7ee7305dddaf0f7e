"""Changes the pages that are sent, and sends them compressed.

Gradio compresses what has a name that ends like a file's; its page, a third of a megabyte, has
none, and each visitor waits for all of it.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LEVEL = 5
"""A third of a megabyte in 6 ms, to a sixth."""
_KEPT = 8
"""Pages that need not be made again: Gradio's own is the same for everybody."""
_LONG = 2**20
"""Bytes of a page from which on it is made beside what is going on, and not kept: a report of
somebody's would take room, and hold everybody else up."""


class PageText:
    """ASGI middleware around what answers with pages.

    Args:
        app: What answers.
        change: What becomes of a page's text.
    """

    def __init__(self, app: ASGIApp, change: Callable[[bytes], bytes]) -> None:
        self._app = app
        self._change = change
        self._kept = lru_cache(_KEPT)(self._made)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("accept-encoding", "").split(",")
        small = "gzip" in (coding.strip() for coding in asked)
        begun: Message | None = None
        parts: list[bytes] = []

        async def changed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
            elif begun is None or message["type"] != "http.response.body":
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    page = b"".join(parts)
                    if len(page) < _LONG:
                        body = self._kept(page, small)
                    else:
                        body = await asyncio.to_thread(self._made, page, small)
                    headers = MutableHeaders(scope=begun)
                    headers["content-length"] = str(len(body))
                    headers.add_vary_header("Accept-Encoding")
                    if small:
                        headers["content-encoding"] = "gzip"
                    await send(begun)
                    await send({**message, "body": body})

        await self._app(scope, receive, changed)

    def _made(self, page: bytes, small: bool) -> bytes:
        text = self._change(page)
        return gzip.compress(text, _LEVEL, mtime=0) if small else text


def _is_page(start: Message) -> bool:
    """A page that is neither an error nor compressed."""
    headers = MutableHeaders(scope=start)
    html = headers.get("content-type", "").startswith("text/html")
    return html and start["status"] == 200 and "content-encoding" not in headers
