"""Answers what the page asks about one solution and about one tree."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from components.bounds import AskingDesk, GaveUpError, TurnsBusyError
from components.place_answers import ASKED_HERE
from components.verify.asked import SUFFIXES, read_suffix
from components.verify.judges import judges, read_judges
from components.verify.questions import (
    Answer,
    about_solution,
    about_tree,
    example_solutions,
    example_trace,
    example_trees,
    read_solution,
)

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_MOST_BYTES = 200_000
"""Of a question about a solution: its text, each character in six signs, and a little more."""
Owner = Callable[[Request], str]


def question_routes(owner: Owner, desk: AskingDesk | None = None) -> list[BaseRoute]:
    """What answers under `verify/`: `begin` says what may be asked, the others answer.

    Args:
        owner: Says whose a request is.
        desk: Takes the questions; one of its own unless another is given.
    """
    asked = _Questions(owner, desk or AskingDesk())
    return [
        Route("/verify/begin", asked.begin),
        Route("/verify/solution", asked.solution, methods=["POST"]),
        Route("/verify/tree", asked.example, methods=["POST"]),
        # The last part of this name is what the bound on uploads goes by.
        Route("/verify/tree/upload", asked.upload, methods=["POST"]),
    ]


class _Questions:
    def __init__(self, owner: Owner, desk: AskingDesk) -> None:
        self._owner, self._desk = owner, desk

    def begin(self, request: Request) -> Response:
        return _values(
            {"judges": judges(), "solutions": example_solutions(), "trees": example_trees()}
        )

    async def solution(self, request: Request) -> Response:
        async def read() -> Answer:
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise ValueError("This is too long to be scored here. Shorten it.")
            try:
                values = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise ValueError("This is no JSON.") from error
            problem, steps = read_solution(values)
            return about_solution(problem, steps, read_judges(values.get("judges")))

        return await self._answered(request, read)

    async def example(self, request: Request) -> Response:
        async def read() -> Answer:
            (name,) = read_judges([request.query_params.get("judge", "")])
            return about_tree(example_trace(request.query_params.get("example", "")), name)

        return await self._answered(request, read)

    async def upload(self, request: Request) -> Response:
        with tempfile.TemporaryDirectory(prefix="espalier-tree-") as folder:

            async def read() -> Answer:
                suffix = read_suffix(request.query_params.get("name", ""), SUFFIXES)
                path = Path(folder) / f"tree{suffix}"
                (name,) = read_judges([request.query_params.get("judge", "")])
                with path.open("wb") as file:
                    async for chunk in request.stream():
                        await asyncio.to_thread(file.write, chunk)
                return about_tree(path, name)

            return await self._answered(request, read)

    async def _answered(self, request: Request, read: Callable[[], Awaitable[Answer]]) -> Response:
        if ASKED_HERE not in request.headers:
            return _refused("This is asked for from the page of Verify alone.", 403)
        try:
            work = await read()
            answer = partial(_json, work)
            text = await self._desk.answer(self._owner(request), request.is_disconnected, answer)
        except TurnsBusyError as busy:
            return _refused(str(busy), 429)
        except GaveUpError as stop:
            return _refused(str(stop), 503)
        except ValueError as mistake:
            return _refused(str(mistake)[:600])
        return Response(text, media_type="application/json", headers=_HEADERS)


def _json(work: Answer, cancelled: Callable[[], bool]) -> bytes:
    """The answer, written out in the thread that worked: a large one takes a moment."""
    return json.dumps(work(cancelled), ensure_ascii=False, allow_nan=False).encode()


def _values(values: Any) -> Response:
    return JSONResponse(values, headers=_HEADERS)


def _refused(why: str, status: int = 400) -> Response:
    return JSONResponse({"why": why}, status, headers=_HEADERS)
