"""Runs in line: they cost nothing, know where they stand, can leave, and are told why they must."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_core.models import ModelPair
from search_core.serving import AdmissionLimits, BusyError, HostedRun, RunRegistry, Standing
from search_core.serving.admission import Admission
from search_core.serving.run_ids import new_run_id
from tests.test_runs import WORLD, Gate, recipe, status
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def gate() -> Gate:
    return Gate(WORLD.solver())


@pytest.fixture
def pair(gate: Gate) -> ModelPair:
    return ModelPair.of(gate, WORLD.verifier())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    registry = RunRegistry(tmp_path, limits=AdmissionLimits(1, 3), idle_seconds=PATIENCE)
    yield registry
    registry.close()


def test_what_waits_has_no_thread_and_no_file(
    registry: RunRegistry, pair: ModelPair, tmp_path: Path
) -> None:
    running = registry.start(recipe(), pair)
    wait_until(lambda: running.head)
    threads = threading.active_count()
    waiting = [registry.start(recipe(seed), pair) for seed in range(3)]
    assert threading.active_count() == threads
    assert [path.stem for path in tmp_path.glob("*.jsonl")] == [running.id]
    assert [run.head for run in waiting] == [0, 0, 0]
    assert all(registry.get(run.id) is run for run in waiting)


def test_each_knows_where_it_stands(registry: RunRegistry, pair: ModelPair, gate: Gate) -> None:
    runs = [registry.start(recipe(seed), pair) for seed in range(4)]
    assert [registry.standing(run) for run in runs] == [
        None,
        *(Standing(ahead, None) for ahead in range(3)),
    ]
    runs[1].stop()
    assert registry.standing(runs[3]) == Standing(1, None)
    gate.open.set()
    assert status(runs[3]) == "completed"
    assert [registry.standing(run) for run in runs] == [None] * 4


def test_stop_leaves_the_line_at_once(registry: RunRegistry, pair: ModelPair, gate: Gate) -> None:
    running, waiting = registry.start(recipe(), pair), registry.start(recipe(1), pair)
    waiting.stop()
    assert not waiting.live
    assert (waiting.head, waiting.error) == (0, "")
    assert running.live
    gate.open.set()
    assert status(running) == "completed"


def test_nobody_stands_behind_those_who_went_away(tmp_path: Path, pair: ModelPair) -> None:
    registry = RunRegistry(tmp_path, limits=AdmissionLimits(1, 3), idle_seconds=PATIENCE)
    registry.start(recipe(), pair)
    left = registry.start(recipe(1), pair)
    stays = registry.start(recipe(2), pair)
    left._idle_seconds = -1.0  # nobody has looked at it for so long
    assert registry.standing(stays) == Standing(0, None)
    assert not left.live
    registry.close()
    assert not stays.live


def test_a_visitor_with_many_gives_a_place_to_one_with_none(
    registry: RunRegistry, pair: ModelPair
) -> None:
    registry.start(recipe(), pair, owner="somebody")
    greedy = [registry.start(recipe(seed), pair, owner="greedy") for seed in range(3)]
    refused = new_run_id()
    with pytest.raises(BusyError, match=r"3 of them are from your address\. .*try again"):
        registry.start(recipe(), pair, owner="greedy", run_id=refused)
    assert registry.get(refused) is None
    modest = registry.start(recipe(9), pair, owner="modest")
    assert not greedy[2].live
    assert "gave its place to another visitor" in greedy[2].error
    assert registry.standing(modest) == Standing(1, None)


def test_a_page_of_a_made_up_name_is_still_the_same_visitors(
    registry: RunRegistry, pair: ModelPair
) -> None:
    """Each new name of a session is a page of its own, and all of them are one in the line."""
    for seed in range(4):
        registry.start(recipe(seed), pair, owner="greedy", page=f"made up {seed}")
    modest = registry.start(recipe(9), pair, owner="modest", page="honest")
    assert registry.standing(modest) == Standing(0, None)


def test_a_refusal_says_when_to_try_again() -> None:
    """Four runs of a minute each; then one runs, and nobody may wait."""
    seconds = iter(range(0, 1_000_000, 60))
    admission = Admission(AdmissionLimits(1, 0), lambda: float(next(seconds)))
    for number in range(4):
        run = HostedRun(f"run-number-{number}")
        admission.submit(run, "", run.close)
        assert run.wait(PATIENCE)
        wait_until(lambda: admission._line.running == 0)
    held = HostedRun("held")
    ended = threading.Event()
    admission.submit(held, "", lambda: (ended.wait(PATIENCE), held.close())[1])
    with pytest.raises(BusyError, match=r"busy with 1 search, .* try again in about a minute\."):
        admission.submit(HostedRun("late"), "", held.close)
    ended.set()
    admission.close()


def test_work_that_breaks_frees_its_place_and_ends_its_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    admission = Admission(AdmissionLimits(1, 1))

    def broken() -> None:
        raise OSError("the folder is gone")

    for number in range(3):
        run = HostedRun(f"run-number-{number}")
        admission.submit(run, "", broken)
        assert run.wait(PATIENCE)
        assert run.error
    assert "the folder is gone" in caplog.text
    admission.close()
