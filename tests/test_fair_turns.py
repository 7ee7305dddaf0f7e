"""Dear requests in turn: few at a time, fair between visitors, and nobody waits in a thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Coroutine
from typing import Any

import gradio as gr
import pytest
from gradio.helpers import special_args

from components.bounds import FairTurns, TurnsBusyError
from components.handlers import ProblemFileHandlers
from components.handlers.attaching import in_turn
from tests.waiting import PATIENCE


class Asking:
    """Visitors who ask, each as a task that holds its turn until it is let go."""

    def __init__(self, turns: FairTurns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def ask(self, owner: str) -> None:
        async with self.turns.turn(owner):
            self.begun.append(owner)
            await self.go.wait()

    async def all_ask(self, owners: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.ask(owner)) for owner in owners]
        for _ in range(3):
            await asyncio.sleep(0)
        return tasks


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_so_many_at_once_and_the_others_fairly() -> None:
    async def work() -> None:
        asking = Asking(FairTurns(at_once=2))
        tasks = await asking.all_ask("aaaabc")
        assert asking.begun == ["a", "a"]
        asking.go.set()
        await asyncio.gather(*tasks)
        # Whoever asked for four has had two: the others come before the rest of theirs.
        assert "".join(asking.begun) in ("aabcaa", "aabaca", "aababca")

    run(work())


def test_a_flood_makes_room_for_a_newcomer() -> None:
    async def work() -> None:
        asking = Asking(FairTurns(waiting=2))
        flood = await asking.all_ask("aaaa")
        with pytest.raises(TurnsBusyError, match="Try again"):
            await flood[3]  # the line was full of its own
        newcomer = (await asking.all_ask("b"))[0]
        with pytest.raises(TurnsBusyError):
            await flood[2]
        asking.go.set()
        await asyncio.gather(flood[0], flood[1], newcomer)
        assert sorted(asking.begun) == ["a", "a", "b"]

    run(work())


def test_who_is_cancelled_gives_the_turn_on_whether_it_had_it_or_waited() -> None:
    async def work() -> None:
        asking = Asking(FairTurns())
        first, second, third = await asking.all_ask("abc")
        second.cancel()
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        asking.go.set()
        await third
        assert asking.begun == ["a", "c"]

    run(work())


def test_what_fails_gives_the_turn_on() -> None:
    async def work() -> None:
        turns = FairTurns()
        with pytest.raises(ZeroDivisionError):
            async with turns.turn("a"):
                raise ZeroDivisionError
        async with asyncio.timeout(60), turns.turn("a"):
            pass

    run(work())


# Handlers of the page --------------------------------------------------------------------------


def asked_by(host: str) -> gr.Request:
    return gr.Request(client={"host": host, "port": 1}, headers={})


def test_a_flood_of_files_holds_nobody_else_up() -> None:
    async def work() -> None:
        opened: list[str] = []
        first, go = threading.Event(), threading.Event()

        def handler(name: str, request: gr.Request) -> tuple[str]:
            first.set()
            assert go.wait(PATIENCE)
            opened.append(name)
            return (name,)

        reads = in_turn(FairTurns(), 0, handler, lambda why: (why,))
        flood = [asyncio.create_task(reads(f"a{n}", asked_by("1.1.1.1"))) for n in range(5)]
        await asyncio.to_thread(first.wait, PATIENCE)
        other = asyncio.create_task(reads("b", asked_by("2.2.2.2")))
        await asyncio.sleep(0)
        go.set()
        assert await other == ("b",)
        await asyncio.gather(*flood)
        assert opened.index("b") <= 2

    run(work())


def test_a_file_too_many_is_refused_in_a_sentence() -> None:
    async def work() -> None:
        reads = in_turn(FairTurns(waiting=0), 0, lambda request: ("read",), lambda why: (why,))
        first = asyncio.create_task(reads(asked_by("1.1.1.1")))
        await asyncio.sleep(0)
        assert "Try again in a moment" in (await reads(asked_by("1.1.1.1")))[0]
        assert await first == ("read",)

    run(work())


def test_gradio_sees_through_to_the_handler() -> None:
    async_handler = in_turn(FairTurns(), 0, ProblemFileHandlers().open, lambda why: (why,))
    given, *_ = special_args(async_handler, ["a path"], asked_by("1.1.1.1"))
    assert [type(value).__name__ for value in given] == ["str", "Request"]
    assert inspect.iscoroutinefunction(async_handler)
