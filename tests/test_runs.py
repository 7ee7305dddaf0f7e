"""The run registry: runs outlive pages, stop on request, and come back from disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from search_core.log.events import Finished, Started
from search_core.log.traces import TraceError, read_trace
from search_core.log.tree import Tree
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Cancelled, SampleRequest, Sampling, Solver, StepSample, Verifier
from search_core.run.recipe import Recipe
from search_core.serving import AdmissionLimits, BusyError, HostedRun, RunRegistry
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, World
from tests.waiting import PATIENCE


@dataclass
class Gate:
    """A solver that waits at a gate before each call, so that tests decide what is when."""

    solver: FakeSolver
    open: threading.Event = field(default_factory=threading.Event)

    @property
    def info(self):  # type: ignore[no-untyped-def]
        return self.solver.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        while not self.open.wait(0.005):
            if cancelled():
                break
        return self.solver.sample(requests, sampling, cancelled)


class BrokenPair(ModelPair):
    """Models that cannot be loaded."""

    @property
    def solver(self) -> Solver:
        raise OSError("no such folder: nowhere")


WORLD = World(ends=0.4)


@pytest.fixture
def gate() -> Gate:
    return Gate(WORLD.solver())


@pytest.fixture
def pair(gate: Gate) -> ModelPair:
    return ModelPair.of(gate, WORLD.verifier())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    registry = RunRegistry(tmp_path, limits=AdmissionLimits(2, 1), idle_seconds=PATIENCE)
    yield registry
    registry.close()


def recipe(seed: int = 0) -> Recipe:
    strategy = STRATEGIES["beam_search"]
    return Recipe(Problem("?", answer="1"), strategy, strategy.options(n=8), seed=seed)


def status(run: HostedRun) -> str:
    assert run.wait(PATIENCE)
    last = run.events()[-1]
    assert isinstance(last, Finished)
    return last.status


def test_two_followers_see_the_same_log(registry: RunRegistry, pair: ModelPair, gate: Gate) -> None:
    run = registry.start(recipe(), pair)
    gate.open.set()
    assert status(run) == "completed"
    again = registry.get(run.id)
    assert again is run
    assert [event.seq for event in run.since(0)] == list(range(run.head))
    assert run.since(3, limit=2) == run.since(0)[3:5]


def test_stop_ends_a_run_and_keeps_its_log(
    registry: RunRegistry, pair: ModelPair, tmp_path: Path
) -> None:
    run = registry.start(recipe(), pair)
    run.stop()
    assert status(run) == "cancelled"
    assert read_trace(tmp_path / f"{run.id}.jsonl").tree == Tree.from_events(run.events())


def test_runs_compute_at_the_same_time(tmp_path: Path) -> None:
    """Each of eight runs waits, inside its solver, until all of them are there."""
    everyone = threading.Barrier(8, timeout=PATIENCE)

    @dataclass
    class Meeting:
        solver: FakeSolver
        met: bool = False

        @property
        def info(self):  # type: ignore[no-untyped-def]
            return self.solver.info

        def sample(
            self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
        ) -> list[StepSample]:
            if not self.met:
                everyone.wait()
            self.met = True
            return self.solver.sample(requests, sampling, cancelled)

    registry = RunRegistry(tmp_path)
    pairs = [ModelPair.of(Meeting(WORLD.solver()), WORLD.verifier()) for _ in range(8)]
    runs = [registry.start(recipe(seed), pair) for seed, pair in enumerate(pairs)]
    assert [status(run) for run in runs] == ["completed"] * 8
    registry.close()


def test_a_verifier_computes_while_a_solver_does(registry: RunRegistry) -> None:
    together = threading.Barrier(2, timeout=PATIENCE)
    met = threading.Event()

    def meet() -> None:
        if not met.is_set():
            together.wait()
            met.set()

    def write(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        meet()
        return f"step {index}", "end"

    def judge(steps: tuple[str, ...]) -> float:
        meet()
        return 0.5

    verifier = WORLD.verifier()
    verifier.judge = judge
    writing = registry.start(recipe(), ModelPair.of(FakeSolver(write), WORLD.verifier()))
    judging = registry.start(recipe(), ModelPair.of(WORLD.solver(), verifier))
    assert [status(writing), status(judging)] == ["completed"] * 2


def test_a_run_that_nobody_follows_is_cancelled(tmp_path: Path, pair: ModelPair) -> None:
    registry = RunRegistry(tmp_path, idle_seconds=0.05)
    assert status(registry.start(recipe(), pair)) == "cancelled"
    registry.close()


def test_a_restart_keeps_finished_runs(tmp_path: Path, pair: ModelPair, gate: Gate) -> None:
    gate.open.set()
    first = RunRegistry(tmp_path)
    run = first.start(recipe(), pair)
    assert status(run) == "completed"
    first.close()
    second = RunRegistry(tmp_path)
    found = second.get(run.id)
    assert found is not None
    assert found.events() == run.events()
    assert not found.live
    second.close()


def test_one_page_has_one_live_run(registry: RunRegistry, pair: ModelPair, gate: Gate) -> None:
    runs = [registry.start(recipe(seed), pair, page="page") for seed in range(200)]
    assert registry.live_run_of("page") is runs[-1]
    gate.open.set()
    for run in runs[:-1]:  # those that never got their turn have no log
        assert run.wait(PATIENCE)
        assert run.head == 0 or status(run) == "cancelled"
    assert status(runs[-1]) == "completed"


def test_one_run_too_many_is_refused_and_nothing_is_lost(
    registry: RunRegistry, pair: ModelPair, gate: Gate
) -> None:
    runs = [registry.start(recipe(seed), pair) for seed in range(3)]
    with pytest.raises(BusyError, match="busy with 2 searches, and 1 search waits"):
        registry.start(recipe(), pair)
    gate.open.set()
    assert [status(run) for run in runs] == ["completed"] * 3
    assert status(registry.start(recipe(), pair)) == "completed"


def test_a_long_run_does_not_hold_up_a_short_one(registry: RunRegistry, pair: ModelPair) -> None:
    last_step, short_ended = 99, threading.Event()

    def endless(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if len(steps) == last_step:
            assert short_ended.wait(PATIENCE)
        return f"step {index}", "step"

    strategy = STRATEGIES["beam_search"]
    options = strategy.options(n=16, max_steps=last_step + 1, filter_duplicates=False)
    long_recipe = Recipe(Problem("?"), strategy, options)
    long = registry.start(long_recipe, ModelPair.of(FakeSolver(endless), WORLD.verifier()))
    short = registry.start(recipe(), ModelPair.of(WORLD.solver(), WORLD.verifier()))
    assert status(short) == "completed"
    assert long.live
    long.stop()
    short_ended.set()
    assert status(long) == "cancelled"


@pytest.mark.parametrize("run_id", ["", "../../etc/passwd", "x" * 65, "nobody-knows-this-id", "\0"])
def test_unknown_ids_give_nothing(registry: RunRegistry, run_id: str) -> None:
    assert registry.get(run_id) is None


def test_a_model_that_cannot_be_loaded_is_said(registry: RunRegistry) -> None:
    run = registry.start(recipe(), BrokenPair("", ""))
    assert run.wait(PATIENCE)
    assert run.error.startswith("The models could not be loaded.")
    assert run.events() == []


def test_what_reads_no_scores_loads_no_verifier(registry: RunRegistry) -> None:
    class NoVerifier(ModelPair):
        @property
        def verifier(self) -> Verifier:
            raise OSError("no such folder: nowhere")

    pair = NoVerifier.of(WORLD.solver(), WORLD.verifier())
    greedy = STRATEGIES["greedy"]
    asks_nobody = Recipe(Problem("?"), greedy, greedy.options())
    assert status(registry.start(asks_nobody, pair)) == "completed"
    broken = registry.start(recipe(), pair)
    assert broken.wait(PATIENCE)
    assert broken.error.startswith("The models could not be loaded.")


def test_every_run_may_have_a_pair_of_its_own(registry: RunRegistry) -> None:
    def named(name: str) -> ModelPair:
        solver = WORLD.solver()
        solver.info = replace(solver.info, name=name)
        return ModelPair.of(solver, WORLD.verifier())

    runs = [registry.start(recipe(), named(name)) for name in ("first", "second")]
    assert [status(run) for run in runs] == ["completed"] * 2
    headers = [run.events()[0] for run in runs]
    assert [one.solver.name for one in headers if isinstance(one, Started)] == ["first", "second"]


def test_a_failing_model_leaves_a_log_that_says_so(registry: RunRegistry) -> None:
    def broken(steps: tuple[str, ...]) -> float:
        return float("nan")

    verifier = WORLD.verifier()
    verifier.judge = broken
    run = registry.start(recipe(), ModelPair.of(WORLD.solver(), verifier))
    assert status(run) == "failed"
    last = run.events()[-1]
    assert isinstance(last, Finished)
    assert "fake verifier" in last.message
    assert "nan" in last.message


def test_a_torn_file_is_read_up_to_its_last_whole_event(
    tmp_path: Path, pair: ModelPair, gate: Gate
) -> None:
    gate.open.set()
    first = RunRegistry(tmp_path)
    run = first.start(recipe(), pair)
    assert status(run) == "completed"
    first.close()
    path = tmp_path / f"{run.id}.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    found = RunRegistry(tmp_path).get(run.id)
    assert found is not None
    assert found.events() == run.events()[: found.head]
    assert 0 < found.head < run.head


def test_an_unreadable_file_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "12345678.jsonl").write_text("<html>")
    with pytest.raises(TraceError):
        read_trace(tmp_path / "12345678.jsonl")
    assert RunRegistry(tmp_path).get("12345678") is None


def test_memory_is_bounded_and_nothing_is_lost(tmp_path: Path, pair: ModelPair, gate: Gate) -> None:
    gate.open.set()
    registry = RunRegistry(tmp_path, most_bytes=50_000)
    runs = [registry.start(recipe(seed), pair) for seed in range(6)]
    assert [status(run) for run in runs] == ["completed"] * 6
    again = registry.get(registry.start(recipe(9), pair).id)
    assert again is not None
    first = registry.get(runs[0].id)
    assert first is not None
    assert first is not runs[0]
    assert first.events() == runs[0].events()
    registry.close()
