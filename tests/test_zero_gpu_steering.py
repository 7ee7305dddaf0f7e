"""A run is steered on ZeroGPU as anywhere: driven again in a worker, over its own replies."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_core.acts import Act
from search_core.log.events import Event, Noted, Sampled
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.serving import HostedRun, RunRegistry
from search_core.serving.order import Order
from search_core.serving.zero_gpu import ZeroGpu
from search_core.serving.zero_gpu.ticket import Ticket
from search_core.steer import GoingOn, Steering
from search_core.strategies import STRATEGIES
from tests.fake_zero_gpu import QUOTA, FakeZeroGpu
from tests.fakes import World
from tests.test_search_properties import run_in
from tests.test_steer import course
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")

WORLD = World(seed=7, ends=0.3, words=6)
PAIR = ModelPair.of(WORLD.solver(), WORLD.verifier())


def recipe() -> Recipe:
    chosen = STRATEGIES["beam_search"]
    return Recipe(Problem("?", answer="1"), chosen, chosen.options(n=8))


@pytest.fixture
def gpu() -> FakeZeroGpu:
    return FakeZeroGpu()


@pytest.fixture
def registry(gpu: FakeZeroGpu, tmp_path: Path) -> Iterator[RunRegistry]:
    driver = ZeroGpu(gpu.GPU, {"mine": PAIR}, least=int(PATIENCE), most=int(PATIENCE))
    made = RunRegistry(tmp_path, elsewhere=driver)
    yield made
    made.close()
    assert gpu.workers_left() == 0


def finished(run: HostedRun) -> list[Event]:
    assert run.wait(PATIENCE)
    assert run.error == ""
    return run.events()


def cut_step(run: RecordedRun) -> str:
    """The first step that beam search cut before it was finished."""
    return next(n.id for n in run.tree.steps() if n.state == "pruned" and n.ended == "step")


def steerings(run: RecordedRun) -> list[Steering]:
    """One of every act, and what What if grows."""
    kept = next(node.id for node in run.tree.steps() if node.state == "kept")
    return [
        Steering(run, Act("keep", cut_step(run), "Ada")),
        Steering(run, Act("cut", kept)),
        Steering(run, Act("grow", kept, count=2)),
        Steering(run, Act("edit", kept, text="my own", ends=True)),
        Steering(run, Act("write", kept, text="my own")),
        Steering(run, Act("go_on", kept), GoingOn("best_of_n", {"n": 2})),
        Steering(run),
    ]


def test_every_act_is_done_in_a_worker_as_it_is_done_here(
    registry: RunRegistry, gpu: FakeZeroGpu, tmp_path: Path
) -> None:
    base = recorded_run(finished(registry.start(recipe(), PAIR)))
    with_models = RunRegistry(tmp_path / "here")
    for steering in steerings(base):
        wanted = steering.check()
        workers = len(gpu.workers)
        there = finished(registry.start(wanted, PAIR, steering=steering))
        assert len(gpu.workers) == workers + 1, "it has its GPU"
        here = finished(with_models.start(wanted, PAIR, steering=steering))
        assert course(there)[1:] == course(here)[1:], steering.act
        assert sum(isinstance(event, Noted) for event in there) == int(steering.act is not None)
        # What is known already is asked of nobody.
        assert any(isinstance(event, Sampled) and event.again for event in there)
    with_models.close()


def test_a_steered_run_is_steered_again(registry: RunRegistry) -> None:
    base = recorded_run(finished(registry.start(recipe(), PAIR)))
    first = Steering(base, Act("keep", cut_step(base)))
    once = recorded_run(finished(registry.start(first.check(), PAIR, steering=first)))
    second = Steering(once, Act("cut", "0"))
    twice = recorded_run(finished(registry.start(second.check(), PAIR, steering=second)))
    assert [act.action for act in twice.acts] == ["keep", "cut"]
    assert twice.tree.nodes["0"].state == "pruned"


def test_a_link_may_have_its_acts_from_the_beginning(registry: RunRegistry) -> None:
    run = registry.start(recipe(), PAIR, acts=[Act("cut", "0", "Ada")])
    assert recorded_run(finished(run)).tree.nodes["0"].state == "pruned"


def test_without_a_gpu_it_ends_with_what_to_do(registry: RunRegistry, gpu: FakeZeroGpu) -> None:
    base = recorded_run(finished(registry.start(recipe(), PAIR)))
    gpu.refuse = QUOTA
    steering = Steering(base, Act("cut", "0"))
    run = registry.start(steering.check(), PAIR, steering=steering)
    assert run.wait(PATIENCE)
    assert "try again later" in run.error
    assert run.events() == []


def test_a_ticket_carries_what_is_done(gpu: FakeZeroGpu) -> None:
    base = recorded_run(run_in(WORLD, recipe()).events)
    for steering in steerings(base):
        order = Order("r", steering.check(), PAIR, "verifier", steering)
        ticket = Ticket.of(order, "mine", Path("stop"), 30)
        again = pickle.loads(pickle.dumps(ticket)).order(PAIR).steering
        assert (again.act, again.going_on) == (steering.act, steering.going_on)
        assert again.recorded.tree == base.tree
        # A log that is long takes its time in the worker before anything is asked.
        driver = ZeroGpu(gpu.GPU, {"mine": PAIR}, least=1, most=120)
        alone = Order("r", steering.check(), PAIR, "verifier")
        assert driver.seconds(order) >= driver.seconds(alone)
