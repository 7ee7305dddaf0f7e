"""From a hosted run to the page: every event arrives, in batches that say where they stand."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from components.explorer import following
from components.explorer.following import follow, puller, whole_run
from search_core.log.events import event_to_dict
from search_core.problem import Problem
from search_core.search import search
from search_core.serving import HostedRun, RunRegistry, values_of_batch
from search_core.serving.writing import MOST_TOLD
from tests.fakes import World


def fake_events(n: int = 8) -> list[Any]:
    world = World(ends=0.3)
    result = search(Problem("?", answer="1"), n=n, solver=world.solver(), verifier=world.verifier())
    return result.events


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a loop of its own thread: in this one another test's Playwright may be at home."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def followed(run: HostedRun) -> list[dict[str, Any]]:
    async def collect() -> list[dict[str, Any]]:
        return [batch async for batch in follow(run)]

    return list(in_a_loop(collect()))


def unpacked(batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    events = []
    for batch in batches:
        sent = values_of_batch(batch["ev"])
        assert sent[0]["seq"] == len(events)
        events += sent
        assert batch["head"] == len(events)
    return events


def test_every_event_arrives_once_and_in_order() -> None:
    events = fake_events(64)
    assert len(events) > 100
    run = HostedRun.finished("finished-run", events)
    assert unpacked(followed(run)) == [event_to_dict(event) for event in events]


class Clock:
    """Time that passes only while `follow` sleeps; what is planned happens when its time comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.planned: list[tuple[float, Callable[[], None]]] = []
        monkeypatch.setattr(following, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(following, "asyncio", SimpleNamespace(sleep=self.sleep))

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Plan an act; later ones are planned later."""
        self.planned.append((seconds, act))

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        while self.planned and self.planned[0][0] <= self.now:
            self.planned.pop(0)[1]()


def test_events_that_come_while_following_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    events, run, clock = fake_events(), HostedRun("live-run"), Clock(monkeypatch)
    for number, event in enumerate(events):
        clock.at(0.02 * number, partial(run.add, event))
    clock.at(0.02 * len(events), run.close)
    batches = followed(run)
    assert len(batches) > 1
    assert unpacked(batches) == [event_to_dict(event) for event in events]


def test_a_run_that_failed_before_its_first_event_sends_nothing() -> None:
    run = HostedRun("broken-run")
    run.fail("the model is missing")
    run.close()
    assert followed(run) == []


def test_pulling_fills_any_gap(tmp_path: Any) -> None:
    registry = RunRegistry(tmp_path)
    events = fake_events()
    run = registry.pin("recorded-run", events)
    pull = puller(registry)
    reply = pull({"run": run.id, "since": 5})
    assert reply["events"] == [event_to_dict(event) for event in events[5:]]
    assert (reply["head"], reply["live"], reply["gone"]) == (len(events), False, False)
    assert [row["name"] for row in reply["comparison"]["rows"]]
    assert whole_run(run)["head"] == len(events)


def test_strange_queries_give_nothing(tmp_path: Any) -> None:
    pull = puller(RunRegistry(tmp_path))
    for query in (None, [], "x", {"run": 1}, {"run": "../../x"}, {"run": "x", "since": -1}):
        assert pull(query) == {"events": [], "head": 0, "live": False, "gone": True}


def test_what_is_being_written_is_told_between_events_and_only_when_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events, run, clock = fake_events(), HostedRun("live-run"), Clock(monkeypatch)

    def begin() -> None:
        run.add(events[0])
        run.writing.begin(["0", "1"], "step")

    def end() -> None:
        run.writing.begin([], "step")
        run.close()

    run.writing.begin(["never"], "step")  # before the first event nothing is sent
    clock.at(0.15, begin)
    clock.at(0.45, lambda: run.writing.written(1, 5))
    clock.at(1.05, end)
    batches = followed(run)
    assert batches[0]["ev"]
    told = [json.loads(batch["writing"])["tokens"] for batch in batches if "writing" in batch]
    assert [["0", 0], ["1", 5]] in told
    assert "never" not in str(told)
    assert all(first != second for first, second in itertools.pairwise(told))
    assert all("writing" in batch for batch in batches if not batch["ev"])


def test_a_pull_says_what_is_being_written_while_the_run_is_live(tmp_path: Any) -> None:
    registry = RunRegistry(tmp_path)
    run = HostedRun("live-run")
    registry._pinned[run.id] = run
    run.writing.begin(["0.1"], "rollout")
    run.writing.written(0, 7)
    pull = puller(registry)
    reply = pull({"run": run.id, "since": 0})
    assert json.loads(reply["writing"]) == {"role": "rollout", "tokens": [["0.1", 7]]}
    run.close()


def test_a_very_wide_call_is_told_in_part_and_strange_places_are_ignored() -> None:
    run = HostedRun("live-run")
    run.writing.begin([str(index) for index in range(5000)], "step")
    for place in (-1, 4999, 10**9):
        run.writing.written(place, 3)
    now = run.writing.now()
    assert len(now.ids) == len(now.tokens) == MOST_TOLD
    assert set(now.tokens) == {0}
