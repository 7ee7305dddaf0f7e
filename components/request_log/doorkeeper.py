"""Answers what cannot be understood, and writes one line of it."""

from __future__ import annotations

import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.request_log.culprits import in_one_line, is_ours
from search_core.serving import LimitedLog, owner_of

REQUESTS = LimitedLog(logging.getLogger("espalier.requests"))
"""Shared by all that write of requests, so that together they write no more."""


class Doorkeeper:
    """ASGI middleware around everything else.

    Args:
        app: What answers.
        trusted_proxies: As for `owner_of`: whom the line is about.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: int = 0) -> None:
        self._app, self._trusted_proxies = app, trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if 400 <= message["status"] < 500:
                    self._write(scope, f"answered {message['status']}")
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if started or is_ours(error):
                raise  # the server writes it down, by way of `redirecting`
            self._write(scope, in_one_line(error))
            text = "This request cannot be understood. Open the page anew and try again."
            await PlainTextResponse(text, 400)(scope, receive, send)

    def _write(self, scope: Scope, what: str) -> None:
        peer = (scope.get("client") or ("",))[0]
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        who = owner_of(peer, headers, self._trusted_proxies)
        path = str(scope["path"])[:120]
        kind = f"{scope['method'][:10]!r} {what.partition(':')[0]}"
        REQUESTS.warn(kind, f"Refused: {scope['method'][:10]} {path!r} of {who[:60]!r}: {what}")
