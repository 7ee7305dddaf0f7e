"""Dear requests in turn: few at a time, fair between visitors, and nobody waits in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from components.bounds import FairTurns, TurnsBusyError


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
