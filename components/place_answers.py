"""Answers of the places that show the explorer's picture in a document of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

# A text that got past everything else still loads, runs and sends nothing.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Page, style, script and runs belong together: a browser asks whether it still has the newest.
    "Cache-Control": "no-cache",
}
ASKED_HERE = "x-espalier"
"""A header that a form on somebody else's page cannot send."""

Answer = Callable[[Request], Response]


def made(content: Callable[[], str], kind: str) -> Answer:
    """Answers with a text of this media type."""
    return lambda _: Response(content(), media_type=kind, headers=HEADERS)


def file(path: Path | None) -> Response:
    """A file as it is; None: there is none."""
    if path is None:
        return Response("Not found", 404, HEADERS, "text/plain")
    return FileResponse(path, headers=HEADERS)


def values(content: Any, status: int = 200) -> Response:
    """JSON."""
    return JSONResponse(content, status, headers=HEADERS)


def moved(address: str) -> Answer:
    """Sends on to this address, with what was asked."""

    def answer(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(f"{address}?{query}" if query else address)

    return answer
