"""Serves Verify: its page, the reports, and the requests that make new ones.

Where they are put first among an app's routes, the place is at `verify/` under that app's root.
"""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Route

from components.bounds.jobs import JobsBusyError, VisitorJob, VisitorJobs
from components.emblem import EMBLEM
from components.palette import css_variables
from components.place_answers import ASKED_HERE, headers_of
from components.verify.asked import read_asked
from components.verify.document import document
from components.verify.question_routes import question_routes
from search_core.serving import owner_of
from search_core.verify.page import report_page, report_policy

_ASSETS = Path(__file__).resolve().parents[2] / "assets"
SHIPPED = _ASSETS / "results" / "verify" / "embedded.json"
_MODULES = ("judges", "numbers", "solution", "steps", "talk", "threshold", "tree", "tree_map",
            "verify", "views")  # fmt: skip
_SCRIPTS = frozenset(
    f"{name}.js"
    for name in ("guide/theme", "dom/header", "dom/toolbar", *(f"verify/{one}" for one in _MODULES))
)
_SHEETS = ("tokens.css", "guide.css", "header.css", "verify.css", "verify_views.css")
_HEADERS = headers_of("img-src 'self'", "connect-src 'self'", "frame-src 'self'")
_OF_A_REPORT = {**_HEADERS, "Content-Security-Policy": report_policy()}
"""Of a report nothing runs but its own scripts."""


def verify_routes(trusted_proxies: int = 0, jobs: VisitorJobs | None = None) -> list[BaseRoute]:
    """What answers under `verify/`.

    Args:
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
        jobs: What makes the reports; one of its own unless others are given.
    """
    desk = _Desk(trusted_proxies, jobs or VisitorJobs())
    return [
        Route("/verify", lambda _: RedirectResponse("verify/")),
        Route("/verify/", desk.page),
        Route("/verify/style.css", desk.style),
        Route("/verify/emblem.svg", lambda _: FileResponse(EMBLEM, headers=_HEADERS)),
        Route("/verify/js/{path:path}", desk.script),
        # The last part of this name is what the bound on uploads goes by.
        Route("/verify/upload", desk.ask, methods=["POST"]),
        Route("/verify/state/{name}", desk.state),
        Route("/verify/stop/{name}", desk.stop, methods=["POST"]),
        Route("/verify/report/{name}", desk.report),
        *question_routes(desk.owner),
    ]


class _Desk:
    def __init__(self, trusted_proxies: int, jobs: VisitorJobs) -> None:
        self._trusted_proxies, self._jobs = trusted_proxies, jobs
        self._shipped = cache(_shipped_page)

    def page(self, request: Request) -> Response:
        return HTMLResponse(document(shipped=SHIPPED.is_file()), headers=_HEADERS)

    def style(self, request: Request) -> Response:
        sheets = [(_ASSETS / "css" / name).read_text("utf-8") for name in _SHEETS]
        css = css_variables() + "".join(sheets)
        return Response(css, media_type="text/css", headers=_HEADERS)

    def script(self, request: Request) -> Response:
        path = request.path_params["path"]
        if path not in _SCRIPTS:
            return _missing()
        return FileResponse(_ASSETS / "js" / path, headers=_HEADERS)

    async def ask(self, request: Request) -> Response:
        """Take a file in, and put its report in line."""
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page of Verify alone.", 403)
        try:
            asked = read_asked(request.query_params)
            job = self._jobs.new(self.owner(request))
        except ValueError as mistake:
            return _refused(str(mistake))
        except JobsBusyError as busy:
            return _refused(str(busy), 429)
        try:
            if asked.file:
                await _save(request, job.folder / asked.file)
        except BaseException:
            job.stop()  # it was too large, or its sender has gone
            (job.folder / asked.file).unlink(missing_ok=True)
            raise
        if asked.file and not (job.folder / asked.file).stat().st_size:
            job.stop()
            return _refused("The file is empty.")
        self._jobs.start(job, asked.command())
        return JSONResponse(self._jobs.told(job), headers=_HEADERS)

    def state(self, request: Request) -> Response:
        job = self._job(request)
        return JSONResponse(self._jobs.told(job), headers=_HEADERS) if job else _missing()

    def stop(self, request: Request) -> Response:
        job = self._job(request)
        if job is None or ASKED_HERE not in request.headers:
            return _missing()
        job.stop()
        return JSONResponse(self._jobs.told(job), headers=_HEADERS)

    def report(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        if name in ("embedded", "embedded.json"):
            if not SHIPPED.is_file():
                return _missing()
            if name == "embedded.json":
                return FileResponse(SHIPPED, headers=_HEADERS)
            return HTMLResponse(self._shipped(SHIPPED), headers=_OF_A_REPORT)
        job = self._jobs.get(name.removesuffix(".json"))
        if job is None or job.state != "done":
            return _missing()
        if name.endswith(".json"):
            return FileResponse(job.folder / "report.json", headers=_HEADERS)
        return FileResponse(
            job.folder / "report.html", media_type="text/html", headers=_OF_A_REPORT
        )

    def _job(self, request: Request) -> VisitorJob | None:
        return self._jobs.get(str(request.path_params["name"]))

    def owner(self, request: Request) -> str:
        """Whose a request is."""
        peer = request.client.host if request.client else ""
        return owner_of(peer, dict(request.headers), self._trusted_proxies)


def _shipped_page(path: Path) -> str:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report_page(values)


async def _save(request: Request, path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in request.stream():
            await asyncio.to_thread(file.write, chunk)


def _refused(why: str, status: int = 400) -> Response:
    return JSONResponse({"why": why}, status, headers=_HEADERS)


def _missing() -> Response:
    return _refused("This is no longer kept here.", 404)
