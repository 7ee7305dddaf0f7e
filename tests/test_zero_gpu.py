"""Runs in a forked GPU worker: the registry, pages and files see what they see of any run."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.log.events import Decided, Event, Finished, Sampled, Started
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.models import ModelPair, embedded_pair
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
    Watch,
)
from search_core.run.estimate import CostEstimate, seconds_on_gpu
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.search import search
from search_core.serving import HostedRun, RunRegistry
from search_core.serving.order import Order
from search_core.serving.zero_gpu import ZeroGpu
from search_core.serving.zero_gpu.errors import GpuError, explained
from search_core.serving.zero_gpu.log_end import ending
from search_core.serving.zero_gpu.ticket import Ticket
from search_core.serving.zero_gpu.worker import EventBatch, search_in_worker
from search_core.strategies import STRATEGIES
from tests.fake_zero_gpu import FORK, QUOTA, FakeGradioError, FakeZeroGpu
from tests.fakes import FakeSolver, World
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")

PROBLEM = "What is (7 + 8) * 3 - 4?"
WORLD = World(ends=0.4)


@dataclass
class Slow:
    """A solver in a worker: it can be told to wait for ever, to die, or to fail."""

    solver: FakeSolver = field(default_factory=WORLD.solver)
    after: int = 1
    then: Callable[[Cancelled], None] = lambda cancelled: None
    calls: int = 0

    @property
    def info(self) -> SolverInfo:
        return self.solver.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.calls += 1
        if self.calls > self.after:
            self.then(cancelled)
        return self.solver.sample(requests, sampling, cancelled)


def wait_for_ever(cancelled: Cancelled) -> None:
    while not cancelled():
        time.sleep(0.01)


@dataclass
class Deadly:
    """A verifier whose process dies of its first score, once it is told to."""

    die: Any = field(default_factory=FORK.Event)
    info: VerifierInfo = field(default_factory=lambda: VerifierInfo("deadly"))

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        self.die.wait()
        os.kill(os.getpid(), signal.SIGKILL)
        return []


def fail(cancelled: Cancelled) -> None:
    raise RuntimeError("CUDA error: an illegal memory access")


def recipe(problem: str = "?", strategy: str = "beam_search", n: int = 8) -> Recipe:
    chosen = STRATEGIES[strategy]
    return Recipe(Problem(problem, answer="1"), chosen, chosen.options(n=n))


@dataclass
class Space:
    """A Space with one pair of models on its GPU."""

    gpu: FakeZeroGpu
    pair: ModelPair
    registry: RunRegistry
    folder: Path

    def start(self, wanted: Recipe, source: str = "verifier") -> HostedRun:
        return self.registry.start(wanted, self.pair, source)


Make = Callable[..., Space]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Make]:
    made: list[Space] = []

    def make(pair: ModelPair, **gpu: Exception) -> Space:
        fake = FakeZeroGpu(**gpu)  # type: ignore[arg-type]
        driver = ZeroGpu(fake.GPU, {"mine": pair}, least=int(PATIENCE), most=int(PATIENCE))
        driver.place()
        made.append(Space(fake, pair, RunRegistry(tmp_path, elsewhere=driver), tmp_path))
        return made[-1]

    yield make
    for one in made:
        one.registry.close()
        assert one.gpu.workers_left() == 0


def world(then: Callable[[Cancelled], None] = lambda cancelled: None) -> ModelPair:
    return ModelPair.of(Slow(then=then), WORLD.verifier())


def last(run: HostedRun) -> Finished:
    assert run.wait(PATIENCE)
    event = run.events()[-1]
    assert isinstance(event, Finished)
    return event


@pytest.mark.models
def test_the_embedded_models_run_in_a_worker_as_they_do_here(space: Make) -> None:
    pair = embedded_pair("small", "small")
    on_space = space(pair)
    beam_search = STRATEGIES["beam_search"]
    options = beam_search.options(n=4)
    run = on_space.start(Recipe(pair.read(PROBLEM), beam_search, options, pair.sampling))
    assert last(run).status == "completed"
    models = {"solver": pair.solver, "verifier": pair.verifier}
    here = search(PROBLEM, "beam_search", n=4, sampling=pair.sampling, **models)

    def story(events: Sequence[Event]) -> list[tuple[str, str]]:
        return [(one.id, one.text) for one in events if isinstance(one, Sampled)]

    assert story(run.events()) == story(here.events)
    assert read_trace(on_space.folder / f"{run.id}.jsonl").tree == Tree.from_events(run.events())
    header = run.events()[0]
    assert isinstance(header, Started)
    assert header.run == run.id
    usual = ZeroGpu(FakeZeroGpu().GPU, {"mine": pair})
    order = Order("r", Recipe(pair.read(PROBLEM), beam_search, options), pair, "verifier")
    assert 15 <= usual.seconds(order) <= 20


def test_two_runs_follow_one_another_and_stream(space: Make) -> None:
    on_space = space(world())
    runs = [on_space.start(recipe()) for _ in range(2)]
    for run in runs:
        assert last(run).status == "completed"
        assert [event.seq for event in run.since(0)] == list(range(run.head))
        assert on_space.registry.get(run.id) is run
    assert len(on_space.gpu.workers) == 2


def test_events_come_while_the_run_goes_on_and_stop_reaches_the_worker(space: Make) -> None:
    on_space = space(world(wait_for_ever))
    run = on_space.start(recipe())
    wait_until(lambda: run.head > 1)
    assert run.live
    # What is being written in the worker is known here.
    wait_until(lambda: bool(run.writing.now().ids))
    assert on_space.gpu.workers_left() == 1
    run.stop()
    end = last(run)
    assert (end.status, end.message) == ("cancelled", "Stopped by request.")
    assert run.error == ""
    assert on_space.gpu.workers_left() == 0


def test_a_run_that_nobody_looks_at_is_stopped(space: Make) -> None:
    on_space = space(world(wait_for_ever))
    on_space.registry._idle_seconds = 0.3
    assert last(on_space.start(recipe())).status == "cancelled"


def test_closing_the_server_leaves_no_worker(space: Make) -> None:
    on_space = space(world(wait_for_ever))
    run = on_space.start(recipe())
    wait_until(lambda: run.head > 1)
    on_space.registry.close()
    assert last(run).status == "cancelled"


def test_no_quota_ends_the_run_with_what_to_do(space: Make) -> None:
    on_space = space(world(), refuse=QUOTA)
    run = on_space.start(recipe())
    assert run.wait(PATIENCE)
    assert run.events() == []
    for part in ("60s requested vs. 12s left", "try again later", "sign in", "embedded models"):
        assert part in run.error
    assert "GpuError" not in run.error
    # The next one gets a GPU: nothing is left of the refusal.
    on_space.gpu.refuse = None
    assert last(on_space.start(recipe())).status == "completed"


def test_a_worker_that_dies_leaves_a_whole_log(space: Make) -> None:
    deadly = Deadly()
    on_space = space(ModelPair.of(WORLD.solver(), deadly))
    run = on_space.start(recipe())
    wait_until(lambda: any(isinstance(event, Sampled) for event in run.events()))
    deadly.die.set()
    end = last(run)
    assert end.status == "failed"
    assert "taken away in the middle of the run" in end.message
    assert run.error == end.message
    trace = read_trace(on_space.folder / f"{run.id}.jsonl")
    assert trace.notice == ""
    tree = trace.tree
    assert len(tree.nodes) > 1
    assert all(node.state != "sampled" for node in tree.steps())
    closing = run.events()[-2]
    assert isinstance(closing, Decided)
    assert (closing.rule, closing.kept) == ("run_ended", ())


def test_a_run_that_fails_in_the_worker_says_why(space: Make) -> None:
    run = space(world(fail)).start(recipe())
    end = last(run)
    assert end.status == "failed"
    assert end.message.startswith("Solver fake solver failed by an error of its own.")
    assert run.error == end.message


class Missing(ModelPair):
    """Models that cannot be loaded."""

    @property
    def solver(self) -> FakeSolver:
        raise ModelLoadError("m is gated: run `hf auth login`.")


def test_models_that_are_missing_open_the_page_and_fail_the_run(
    space: Make, caplog: pytest.LogCaptureFixture
) -> None:
    on_space = space(Missing("m", "v"))
    assert "The models of mine could not be loaded" in caplog.text
    run = on_space.start(recipe())
    assert run.wait(PATIENCE)
    assert run.error == "m is gated: run `hf auth login`."


def test_other_pairs_run_here_as_ever(space: Make) -> None:
    on_space = space(world())
    run = on_space.registry.start(recipe(), ModelPair.of(WORLD.solver(), WORLD.verifier()))
    assert last(run).status == "completed"
    assert on_space.gpu.workers == []


def test_stopped_before_it_has_a_gpu() -> None:
    gpu = FakeZeroGpu()
    pair = world()
    driver = ZeroGpu(gpu.GPU, {"mine": pair})
    with pytest.raises(GpuError, match="stopped before it got a GPU"):
        driver.drive(
            Order("r", recipe(), pair, "verifier"), lambda event: None, Watch(lambda: True)
        )
    assert gpu.workers == []
    with pytest.raises(ValueError, match="not placed"):
        driver.drive(
            Order("r", recipe(), world(), "verifier"), lambda event: None, Watch(lambda: False)
        )


def test_a_listener_that_fails_ends_the_worker() -> None:
    gpu, pair = FakeZeroGpu(), world(wait_for_ever)
    driver = ZeroGpu(gpu.GPU, {"mine": pair})

    def full(event: Event) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        driver.drive(Order("r", recipe(), pair, "verifier"), full, Watch(lambda: False))
    assert gpu.workers_left() == 0


def test_the_gpu_is_asked_for_as_long_as_the_estimate_says() -> None:
    gpu = FakeZeroGpu()
    pair = world()
    driver = ZeroGpu(gpu.GPU, {"mine": pair}, least=16, most=60)
    greedy = Recipe(Problem("?"), STRATEGIES["greedy"], STRATEGIES["greedy"].options(max_steps=1))
    usual = driver.seconds(Order("r", recipe(), pair, "verifier"))
    assert driver.seconds(Order("r", greedy, pair, "verifier")) == 16
    assert 16 < usual <= 60
    for least, most in ((0, 5), (9, 8)):
        with pytest.raises(ValueError, match="expected 0 < least <= most"):
            ZeroGpu(gpu.GPU, {}, least=least, most=most)


def test_the_run_ends_before_the_gpu_does(space: Make) -> None:
    on_space = space(world())
    run = on_space.start(recipe())
    last(run)
    header = run.events()[0]
    assert isinstance(header, Started)
    [asked] = on_space.gpu.durations
    assert asked - 10 <= header.limits["seconds"] < asked  # type: ignore[operator]
    assert header.limits["nodes"] == Limits().nodes


def test_more_weights_and_more_tokens_take_longer() -> None:
    small, large = CostEstimate(16, 8.0, 16 * 400.0), CostEstimate(64, 8.0, 64 * 800.0)
    # 400 tokens one after the other, each 0.02 s and 2.47 GB at 0.7 TB/s; 8 rounds of 0.273 s.
    assert seconds_on_gpu(small, 2_471_628_800, 16_060_522_496) == pytest.approx(11.6, abs=0.1)
    assert seconds_on_gpu(large) > seconds_on_gpu(small) > 0
    assert seconds_on_gpu(small, 16 * 10**9) > seconds_on_gpu(small)
    assert seconds_on_gpu(CostEstimate(0, 0.0, 0.0)) == 0
    # A verifier that writes 100 tokens first: 8 rounds of 100 × (0.02 s and 3 GB at 0.7 TB/s).
    reasoning = seconds_on_gpu(small, verifier_writes=100) - seconds_on_gpu(small)
    assert reasoning == pytest.approx(19.4, abs=0.1)


def test_a_ticket_survives_a_pickle_and_gives_the_order_back() -> None:
    pair = world()
    for strategy in STRATEGIES.values():
        made = Recipe(Problem("?", answer="1"), strategy, strategy.options(), seed=7)
        order = Order("run-id", made, pair, "oracle")
        ticket = Ticket.of(order, "mine", Path("/tmp/stop"), 30)
        again: Ticket = pickle.loads(pickle.dumps(ticket))
        assert again.order(pair) == order


def test_leaving_in_the_middle_stops_the_search(tmp_path: Path) -> None:
    pair = world(wait_for_ever)
    order = Order("r", recipe(), pair, "verifier")
    batches = search_in_worker(Ticket.of(order, "mine", tmp_path / "stop", 30), pair)
    assert isinstance(next(batches), EventBatch)
    batches.close()  # type: ignore[attr-defined]
    assert not any(thread.name == "gpu-run" for thread in threading.enumerate())


@pytest.mark.parametrize(
    ("title", "message", "told"),
    [
        ("ZeroGPU quota exceeded", "Space app has reached its GPU limit.", "no GPU time left"),
        ("ZeroGPU pending credits exceeded", "You have too many credits", "no GPU time left"),
        ("ZeroGPU illegal duration", "The requested GPU duration (300s) is larger", "smaller N"),
        ("ZeroGPU queue timeout", "No GPU was available after 60s", "All GPUs are busy"),
        ("ZeroGPU client error", "No GPU was available", "All GPUs are busy"),
        ("ZeroGPU worker error", "GPU task aborted", "asked for 42 s"),
        ("ZeroGPU worker error", "RuntimeError", "failed (ZeroGPU worker error): RuntimeError"),
    ],
)  # fmt: skip
def test_every_refusal_says_what_to_do(title: str, message: str, told: str) -> None:
    assert told in str(explained(FakeGradioError(title, message), 42))


def test_other_failures_of_the_call() -> None:
    closed = RuntimeError("Connection closed by visitor while queueing")
    assert "Press Run again" in str(explained(closed, 1))
    unknown = str(explained(ValueError("no /home/of/someone/weights"), 1))
    assert "failed (ValueError)" in unknown
    assert "Try again" in unknown
    assert "someone" not in unknown


def test_a_log_that_has_not_begun_or_has_ended_gets_no_end() -> None:
    events = search("?", solver=WORLD.solver(), verifier=WORLD.verifier(), n=4).events
    assert ending([], "x") == []
    assert ending(events, "x") == []


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_log_cut_anywhere_can_be_ended(cut: int) -> None:
    events = search("?", solver=WORLD.solver(), verifier=WORLD.verifier(), n=8).events
    whole = [*events[:cut], *ending(events[:cut], "The worker died. " * 100)]
    tree = Tree.from_events(whole)
    assert tree.finished is not None
    assert tree.finished.status == "failed"
    assert [event.seq for event in whole] == list(range(len(whole)))
