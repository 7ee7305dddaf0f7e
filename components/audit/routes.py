"""Serves what the cuts of a run cost: asked for, told while it grows, stopped.

Where they are put first among an app's routes, they answer under `audit/` of that app's root.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from components.audit.asked import RESULT, TRACE, check_size, command, rollouts_each
from components.bounds import FairTurns, TurnsBusyError
from components.bounds.jobs import PRINTED, JobKind, JobsBusyError, VisitorJob, VisitorJobs
from components.place_answers import ASKED_HERE
from search_core.protocols import UsageError
from search_core.serving import HostedRun, RunRegistry, owner_of

AUDITS = JobKind(
    "audit",
    "audits",
    RESULT,
    "What was found until then is shown; more can be asked on the command line: "
    "python -m search_core audit.",
)
MOST_SECONDS = 120.0
MOST_WAITING = 4
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_LONGEST = 4_000_000


def audit_routes(
    registry: RunRegistry, trusted_proxies: int = 0, jobs: VisitorJobs | None = None
) -> list[BaseRoute]:
    """What answers under `audit/`.

    Args:
        registry: Knows the runs.
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
        jobs: What does the work; one of its own unless others are given.
    """
    desk = _AuditDesk(
        registry, trusted_proxies, jobs or VisitorJobs(MOST_SECONDS, MOST_WAITING, AUDITS)
    )
    return [
        Route("/audit/start/{run}", desk.start, methods=["POST"]),
        Route("/audit/state/{name}", desk.state),
        Route("/audit/stop/{name}", desk.stop, methods=["POST"]),
    ]


class _AuditDesk:
    def __init__(self, registry: RunRegistry, trusted_proxies: int, jobs: VisitorJobs) -> None:
        self._registry, self._trusted_proxies, self._jobs = registry, trusted_proxies, jobs
        self._turns = FairTurns()
        self._last: OrderedDict[tuple[str, int], str] = OrderedDict()
        """Of each run the last job that was asked for; what it found serves everybody."""

    async def start(self, request: Request) -> Response:
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page alone.", 403)
        name = str(request.path_params["run"])
        run = await asyncio.to_thread(self._registry.get, name)
        if run is None:
            return _refused("The server no longer has this run.", 404)
        if run.live:
            return _refused("The run is not over: what its cuts cost is asked when it is.")
        peer = request.client.host if request.client else ""
        owner = owner_of(peer, dict(request.headers), self._trusted_proxies)
        try:
            async with self._turns.turn(owner):
                job = await asyncio.to_thread(self._begin, run, owner)
        except UsageError as mistake:
            return _refused(str(mistake))
        except (JobsBusyError, TurnsBusyError) as busy:
            return _refused(str(busy), 429)
        return await self._told(job)

    async def state(self, request: Request) -> Response:
        job = self._jobs.get(str(request.path_params["name"]))
        return await self._told(job) if job else _gone()

    async def stop(self, request: Request) -> Response:
        job = self._jobs.get(str(request.path_params["name"]))
        if job is None or ASKED_HERE not in request.headers:
            return _gone()
        job.stop()
        return await self._told(job)

    def _begin(self, run: HostedRun, owner: str) -> VisitorJob:
        """A job for this run; one that is done is not done again.

        Raises:
            UsageError: The run cannot be asked here.
            JobsBusyError: Too much is under way.
        """
        key = run.id, run.head
        before = self._jobs.get(self._last.get(key, ""))
        if before is not None and (
            before.state == "done" or (before.open and before.owner == owner)
        ):
            return before
        check_size(run.head)
        each = rollouts_each(run.events())
        job = self._jobs.new(owner)
        try:
            (job.folder / TRACE).write_bytes(run.text())
            if before is not None and not before.open and (before.folder / RESULT).is_file():
                # What was written before it was stopped is not written again.
                shutil.copy(before.folder / RESULT, job.folder / RESULT)
        except BaseException:
            job.stop()
            raise
        self._last[key] = job.id
        while len(self._last) > 100:
            self._last.popitem(last=False)
        self._jobs.start(job, command(each))
        return job

    async def _told(self, job: VisitorJob) -> Response:
        told = self._jobs.told(job)
        told["audit"] = await asyncio.to_thread(_last_printed, job.folder / PRINTED)
        return JSONResponse(told, headers=_HEADERS)


def _last_printed(path: Path) -> Any:
    """What the command has told last, as JSON values; None before it has told anything."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LONGEST))
            lines = file.read(_LONGEST).split(b"\n")
    except FileNotFoundError:
        return None
    # What is behind the last line break is still being written, or nothing.
    return json.loads(lines[-2]) if len(lines) > 1 and lines[-2] else None


def _refused(why: str, status: int = 400) -> Response:
    return JSONResponse({"why": why}, status, headers=_HEADERS)


def _gone() -> Response:
    return _refused("This is no longer kept here.", 404)
