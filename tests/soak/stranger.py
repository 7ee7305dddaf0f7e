"""A visitor who behaves as visitors do: looks on, leaves, comes back, stops, opens a file."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from search_core.bench.visitor import API, PageForm, Visitor
from search_core.serving import values_of_batch

EVENTS = '{"first":'


@dataclass
class Seen:
    """What the pages were sent of one run.

    Attributes:
        pushed: Events by their number, as they came.
        opened: Whether it is a file that somebody opened.
        contradictions: Events of which two pages were told different things.
    """

    pushed: dict[int, Any] = field(default_factory=dict)
    opened: bool = False
    contradictions: int = 0


class Stranger:
    """One person with one page after another.

    Args:
        seen: What became known of each run, by its id; shared by all.
        done: How often each thing was done; shared by all.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        form: PageForm,
        address: str,
        chance: random.Random,
        seen: dict[str, Seen],
        done: dict[str, int],
    ) -> None:
        self._client, self._url, self._form, self._address = client, url, form, address
        self._chance, self._seen, self._done = chance, seen, done

    async def act(self, problem: str, files: list[Path]) -> None:
        """Do one thing, whichever comes to mind."""
        name = self._chance.choice(["look_on", "look_on", "cut", "refresh", "stop", "upload"])
        self._done[name] = self._done.get(name, 0) + 1
        match name:
            case "upload":
                await self.upload(self._chance.choice(files))
            case "stop":
                await self.run(problem, leave_after=self._chance.randint(1, 12), stop=True)
            case "cut":
                await self.run(problem, leave_after=self._chance.randint(0, 12))
            case "refresh":
                run = await self.run(problem, leave_after=self._chance.randint(1, 8))
                if run:
                    await self._read(self._page().open_page({"run": run}), None)
            case _:
                await self.run(problem)

    async def run(
        self, problem: str, leave_after: int | None = None, *, stop: bool = False, n: int = 0
    ) -> str | None:
        """Press Run; the run's id, where the page was told it.

        Args:
            leave_after: Messages after which the connection is cut; None: look on to the end.
            stop: Whether Stop is pressed then, in place of leaving.
            n: Solutions; 0: any number.
        """
        page = self._page()
        filled = {
            "problem": problem,
            "seed": self._chance.randrange(10**6),
            "option-n": n or self._chance.choice([4, 8, 16, 32, 64]),
        }
        await page.cause("run", "click", filled)
        run = await self._read(page.messages(), leave_after, page if stop else None)
        if stop and run is None:
            self._done["stopped before its name was told"] = (
                self._done.get("stopped before its name was told", 0) + 1
            )
        return run

    async def upload(self, path: Path) -> str | None:
        """Open a trace file; the id of what is shown."""
        with path.open("rb") as file:
            reply = await self._client.post(
                f"{self._url}{API}/upload", files={"files": (path.name, file)}
            )
        reply.raise_for_status()
        data = {"path": reply.json()[0], "meta": {"_type": "gradio.FileData"}}
        page = self._page()
        await page.cause("open-trace", "upload", {"open-trace": data})
        return await self._read(page.messages(), None, opened=True)

    def _page(self) -> Visitor:
        return Visitor(self._client, self._url, self._form, self._address, secrets.token_hex(6))

    async def _read(
        self,
        messages: AsyncIterator[str],
        leave_after: int | None,
        stop: Visitor | None = None,
        *,
        opened: bool = False,
    ) -> str | None:
        run, count = None, 0
        async for line in messages:
            run = self._note(json.loads(line), run, opened=opened)
            count += 1
            if leave_after is not None and count >= leave_after:
                if stop is None:
                    break  # and the connection is cut
                await self._press_stop(stop)
                leave_after = None
        return run

    async def _press_stop(self, page: Visitor) -> None:
        [handler] = self._form.called["stop", "click"]
        body = {"data": [None], "fn_index": handler, "session_hash": page.session}
        reply = await self._client.post(f"{self._url}{API}/run/predict", json=body)
        reply.raise_for_status()

    def _note(self, message: dict[str, Any], run: str | None, *, opened: bool) -> str | None:
        for found in _values(message.get("output")):
            named = _run_in(found)
            if named and not named.startswith("recorded-"):
                run = named
                self._seen.setdefault(run, Seen()).opened |= opened
            elif isinstance(found, str) and found.startswith(EVENTS) and run:
                seen = self._seen[run]
                for event in values_of_batch(found):
                    if seen.pushed.setdefault(event["seq"], event) != event:
                        seen.contradictions += 1
        return run


def _values(value: Any) -> list[Any]:
    """Everything in a message, what is inside after what holds it."""
    found = [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        found += _values(one)
    return found


def _run_in(found: Any) -> str:
    """The run that a batch is of; of a stream's later messages there is only what changed."""
    if isinstance(found, dict) and {"run", "ev", "head"} <= found.keys():
        return str(found["run"])
    if isinstance(found, list) and len(found) == 3 and found[1] == ["run"]:
        return str(found[2])
    return ""
