"""Runs whose file cannot be written go on in memory and say so; a failed start leaves nothing."""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.explorer.following import follow, puller, whole_run
from search_core.log.events import Finished
from search_core.log.traces import read_trace
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Solver
from search_core.run.recipe import Recipe
from search_core.serving import AdmissionLimits, HostedRun, RunRegistry, trace_writer
from search_core.strategies import STRATEGIES
from tests.fakes import World
from tests.test_following import fake_events, followed, in_a_loop, unpacked
from tests.waiting import PATIENCE, wait_until

WORLD = World(ends=0.4)


@pytest.fixture
def pair() -> ModelPair:
    return ModelPair.of(WORLD.solver(), WORLD.verifier())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    registry = RunRegistry(tmp_path / "runs", limits=AdmissionLimits(2, 1), idle_seconds=PATIENCE)
    yield registry
    registry.close()


def recipe(seed: int = 0) -> Recipe:
    strategy = STRATEGIES["beam_search"]
    return Recipe(Problem("?", answer="1"), strategy, strategy.options(n=8), seed=seed)


def finished(run: HostedRun) -> str:
    assert run.wait(PATIENCE)
    assert not run.live
    last = run.events()[-1]
    assert isinstance(last, Finished)
    return last.status


class Broken(io.FileIO):
    """Takes so many writes, then none; and closing it fails too."""

    writes = 4
    error = errno.ENOSPC

    def write(self, data: Any, /) -> int:
        if not Broken.writes:
            raise OSError(Broken.error, os.strerror(Broken.error))
        Broken.writes -= 1
        return super().write(data)

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open:
            raise OSError(Broken.error, os.strerror(Broken.error))


@pytest.mark.parametrize("writes", [0, 1, 4, 10**9])
def test_a_run_on_a_full_disk_ends_as_it_should_and_says_that_it_is_not_kept(
    registry: RunRegistry,
    pair: ModelPair,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    writes: int,
) -> None:
    monkeypatch.setattr(Broken, "writes", writes)
    monkeypatch.setattr(trace_writer.io, "FileIO", Broken)
    run = registry.start(recipe(), pair)
    assert finished(run) == "completed"
    assert run.error == ""
    assert run.not_kept == "the disk is full"
    assert [event.seq for event in run.since(0)] == list(range(run.head))
    assert list((tmp_path / "runs").iterdir()) == []
    monkeypatch.undo()
    other = registry.start(recipe(), pair)
    assert finished(other) == "completed"
    assert other.not_kept == ""
    assert read_trace(tmp_path / "runs" / f"{other.id}.jsonl").events == tuple(other.events())


def test_an_opened_trace_is_shown_though_it_cannot_be_kept(
    registry: RunRegistry, pair: ModelPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = registry.start(recipe(), pair)
    assert finished(run) == "completed"
    monkeypatch.setattr(Broken, "writes", 0)
    monkeypatch.setattr(Broken, "error", errno.EROFS)
    monkeypatch.setattr(trace_writer.io, "FileIO", Broken)
    opened = registry.add_opened(run.events())
    assert opened.events() == run.events()
    assert opened.not_kept == "the folder may not be written to"
    assert whole_run(opened)["not_kept"] == opened.not_kept


def test_the_page_is_told_while_the_run_goes_on_and_when_it_pulls(
    registry: RunRegistry, pair: ModelPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Broken, "writes", 4)
    monkeypatch.setattr(trace_writer.io, "FileIO", Broken)
    run = registry.start(recipe(), pair)
    assert finished(run) == "completed"
    batches = followed(run)
    assert len(unpacked(batches)) == run.head
    assert batches[-1]["not_kept"] == "the disk is full"
    assert puller(registry)({"run": run.id, "since": 0})["not_kept"] == "the disk is full"


def test_a_run_that_is_lost_at_its_very_end_is_told_too() -> None:
    """The file could not be closed: all events were sent by then."""
    run = HostedRun("lost-at-the-end")
    for event in fake_events():
        run.add(event)

    async def collect() -> list[dict[str, Any]]:
        told = []
        async for batch in follow(run):
            told.append(batch)
            if len(told) == 1:
                run.lose("the disk is full")
                run.close()
        return told

    told = in_a_loop(collect())
    assert "not_kept" not in told[0]
    assert (told[-1]["ev"], told[-1]["not_kept"]) == ("", "the disk is full")


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class BrokenPair(ModelPair):
    """Models that cannot be loaded."""

    @property
    def solver(self) -> Solver:
        raise OSError("no such folder: nowhere")


def test_forty_failing_starts_release_everything(
    registry: RunRegistry, pair: ModelPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finished(registry.start(recipe(), pair)) == "completed"
    descriptors, threads = open_files(), threading.active_count()

    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for seed in range(40):
            refused = registry.start(recipe(seed), pair, page=f"page {seed % 7}")
            assert not refused.live
            assert "cannot start another search" in refused.error
        assert all(registry.live_run_of(f"page {number}") is None for number in range(7))
    for seed in range(40):
        run = registry.start(recipe(seed), BrokenPair("", ""), page="page")
        assert run.wait(PATIENCE)
        assert run.error
        assert not run.live
    assert open_files() <= descriptors
    # A thread that loaded models may be about to end.
    wait_until(lambda: threading.active_count() <= threads, "The end of all other threads")
    assert finished(registry.start(recipe(), pair)) == "completed"
    assert len(list((tmp_path / "runs").glob("*.jsonl"))) == 2


def test_a_folder_that_went_away_costs_nobody_a_run(
    registry: RunRegistry, pair: ModelPair, tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    folder.rmdir()
    folder.write_text("a file")
    runs = []
    for seed in range(40):
        runs.append(registry.start(recipe(seed), pair))
        assert finished(runs[-1]) == "completed"
        assert runs[-1].not_kept == "its file or folder was removed or replaced"
    folder.unlink()
    last = registry.start(recipe(), pair)
    assert finished(last) == "completed"
    assert last.not_kept == ""
    assert (folder / f"{last.id}.jsonl").is_file()


def test_a_page_may_name_its_run_and_no_run_starts_twice(
    registry: RunRegistry, pair: ModelPair
) -> None:
    name = "chosen-by-the-page-123"
    run = registry.start(recipe(), pair, run_id=name)
    assert run.id == name
    assert registry.start(recipe(1), pair, run_id=name) is run
    assert finished(run) == "completed"
    for strange in ("short", "../../etc/passwd-------", "x" * 23, "recorded-countdown"):
        other = registry.start(recipe(), pair, run_id=strange)
        assert other.id != strange
        assert finished(other) == "completed"
