"""How soon a class follows: `python -m tests.soak.classroom`.

The real app, a teacher who moves, and so many raw clients that follow. One of them takes nothing
in for a while, and one means no good: it forges tokens, tries codes, sends large bodies and
thousands of choices as fast as it is answered. Everything stays on this machine, and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from search_core.bench.served_app import served_app

OURS = {"X-Espalier": "class"}
TOKEN = "X-Espalier-Class"
RUN = "recorded-countdown-beam-search"
AIM_SECONDS = 0.5
_FIRST = 1000
"""The first move's cursor: no message before it names one as large."""


@dataclass
class Heard:
    """What one client was told: when each cursor came, and how many messages there were."""

    at: dict[int, float] = field(default_factory=dict)
    messages: int = 0
    largest: int = 0
    last: dict[str, Any] = field(default_factory=dict)

    def take(self, line: bytes) -> None:
        if line.startswith(b"data: "):
            self.messages += 1
            self.largest = max(self.largest, len(line))
            self.last = json.loads(line[6:])
            self.at.setdefault(int(self.last.get("cursor", -1)), time.perf_counter())


class ClassPage:
    """A page's requests, from one connection of its own."""

    def __init__(self, url: str, code: str = "", token: str = "") -> None:
        self.url, self.code, self.token = url, code, token
        self.client = httpx.AsyncClient(timeout=30)

    async def post(self, path: str, values: Any = None, **more: Any) -> httpx.Response:
        headers = {**OURS, TOKEN: self.token}
        body = more or {"json": values or {}}
        return await self.client.post(f"{self.url}/class/{path}", headers=headers, **body)

    async def act(self, name: str, values: Any = None) -> httpx.Response:
        return await self.post(f"{self.code}/{name}", values)


async def follow(url: str, code: str, heard: Heard, ready: asyncio.Event, slow: float = 0) -> None:
    """Join and hear until the end; `slow`: take nothing in for so many seconds first."""
    page = ClassPage(url, code)
    page.token = (await page.act("join")).json()["token"]
    await page.client.aclose()
    place = urlsplit(url)
    raw = socket.socket()
    if slow:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (place.hostname or "", place.port or 80))
    reader, writer = await asyncio.open_connection(sock=raw)
    lines = [
        f"GET {place.path}/class/{code}/events HTTP/1.1",
        f"Host: {place.netloc}",
        "X-Espalier: class",
        f"{TOKEN}: {page.token}",
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    heard.take(await reader.readuntil(b"}\n\n"))
    ready.set()
    await asyncio.sleep(slow)
    while not heard.last.get("over"):
        line = await reader.readline()
        if not line:
            break
        heard.take(line)
    writer.close()


async def harm(url: str, code: str, answers: dict[int, int]) -> None:
    """Ask for what is not allowed, without a pause, until cancelled."""
    page = ClassPage(url, code)
    page.token = (await page.act("join")).json()["token"]
    move = {"run": RUN, "cursor": 1, "node": ""}
    acts: list[tuple[str, dict[str, Any]]] = [
        (f"{code}/move", {"json": move}),
        (f"{code}/end", {"json": {}}),
        (f"{code}/choose", {"json": {"question": 1, "choice": 0}}),
        (f"{code}/choose", {"json": {"question": 1, "choice": 99}}),
        (f"{code}/move", {"content": b"x" * 1_000_000}),
        ("ACDEFG/join", {"json": {}}),
    ]
    while True:
        for path, more in acts:
            with suppress(httpx.HTTPError):
                reply = await page.post(path, **more)
                answers[reply.status_code] = answers.get(reply.status_code, 0) + 1


async def measure(url: str, pupils: int, moves: int, between: float) -> list[str]:
    """What is wrong; what was measured is printed."""
    teacher = ClassPage(url)
    told = (await teacher.post("open", {"run": RUN, "cursor": 0})).json()
    teacher.code, teacher.token = told["code"], told["token"]
    heard = [Heard() for _ in range(pupils)]
    ready = [asyncio.Event() for _ in heard]
    slow_for = moves * between / 2
    tasks = [
        asyncio.create_task(follow(url, teacher.code, one, there, slow_for if number == 0 else 0))
        for number, (one, there) in enumerate(zip(heard, ready, strict=True))
    ]
    await asyncio.gather(*(there.wait() for there in ready))
    answers: dict[int, int] = {}
    hostile = asyncio.create_task(harm(url, teacher.code, answers))
    sent: dict[int, float] = {}
    load = os.getloadavg()[0]
    for cursor in range(_FIRST, _FIRST + moves):
        sent[cursor] = time.perf_counter()
        reply = await teacher.act("move", {"run": RUN, "cursor": cursor})
        reply.raise_for_status()
        await asyncio.sleep(max(0.0, between - (time.perf_counter() - sent[cursor])))
    hostile.cancel()
    (await teacher.act("end")).raise_for_status()
    await asyncio.wait(tasks, timeout=60)
    quick = heard[1:]
    late = [one.at[c] - sent[c] for one in quick for c in sent if c in one.at]
    missed = sum(c not in one.at for one in quick for c in sent)
    worst = max(late)
    print(f"{pupils} follow, 1 of them slow, beside 1 hostile; load {load:.1f} at the beginning")
    print(
        f"{len(late)} moves heard, {missed} passed over for newer ones; "
        f"median {1000 * statistics.median(late):.0f} ms, "
        f"99 of 100 within {1000 * statistics.quantiles(late, n=100)[-1]:.0f} ms, "
        f"worst {1000 * worst:.0f} ms; a message has at most {max(o.largest for o in quick)} bytes"
    )
    latest = {c: max(one.at.get(c, 0.0) for one in quick) - sent[c] for c in sent}
    slowest = sorted(latest, key=lambda c: -latest[c])[:5]
    print("the slowest moves:", {c - _FIRST: round(latest[c], 2) for c in slowest})
    print(f"the slow one heard {heard[0].messages} messages, the last: {heard[0].last}")
    print(f"the hostile one was answered {dict(sorted(answers.items()))}")
    wrong = [f"a page followed only after {worst:.2f} s"] * (worst > AIM_SECONDS)
    wrong += ["the hostile one moved the cursor"] * any(1 in one.at for one in heard)
    wrong += ["somebody was not told of the end"] * any(not one.last.get("over") for one in heard)
    return wrong + ["a harmful act was done"] * bool(set(answers) & {200})


def wait_for_rest(pid: int) -> None:
    """The app has loaded its models, which takes it some seconds after it opened."""
    quiet, before = 0, -1
    while quiet < 3:
        used = sum(
            map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])
        )
        quiet, before = (quiet + 1 if used - before < 10 else 0), used
        time.sleep(1)


def main() -> int:
    """0 if all followed in time and nobody did harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.classroom", description=__doc__)
    parser.add_argument("--pupils", type=int, default=40)
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--between", type=float, default=0.2, help="seconds between two moves")
    chosen = parser.parse_args()
    with served_app("--trust-proxies", "0") as app:
        wait_for_rest(app.pid)
        wrong = asyncio.run(measure(app.url, chosen.pupils, chosen.moves, chosen.between))
        wrong += ["the server's log has a traceback"] * ("Traceback" in "".join(app.said))
    for line in wrong:
        print("WRONG:", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
