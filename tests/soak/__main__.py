"""The command of the soak."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import httpx

from search_core.bench.served_app import ServedApp, served_app
from search_core.bench.synthetic import large_log
from search_core.bench.visitor import PageForm
from search_core.embedded import FAMILIES
from search_core.evaluation.problems import draw_problems
from search_core.log.events import event_to_json
from search_core.serving.kept_runs import opened_file, run_file
from tests.soak.checking import losses, pulled
from tests.soak.measuring import Held, settled
from tests.soak.stranger import Seen, Stranger

TRACES = sorted((Path(__file__).parents[2] / "assets" / "traces").glob("*.jsonl"))
MOST_MEMORY_GROWN = 150.0
"""MB after all runs and files, over what it was after the first ten runs."""
FILE_BYTES = 16_000_000
"""As large as an upload may be, nearly."""
_QUIET = 15.0
"""Seconds after which a server that does nothing has given back what it has freed."""
_NODES = 49_000
"""With two events each, nearly as many as an upload may have."""


def main() -> int:
    """0 if nothing was lost and all was given back."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--visitors", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", action="store_true", help="many runs and large files instead")
    parser.add_argument("--runs", type=int, default=500, help="of --memory")
    parser.add_argument("--files", type=int, default=50, help="of --memory")
    chosen = parser.parse_args()
    with served_app("--trust-proxies", "1") as app:
        wrong = asyncio.run(memory(app, chosen) if chosen.memory else soak(app, chosen))
        wrong += tracebacks(app)
    for line in wrong:
        print("WRONG:", line)
    print("nothing was lost and all was given back" if not wrong else f"{len(wrong)} faults")
    return 1 if wrong else 0


async def soak(app: ServedApp, chosen: argparse.Namespace) -> list[str]:
    """Strangers for some minutes; what is wrong afterwards."""
    seen: dict[str, Seen] = {}
    done: dict[str, int] = {}
    async with _client() as client:
        form = await _form(client, app)
        people = [
            Stranger(
                client,
                app.url,
                form,
                f"198.18.0.{n}",
                random.Random((chosen.seed, n).__repr__()),
                seen,
                done,
            )
            for n in range(1, chosen.visitors + 1)
        ]
        problems = [
            one.text for one in draw_problems(list(FAMILIES), None, 20, chosen.seed, "test")
        ]
        await asyncio.gather(*(person.run(problems[0], n=8) for person in people))
        await asyncio.sleep(3)
        before, until = Held.by(app), time.monotonic() + 60 * chosen.minutes
        print(f"before: {before}", flush=True)

        async def live(person: Stranger, chance: random.Random) -> None:
            while time.monotonic() < until:
                await person.act(chance.choice(problems), TRACES)
                await asyncio.sleep(chance.uniform(0, 1))

        await asyncio.gather(*(live(p, random.Random(n)) for n, p in enumerate(people)))
        print(f"done: {done}; {len(seen)} runs and files are known by name", flush=True)
        wrong = await _lost(client, app, form, seen)
    after = await settled(app, before)
    print(f"after: {after}", flush=True)
    return wrong + after.grown(before)


async def memory(app: ServedApp, chosen: argparse.Namespace) -> list[str]:
    """Many runs and large files; what has grown too much afterwards."""
    seen: dict[str, Seen] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with _client() as client:
            form = await _form(client, app)
            person = Stranger(client, app.url, form, "198.18.0.1", random.Random(0), seen, {})
            problems = [one.text for one in draw_problems(list(FAMILIES), None, 50, 0, "test")]
            for number in range(10):
                await person.run(problems[number], n=16)
            await asyncio.sleep(_QUIET)
            before = most = Held.by(app)
            print(f"after ten runs: {before}", flush=True)
            for number in range(10, chosen.runs):
                await person.run(problems[number % len(problems)], n=16)
                most = max(most, Held.by(app), key=lambda held: held.memory)
                if number % 100 == 99:
                    print(f"after {number + 1} runs: {Held.by(app)}", flush=True)
            large = _large_file(Path(folder))
            # Of several people: one alone may fill a third of the budget only.
            people = [
                Stranger(client, app.url, form, f"198.18.1.{n}", random.Random(n), seen, {})
                for n in range(8)
            ]
            for number in range(chosen.files):
                if await people[number % len(people)].upload(large) is None:
                    return [f"file {number} was not shown"]
                most = max(most, Held.by(app), key=lambda held: held.memory)
                if number % 10 == 9:
                    print(f"after {number + 1} files: {Held.by(app)}", flush=True)
        await asyncio.sleep(_QUIET)
        after = await settled(app, before)
        print(f"most: {most}\nat the end: {after}", flush=True)
        grown = after.memory - before.memory
        print(f"memory grew by {grown:.0f} MB; aim: at most {MOST_MEMORY_GROWN:.0f}")
        return after.grown(before) + [f"memory grew by {grown:.0f} MB"] * (
            grown > MOST_MEMORY_GROWN
        )


def tracebacks(app: ServedApp) -> list[str]:
    """Faults that the server wrote to its log."""
    log = "".join(app.said)
    return [f"the server's log:\n{log[-3000:]}"] * ("Traceback" in log)


async def _lost(
    client: httpx.AsyncClient, app: ServedApp, form: PageForm, seen: dict[str, Seen]
) -> list[str]:
    wrong = []
    for run, what in seen.items():
        events, live = await pulled(client, app.url, form, run)
        given_up = time.monotonic() + 180
        while live and time.monotonic() < given_up:
            await asyncio.sleep(0.5)
            events, live = await pulled(client, app.url, form, run)
        wrong += [f"{run}: it does not end"] * live
        wrong += losses(run, what, events, _file_of(app.runs, run, what))
    return wrong


def _file_of(folder: Path, run: str, seen: Seen) -> Path:
    return opened_file(folder, run) if seen.opened else run_file(folder, run)


def _large_file(folder: Path) -> Path:
    path, size = folder / "large.jsonl", 0
    with path.open("w", encoding="utf-8") as file:
        for event in large_log(_NODES):
            line = event_to_json(event) + "\n"
            size += len(line.encode())
            if size > FILE_BYTES:
                break
            file.write(line)
    print(f"a file of {path.stat().st_size / 1e6:.1f} MB", flush=True)
    return path


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=600, limits=httpx.Limits(max_connections=None))


async def _form(client: httpx.AsyncClient, app: ServedApp) -> PageForm:
    reply = await client.get(f"{app.url}/config")
    reply.raise_for_status()
    return PageForm.of(reply.json())


if __name__ == "__main__":
    sys.exit(main())
