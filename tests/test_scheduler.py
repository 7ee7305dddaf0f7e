"""Whose sequences join next: fair between runs, and first whoever has had nothing yet."""

from __future__ import annotations

from typing import Any, cast

from search_core.engine.writing.decode_call import DecodeCall, SequenceState
from search_core.engine.writing.requests import DecodeRequest
from search_core.engine.writing.scheduler import FIRST_SHARE, Scheduler
from search_core.protocols import Sampling, watch_of

MUCH = 10**12


def call(run: str, rows: int) -> list[SequenceState]:
    requests = [DecodeRequest((1, 2), seed, 5, run=run) for seed in range(rows)]
    return DecodeCall(requests, Sampling(), watch_of(lambda: False)).sequences


def runs(sequences: list[SequenceState]) -> str:
    return "".join(cast(Any, sequence).request.run for sequence in sequences)


def taken(scheduler: Scheduler, under_way: list[SequenceState]) -> list[SequenceState]:
    return scheduler.take(under_way, MUCH, 1, 1)


def test_a_first_call_comes_before_anybodys_second() -> None:
    scheduler = Scheduler(4)
    scheduler.add(call("a", 4))
    assert runs(taken(scheduler, [])) == "aaaa"
    scheduler.add(call("a", 4))
    scheduler.add(call("b", 6))
    assert runs(taken(scheduler, [])) == "bbbb"
    assert runs(taken(scheduler, [])) == "bbaa"


def test_after_that_the_run_with_the_fewest_comes_next() -> None:
    scheduler = Scheduler(8)
    for run in "ab":
        scheduler.add(call(run, 1))
    taken(scheduler, [])
    busy = call("a", 2)
    scheduler.add(call("a", 3))
    scheduler.add(call("b", 3))
    assert runs(taken(scheduler, busy))[:2] == "bb"


def test_a_giants_first_call_does_not_keep_the_others_away() -> None:
    scheduler = Scheduler(2 * FIRST_SHARE)
    scheduler.add(call("a", 1))
    taken(scheduler, [])
    scheduler.add(call("giant", 10 * FIRST_SHARE))
    scheduler.add(call("a", 5))
    assert sum(one.request.run == "a" for one in taken(scheduler, [])) == 5


def test_a_run_that_is_over_is_forgotten() -> None:
    scheduler = Scheduler(1)
    scheduler.add(call("a", 1))
    taken(scheduler, [])
    scheduler.forget("a")
    assert not scheduler._begun
