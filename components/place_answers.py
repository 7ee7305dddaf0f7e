"""Answers of the places that are documents of their own: Learn, Compare, Verify and the guide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

# A text that got past everything else still loads, runs and sends nothing.
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
_NOWHERE = "base-uri 'none'; form-action 'none'"


def headers_of(*more: str) -> dict[str, str]:
    """Headers of a place's answers.

    Args:
        more: What its page may load besides its scripts and its style, as directives of a content
            security policy: "img-src 'self'".
    """
    return {
        "Content-Security-Policy": "; ".join((_POLICY, *more, _NOWHERE)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        # Page, style, script and runs belong together: a browser asks whether it still has the
        # newest.
        "Cache-Control": "no-cache",
    }


HEADERS = headers_of("img-src 'self' data:", "connect-src 'self'")
"""Of a place that shows the explorer's picture."""
ASKED_HERE = "x-espalier"
"""A header that a form on somebody else's page cannot send."""

Answer = Callable[[Request], Response]


def made(content: Callable[[], str], kind: str) -> Answer:
    """Answers with a text of this media type."""
    return lambda _: Response(content(), media_type=kind, headers=HEADERS)


def file(path: Path | None, headers: Mapping[str, str] = HEADERS) -> Response:
    """A file as it is; None: there is none."""
    if path is None:
        return Response("Not found", 404, headers, "text/plain")
    return FileResponse(path, headers=headers)


def values(content: Any, status: int = 200) -> Response:
    """JSON."""
    return JSONResponse(content, status, headers=HEADERS)


def moved(address: str) -> Answer:
    """Sends on to this address, with what was asked."""

    def answer(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(f"{address}?{query}" if query else address)

    return answer
