"""Serves Learn: a few answers, which need neither Gradio nor a model.

All are files, but for the runs of pages with noise, which are judged again: a fixed number of them,
each kept once it is known.

Where they are put first among an app's routes, it is at `learn/` under that app's root.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from components.emblem import EMBLEM
from components.learn.document import ASSETS, document, script, style
from search_core.lessons import FOLDER, read_lessons, shown_lessons
from search_core.lessons.noise import NoisyRuns
from search_core.log.traces import read_trace

# A text that got past everything else still loads, runs and sends nothing.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Page, style, script and runs belong together: a browser asks whether it still has the newest.
    "Cache-Control": "no-cache",
}


def learn_routes(folder: Path = FOLDER) -> list[BaseRoute]:
    """What answers under `learn/`.

    Args:
        folder: Where the lessons are; the project's own unless others are given.

    Raises:
        LessonError: A lesson is broken; the message names file and line.
    """
    classroom = _classroom(folder)
    return [
        Route("/learn", lambda request: RedirectResponse(_with_query("learn/", request))),
        Route("/learn/", classroom.page),
        Route("/learn/style.css", _made(cache(style), "text/css")),
        Route("/learn/learn.js", _made(cache(script), "text/javascript")),
        Route("/learn/theme.js", lambda _: _file(ASSETS / "js" / "guide" / "theme.js")),
        Route("/learn/emblem.svg", lambda _: _file(EMBLEM)),
        Route("/learn/traces/{name}.jsonl", classroom.trace),
        Route("/learn/noise/{name}/{level:int}.json", classroom.outcomes),
        Route("/learn/noise/{name}/{level:int}/{draw:int}.jsonl", classroom.noisy),
    ]


@cache
def _classroom(folder: Path) -> _Classroom:
    """One for all pages of a process: reading the lessons takes a third of a second."""
    return _Classroom(folder)


class _Classroom:
    """Lessons are read at once, so that a broken one stops the app; runs go out as they are."""

    def __init__(self, folder: Path) -> None:
        self._lessons = read_lessons(folder)
        self._shown = shown_lessons(self._lessons)
        self._traces = {
            name: read.trace_path(name) for read in self._lessons for name in read.lesson.traces
        }
        pages = [page for read in self._lessons for page in read.lesson.pages]
        self._noisy = {
            page.trace: NoisyRuns(read_trace(self._traces[page.trace]))
            for page in pages
            if page.trace and "noise" in page.shows
        }

    @cached_property
    def _document(self) -> str:
        return document(self._shown)

    def page(self, request: Request) -> Response:
        return Response(self._document, media_type="text/html", headers=_HEADERS)

    def trace(self, request: Request) -> Response:
        """A run that a lesson shows; no other file."""
        return _file(self._traces.get(str(request.path_params["name"])))

    def noisy(self, request: Request) -> Response:
        """A run of a page with noise, judged again. Not a coroutine: it takes some hundredths of a
        second, so it stays off the loop."""
        asked = request.path_params
        try:
            log = self._noisy[asked["name"]].log(asked["level"], asked["draw"])
        except (KeyError, ValueError):
            return _file(None)
        return Response(log, media_type="application/x-ndjson", headers=_HEADERS)

    def outcomes(self, request: Request) -> Response:
        """What every draw of the noise comes to at a level."""
        asked = request.path_params
        try:
            found = self._noisy[asked["name"]].outcomes(asked["level"])
        except (KeyError, ValueError):
            return _file(None)
        return JSONResponse(found, headers=_HEADERS)


def _made(content: Callable[[], str], kind: str) -> Callable[[Request], Response]:
    return lambda _: Response(content(), media_type=kind, headers=_HEADERS)


def _with_query(address: str, request: Request) -> str:
    return f"{address}?{request.url.query}" if request.url.query else address


def _file(path: Path | None) -> Response:
    if path is None:
        return Response("Not found", 404, _HEADERS, "text/plain")
    return FileResponse(path, headers=_HEADERS)
