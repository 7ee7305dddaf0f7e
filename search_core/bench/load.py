"""Many visitors at once, each of whom presses Run on the app as `python app.py` starts it."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from search_core.bench.measurement import Measurement
from search_core.bench.served_app import ROOT, ServedApp, served_app
from search_core.bench.visitor import PageForm, Visit, Visitor
from search_core.evaluation.problems import draw_problems

VISITORS = (1, 8, 32, 100)
FIRST_NODE_AIM, DONE_AIM = 4.0, 12.0
"""Seconds until the slowest of `AIMED_AT` visitors has a node, and until all are done."""
AIMED_AT = 32
_BY_ADDRESS = ("--trust-proxies", "1")
"""Each visitor says an address of its own; unbelieved, they would be one visitor with many runs, of
which a quarter waits."""
_OPENED_AT_ONCE = 8
_LONGEST = 900.0
"""Seconds until a visitor that hears nothing more counts as one that was not answered."""


def load_measurements(
    visitors: Sequence[int] = VISITORS, options: Sequence[str] = (), root: Path = ROOT
) -> list[Measurement]:
    """Seconds to the first node and to the end, and what each visitor cost the server.

    Args:
        visitors: How many press Run at the same moment, one group after another.
        options: Of the app's command.
        root: The checkout whose app is measured.

    Raises:
        RuntimeError: The app does not start.
        httpx.HTTPError: It does not answer.
    """
    with served_app(*_BY_ADDRESS, *options, root=root) as app:
        asyncio.run(_press(app, 2, 0))  # the models are loaded by now
        found = []
        for number, count in enumerate(visitors, start=1):
            visits, spent = asyncio.run(_press(app, count, number))
            found += measurements_of(visits, spent)
        return found


def measurements_of(visits: Sequence[Visit], processor_seconds: float) -> list[Measurement]:
    """The figures of one group.

    Args:
        processor_seconds: What the server computed meanwhile.
    """
    count = len(visits)
    seconds = max((visit.done for visit in visits if visit.done is not None), default=math.inf)
    group = "one visitor" if count == 1 else f"{count} visitors at once"
    aims = (FIRST_NODE_AIM, DONE_AIM) if count == AIMED_AT else (None, None)
    first = [visit.first_node for visit in visits if visit.first_node is not None]
    done = [v.done for v in visits if v.done is not None and not v.refused]
    silent = sum(visit.done is None for visit in visits)
    figures = [
        ("Run to first node", "s", first, None),
        ("slowest first node", "s", [max(first)] if first else [], aims[0]),
        ("Run to the end", "s", done, None),
        ("all done", "s", [seconds] if done else [], aims[1]),
        ("processor time each", "s", [processor_seconds / count], None),
        ("processors in use", "", [processor_seconds / seconds], None),
        ("refused, and told why", "", [float(sum(visit.refused for visit in visits))], None),
        ("not answered", "", [float(silent)], None),
    ]
    return [
        Measurement(name, unit, values, aim, group=group)
        for name, unit, values, aim in figures
        if values
    ]


async def _press(app: ServedApp, count: int, turn: int) -> tuple[list[Visit], float]:
    """All visitors press Run at once, on open pages, each with a problem and an address of their
    own; what came of it, and the processor time that it cost the server."""
    from search_core.embedded import FAMILIES

    each = -(-count // len(FAMILIES))
    problems = draw_problems(list(FAMILIES), None, each, turn, "test")[:count]
    # Each request has a connection of its own: of one that is kept, the server may hang up at the
    # very moment when it is used again. A browser then asks again, and tells nobody.
    many = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=_LONGEST, limits=many) as client:
        reply = await client.get(f"{app.url}/config")
        reply.raise_for_status()
        form = PageForm.of(reply.json())
        visitors = [Visitor(client, app.url, form, _address(turn, n)) for n in range(count)]
        few = asyncio.Semaphore(_OPENED_AT_ONCE)
        await asyncio.gather(*(_open(visitor, few) for visitor in visitors))
        before = app.processor_seconds()
        pressed = [
            _visit(visitor, problem.text, place)
            for place, (visitor, problem) in enumerate(zip(visitors, problems, strict=True))
        ]
        visits = list(await asyncio.gather(*pressed))
        return visits, app.processor_seconds() - before


async def _open(visitor: Visitor, few: asyncio.Semaphore) -> None:
    async with few:
        async for _ in visitor.open_page():
            pass


async def _visit(visitor: Visitor, problem: str, seed: int) -> Visit:
    try:
        return await visitor.press_run({"problem": problem, "seed": seed})
    except httpx.HTTPError as error:
        print(f"A visitor was not answered: {error!r:.300}", file=sys.stderr)
        return Visit()


def _address(turn: int, place: int) -> str:
    """Of the addresses that are kept for examples and tests (RFC 2544)."""
    return f"198.{18 + turn % 2}.{place // 250}.{1 + place % 250}"
