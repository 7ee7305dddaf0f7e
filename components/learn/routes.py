"""Serves Learn: a few answers, which need no Gradio.

All are files, but for two. The runs of pages with noise are judged again: a fixed number of them,
each kept once it is known. Rollouts are written by the embedded solver when they are asked for: a
few at a time, one visitor after the other.

Where they are put first among an app's routes, it is at `learn/` under that app's root.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property, partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from components.bounds import AskingDesk, GaveUpError, TurnsBusyError, visitor_of
from components.emblem import EMBLEM
from components.learn.document import ASSETS, document, script, style
from components.place_answers import ASKED_HERE, HEADERS, file, made, moved, values
from search_core.lessons import FOLDER, read_lessons, shown_lessons
from search_core.lessons.noise import NoisyRuns
from search_core.lessons.rollouts import StepRollouts
from search_core.log.traces import read_trace


def learn_routes(
    folder: Path = FOLDER, trusted_proxies: int = 0, desk: AskingDesk | None = None
) -> list[BaseRoute]:
    """What answers under `learn/`.

    Args:
        folder: Where the lessons are; the project's own unless others are given.
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
        desk: Lets in whoever wants rollouts; one of its own unless another is given.

    Raises:
        LessonError: A lesson is broken; the message names file and line.
    """
    classroom = _classroom(folder)
    live = _Live(
        classroom.rollouts,
        trusted_proxies,
        desk or AskingDesk(instead="Try again in a moment."),
    )
    return [
        Route("/learn", moved("learn/")),
        Route("/learn/", classroom.page),
        Route("/learn/style.css", made(cache(style), "text/css")),
        Route("/learn/learn.js", made(cache(script), "text/javascript")),
        Route("/learn/theme.js", lambda _: file(ASSETS / "js" / "guide" / "theme.js")),
        Route("/learn/emblem.svg", lambda _: file(EMBLEM)),
        Route("/learn/traces/{name}.jsonl", classroom.trace),
        Route("/learn/noise/{name}/{level:int}.json", classroom.outcomes),
        Route("/learn/noise/{name}/{level:int}/{draw:int}.jsonl", classroom.noisy),
        Route("/learn/rollouts/{name}/{step}/{draw:int}", live.rollouts, methods=["POST"]),
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
        self.rollouts = {
            page.trace: StepRollouts(read_trace(self._traces[page.trace]), page.rollouts)
            for page in pages
            if page.trace and page.rollouts
        }
        """What the solver may write anew, by the name of the run."""

    @cached_property
    def _document(self) -> str:
        return document(self._shown)

    def page(self, request: Request) -> Response:
        return Response(self._document, media_type="text/html", headers=HEADERS)

    def trace(self, request: Request) -> Response:
        """A run that a lesson shows; no other file."""
        return file(self._traces.get(str(request.path_params["name"])))

    def noisy(self, request: Request) -> Response:
        """A run of a page with noise, judged again. Not a coroutine: it takes some hundredths of a
        second, so it stays off the loop."""
        asked = request.path_params
        try:
            log = self._noisy[asked["name"]].log(asked["level"], asked["draw"])
        except (KeyError, ValueError):
            return file(None)
        return Response(log, media_type="application/x-ndjson", headers=HEADERS)

    def outcomes(self, request: Request) -> Response:
        """What every draw of the noise comes to at a level."""
        asked = request.path_params
        try:
            found = self._noisy[asked["name"]].outcomes(asked["level"])
        except (KeyError, ValueError):
            return file(None)
        return values(found)


class _Live:
    """Lets the solver write while a page waits."""

    def __init__(
        self, rollouts: Mapping[str, StepRollouts], trusted_proxies: int, desk: AskingDesk
    ) -> None:
        self._rollouts, self._desk = rollouts, desk
        self._trusted_proxies = trusted_proxies

    async def rollouts(self, request: Request) -> Response:
        """New rollouts of a step, or why there are none."""
        if ASKED_HERE not in request.headers:
            return values({"why": "This is asked for from the page of Learn alone."}, 403)
        asked = request.path_params
        known = self._rollouts.get(asked["name"])
        if known is None or not known.offers(asked["step"], asked["draw"]):
            return values({"why": "No page offers rollouts of this step."}, 404)
        work = partial(known.write, asked["step"], asked["draw"])
        owner = visitor_of(request, self._trusted_proxies)
        try:
            written = await self._desk.answer(owner, request.is_disconnected, work)
        except TurnsBusyError as busy:
            return values({"why": str(busy)}, 429)
        except GaveUpError as stop:
            return values({"why": str(stop)}, 503)
        return values(written)
