"""Keeps the answers that never change: each is read and compressed once, not for each visitor.

A visitor's first page asks for seventy files of Gradio's, and to look for each, read it and
compress it takes the server 4 ms of its processor.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16 * 2**20
_ASKS_FOR_LESS = ("range", "if-none-match", "if-modified-since", "if-match", "if-range")

_Answer = tuple[Message, bytes]


class KeptAnswers:
    """ASGI middleware; answers to the same path and coding are the same for everybody.

    Args:
        app: What answers.
        lasts: Whether what stands under a path is never another.
        most: How many bytes are kept; those that were not asked for longest go first.
    """

    def __init__(self, app: ASGIApp, lasts: Callable[[str], bool], most: int = MOST_BYTES) -> None:
        self._app, self._lasts, self._most = app, lasts, most
        self._kept: OrderedDict[tuple[str, str], _Answer] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application."""
        if scope["type"] != "http" or scope["method"] != "GET" or not self._lasts(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if any(name in headers for name in _ASKS_FOR_LESS):
            await self._app(scope, receive, send)
            return
        # As Gradio looks which to use.
        coding = next(
            (one for one in ("br", "gzip") if one in headers.get("accept-encoding", "")), ""
        )
        key = (scope["path"], coding)
        if key in self._kept:
            self._kept.move_to_end(key)
            start, body = self._kept[key]
            await send({**start, "headers": list(start["headers"])})
            await send({"type": "http.response.body", "body": body})
            return
        begun: Message = {}
        parts: list[bytes] = []

        async def noted(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = {**message, "headers": list(message["headers"])}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body") and begun["status"] == 200:
                    self._keep(key, begun, b"".join(parts))
            await send(message)

        await self._app(scope, receive, noted)

    def _keep(self, key: tuple[str, str], start: Message, body: bytes) -> None:
        size = len(body)
        if size > self._most // 4 or key in self._kept:
            return
        length = (b"content-length", str(size).encode())
        others = [pair for pair in start["headers"] if pair[0].lower() != length[0]]
        self._kept[key] = ({**start, "headers": [*others, length]}, body)
        self._bytes += size
        while self._bytes > self._most:
            _, (_, gone) = self._kept.popitem(last=False)
            self._bytes -= len(gone)
