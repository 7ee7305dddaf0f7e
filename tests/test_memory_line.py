"""The line that says what models hold is told seldom where many watch, and at the end to each."""

from __future__ import annotations

import asyncio
import itertools
from types import SimpleNamespace

import pytest

from components.handlers import MemoryHandlers, memory
from components.handlers.memory import LINES_PER_SECOND
from search_core.models import NOT_LOADED

SECONDS = 60


def told(monkeypatch: pytest.MonkeyPatch, others: int) -> list[str]:
    """What one page is told in a minute in which the line changes at every look, and at its end."""
    seconds, lines = itertools.count(1), itertools.count(1)
    now = [0.0]

    def live(page: str) -> object:
        now[0] = float(next(seconds))
        return None if now[0] > SECONDS else page

    handlers = MemoryHandlers(None, SimpleNamespace(live_run_of=live))  # type: ignore[arg-type]
    monkeypatch.setattr(memory, "_SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(handlers, "models_memory", lambda *_: f"line {next(lines)}")
    handlers._watching = others

    async def watch() -> list[str]:
        request = SimpleNamespace(session_hash="here")
        return [line async for line in handlers.watch_memory(request, "greedy")]  # type: ignore[arg-type]

    found = asyncio.run(watch())
    assert handlers._watching == others
    return found


def test_one_alone_is_told_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(told(monkeypatch, others=0)) == SECONDS + 1


def test_many_are_told_seldom_and_all_of_them_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = 32
    lines = told(monkeypatch, others=watching - 1)
    assert len(lines) <= SECONDS * LINES_PER_SECOND / watching + 2
    assert lines[-1] == f"line {len(lines)}"


def test_who_waits_for_models_is_told_of_those_that_are_chosen_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Run starts no second watcher, and one that waits says nothing of what is chosen no more."""
    handlers = MemoryHandlers(None, SimpleNamespace(live_run_of=lambda _: None))  # type: ignore[arg-type]
    there: set[str | None] = set()
    monkeypatch.setattr(memory, "_SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(
        handlers,
        "models_memory",
        lambda strategy, pair: f"{pair}: {'here' if pair in there else NOT_LOADED}",
    )
    request = SimpleNamespace(session_hash="here")

    async def watch() -> list[str]:
        watcher = handlers.watch_memory(request, "greedy", "missing")  # type: ignore[arg-type]
        lines = [await anext(watcher)]
        assert handlers.follow("another page", "greedy", "other") == f"other: {NOT_LOADED}"
        assert handlers.follow("here", "greedy", "big") == f"big: {NOT_LOADED}"
        there.add("big")
        return [*lines, *[line async for line in watcher]]

    assert asyncio.run(watch()) == [f"missing: {NOT_LOADED}", "big: here"]
    assert handlers.follow("here", "greedy", "missing") == f"missing: {NOT_LOADED}"
    assert handlers._chosen == {}
