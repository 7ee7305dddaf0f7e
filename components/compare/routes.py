"""Serves Compare: its page, races that are started, followed and stopped, and their figures.

Where they are put first among an app's routes, the place is at `compare/` under that app's root.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from components.bounds import FairTurns, TurnsBusyError, visitor_of
from components.bounds.jobs import JobsBusyError, VisitorJob, VisitorJobs
from components.compare.asked import MOST_TEXT, AskedRace, RaceRefusedError, read_race
from components.compare.document import document, script, style
from components.compare.races import Races
from components.compare.trials import told_trials, trial_jobs, trials_command
from components.controls import ModelOffer
from components.emblem import EMBLEM
from components.place_answers import ASKED_HERE, file, made, moved, values
from search_core.export.html import ASSETS
from search_core.race import MOST_LANES
from search_core.run.limits import Limits
from search_core.serving import BusyError, RunRegistry

_LONGEST_ID = 64


def compare_routes(
    offer: ModelOffer,
    registry: RunRegistry,
    recorded: Sequence[str],
    *,
    limits: Limits | None = None,
    trusted_proxies: int = 0,
    jobs: VisitorJobs | None = None,
) -> list[BaseRoute]:
    """What answers under `compare/`.

    Args:
        offer: The models that may race.
        registry: Where lanes run.
        recorded: Ids of the lanes of the race with which the place opens.
        limits: What one lane may use at most.
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
        jobs: What races on many problems; one of its own unless others are given.
    """
    desk = RaceDesk(
        offer, Races(registry), limits or Limits(), trusted_proxies, jobs or trial_jobs()
    )
    page = cache(lambda: document(offer, recorded))
    return [
        Route("/compare", moved("compare/")),
        Route("/compare/", made(page, "text/html")),
        Route("/compare/style.css", made(cache(style), "text/css")),
        Route("/compare/compare.js", made(cache(script), "text/javascript")),
        Route("/compare/theme.js", lambda _: file(ASSETS / "js" / "guide" / "theme.js")),
        Route("/compare/emblem.svg", lambda _: file(EMBLEM)),
        Route("/compare/race", desk.start, methods=["POST"]),
        Route("/compare/events", desk.events),
        Route("/compare/table", desk.table),
        Route("/compare/stop", desk.stop, methods=["POST"]),
        Route("/compare/trials", desk.try_many, methods=["POST"]),
        Route("/compare/trials/{name}", desk.trials),
        Route("/compare/trials/{name}/stop", desk.stop_trials, methods=["POST"]),
    ]


class RaceDesk:
    def __init__(
        self,
        offer: ModelOffer,
        races: Races,
        limits: Limits,
        trusted_proxies: int,
        jobs: VisitorJobs,
    ) -> None:
        self._offer, self._races, self._limits = offer, races, limits
        self._trusted_proxies, self._jobs = trusted_proxies, jobs
        self._turns = FairTurns()

    async def start(self, request: Request) -> Response:
        """Start a race; `{runs, lanes}`, or why not."""
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page of Compare alone.", 403)
        try:
            asked = await run_in_threadpool(self._asked, request)
            runs = await run_in_threadpool(self._races.start, asked, self._owner(request))
        except RaceRefusedError as error:
            return _refused(str(error), field=error.field, lane=error.lane)
        except BusyError as busy:
            return _refused(str(busy), 429)
        except ValueError as error:
            return _refused(str(error))
        return values({"runs": runs, "lanes": asked.texts})

    async def events(self, request: Request) -> Response:
        """What is new in the lanes `runs`, after `since` events of each."""
        ids = _ids(request)
        since = [_count(text) for text in request.query_params.get("since", "").split(",")]
        if not ids or len(ids) != len(since) or None in since:
            return _refused("Which lanes are meant cannot be read.")
        starts = [start for start in since if start is not None]
        told = await asyncio.to_thread(self._races.told, ids, starts)
        return values({"lanes": told})

    async def table(self, request: Request) -> Response:
        """The table of a race that is over."""
        try:
            async with self._turns.turn(self._owner(request)):
                table = await asyncio.to_thread(self._races.table, _ids(request))
        except TurnsBusyError as busy:
            return _refused(str(busy), 429)
        except ValueError as error:
            return _refused(str(error), 404)
        return values(table)

    async def stop(self, request: Request) -> Response:
        """Stop the lanes `runs`."""
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page of Compare alone.", 403)
        await asyncio.to_thread(self._races.stop, _ids(request))
        return values({})

    async def try_many(self, request: Request) -> Response:
        """Put a race on many problems in line."""
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page of Compare alone.", 403)
        try:
            asked = await run_in_threadpool(self._asked, request)
            command = trials_command(asked, asked.texts)
            job = self._jobs.new(self._owner(request))
        except RaceRefusedError as error:
            return _refused(str(error), field=error.field, lane=error.lane)
        except JobsBusyError as busy:
            return _refused(str(busy), 429)
        self._jobs.start(job, command)
        return values(told_trials(self._jobs, job))

    def trials(self, request: Request) -> Response:
        job = self._job(request)
        if job is None:
            return _refused("This is no longer kept here.", 404)
        return values(told_trials(self._jobs, job))

    def stop_trials(self, request: Request) -> Response:
        job = self._job(request)
        if job is None or ASKED_HERE not in request.headers:
            return _refused("This is no longer kept here.", 404)
        job.stop()
        return values(told_trials(self._jobs, job))

    def _asked(self, request: Request) -> AskedRace:
        query = request.query_params
        if len(str(request.url.query)) > MOST_TEXT:
            raise RaceRefusedError(f"This is too long: at most {MOST_TEXT:,} characters are taken.")
        return read_race(
            query.get("problem", ""),
            query.get("answer", ""),
            query.get("seed", "0"),
            query.getlist("lane"),
            self._offer,
            self._limits,
        )

    def _job(self, request: Request) -> VisitorJob | None:
        return self._jobs.get(str(request.path_params["name"]))

    def _owner(self, request: Request) -> str:
        return visitor_of(request, self._trusted_proxies)


def _ids(request: Request) -> list[str]:
    names = request.query_params.get("runs", "").split(",")
    right = 0 < len(names) <= MOST_LANES and all(0 < len(name) <= _LONGEST_ID for name in names)
    return names if right else []


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _refused(why: str, status: int = 400, *, field: str = "", lane: int | None = None) -> Response:
    return values({"why": why, "field": field, "lane": lane}, status)
