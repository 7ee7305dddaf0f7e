"""Headers of every answer: what a page may load and say, whatever text got into it."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.published import published_folder

# What the page needs, and nothing of anybody else. Gradio writes its configuration and its theme
# into the page, and makes functions of the code that components bring: hence both "unsafe". Who
# may frame the page stays open: Spaces do, and so do pages that embed one.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # A link is a recipe: who is followed from here need not learn what was searched.
    "Referrer-Policy": "same-origin",
}

LASTING = "public, max-age=31536000, immutable"
# Gradio names its page's own files after what is in them.
_NAMED_BY_CONTENT = re.compile(r"/assets/[^/]+-[\w-]{8}\.\w+$")


def lasts(path: str) -> bool:
    """Whether what stands under this path is never another: then no browser asks for it again.

    A page has eighty such files, and would otherwise ask for each at every visit.
    """
    return bool(_NAMED_BY_CONTENT.search(path)) or f"/file={published_folder()}/" in path


class Headers:
    """Adds the headers that an answer does not have already.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if message["status"] in (200, 206, 304) and lasts(scope["path"]):
                    headers.setdefault("Cache-Control", LASTING)
                if headers.get("Content-Type", "").startswith("text/event-stream"):
                    # nginx would keep back what is little, a minute long where it compresses.
                    headers.setdefault("X-Accel-Buffering", "no")
            await send(message)

        await self._app(scope, receive, with_headers)
