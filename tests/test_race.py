"""A race: each lane is the run that it would be alone, and what lanes share is asked once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Event, Sampled, Spent, event_to_dict
from search_core.models import ModelPair, embedded_pair
from search_core.problem import Problem
from search_core.protocols import RunCancelled, SampleRequest, Sampling, StepSample
from search_core.race import Lane, race, sharing_pairs
from search_core.run.driving import drive, never
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.run.shared import SharedReplies, SharedSolver
from search_core.search import search
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from tests.examples import examples
from tests.fakes import FakeClock, FakeSolver, World
from tests.test_search_properties import WORLDS, recipes

WORLD = World(seed=5, ends=0.2, cut_off=0.05, words=6)
# What a verifier's call costs depends on how many steps it is asked about together.
_COSTS = {"t", "seconds", "tokens", "flops", "reused", "verified", "verifier_flops", "requests"}


def lane(name: str, pair: ModelPair, seed: int = 0, **options: object) -> Lane:
    strategy = STRATEGIES[name]
    problem = Problem("What is it?", "1")
    recipe = Recipe(problem, strategy, strategy.options.from_values(options), seed=seed)
    return Lane(recipe, pair)


def fake_pair(world: World = WORLD) -> ModelPair:
    return ModelPair.of(world.solver(), world.verifier())


def but_for_costs(events: Sequence[Event]) -> list[dict[str, Any]]:
    """All that happened; a header says besides when, and which run."""
    told = []
    for event in events[1:]:
        values = event_to_dict(event)
        if event.kind != "spent":
            kept = event.kind == "sampled"
            told.append({k: v for k, v in values.items() if k not in _COSTS or (kept and k != "t")})
    return told


@examples(25)
@given(WORLDS, st.lists(recipes(), min_size=2, max_size=4))
def test_each_lane_is_the_run_that_it_would_be_alone(world: World, many: list[Recipe]) -> None:
    problem = many[0].problem
    same = [replace(one, problem=problem, seed=many[0].seed) for one in many]
    pair = fake_pair(world)
    raced = race([Lane(recipe, pair) for recipe in same])
    for recipe, (events, _) in zip(same, raced.logs, strict=True):
        solver, verifier = world.solver(), world.verifier()
        alone = Run(recipe, solver.info, verifier.info, clock=FakeClock())
        drive(alone, solver, verifier)
        events = [event.model_copy(update={"seq": event.seq}) for event in events]
        assert but_for_costs(events) == but_for_costs(alone.events)


def test_what_lanes_ask_for_alike_is_asked_once_and_counted_in_each() -> None:
    asked: list[tuple[tuple[str, ...], int]] = []

    def step(steps: tuple[str, ...], index: int) -> tuple[str, Any]:
        asked.append((steps, index))
        return WORLD.step(steps, index)

    pair = ModelPair.of(FakeSolver(step), WORLD.verifier())
    result = race([lane("beam_search", pair, n=8), lane("beam_search", pair, n=8)])
    assert len(asked) == len([e for e in result.logs[0][0] if isinstance(e, Sampled)])
    first, second = (
        sum(event.generated for event in events if isinstance(event, Spent))
        for events, _ in result.logs
    )
    assert first == second == result.written
    assert result.to_dict()["partings"] == [None]


def test_lanes_with_other_solvers_share_nothing() -> None:
    other = ModelPair.of(replace(WORLD, seed=6).solver(), WORLD.verifier())
    result = race([lane("beam_search", fake_pair(), n=8), lane("beam_search", other, n=8)])
    assert result.written == 0


def test_the_embedded_models_write_in_a_race_what_they_write_alone() -> None:
    text = "Use 24, 7 and 1 to make 18."
    lanes = [
        Lane(
            Recipe(
                embedded_pair().read(text),
                STRATEGIES[name],
                STRATEGIES[name].options.from_values({"n": 4}),
                embedded_pair().sampling,
                1,
            ),
            embedded_pair(),
        )
        for name in ("best_of_n", "beam_search")
    ]
    raced = race(lanes)
    assert raced.written > 0
    for name, (events, tree) in zip(("best_of_n", "beam_search"), raced.logs, strict=True):
        alone = search(text, name, seed=1, n=4)
        assert [(e.id, e.text) for e in events if isinstance(e, Sampled)] == [
            (e.id, e.text) for e in alone.events if isinstance(e, Sampled)
        ]
        assert tree.finished is not None
        assert tree.finished.answer == alone.answer


class Slow:
    """A solver that answers once it is let, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.info = WORLD.solver().info
        self.begun, self.let = threading.Event(), threading.Event()
        self.fails, self.calls = fails, 0

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Any
    ) -> list[StepSample]:
        self.calls += 1
        self.begun.set()
        assert self.let.wait(30)
        if self.fails:
            self.fails = False
            raise RuntimeError("out of order")
        return WORLD.solver().sample(requests, sampling, cancelled)


REQUEST = SampleRequest("?", (), seed=3)


def ask(solver: SharedSolver, said: list[object]) -> threading.Thread:
    def go() -> None:
        try:
            said.append(solver.sample([REQUEST], Sampling(), never))
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=go)
    thread.start()
    return thread


@pytest.mark.parametrize("fails", [False, True])
def test_who_asks_meanwhile_waits_and_asks_itself_where_the_first_one_failed(fails: bool) -> None:
    slow, shared = Slow(fails=fails), SharedReplies()
    first: list[object] = []
    second: list[object] = []
    one = ask(SharedSolver(slow, shared), first)
    assert slow.begun.wait(30)
    other = ask(SharedSolver(slow, shared), second)
    slow.let.set()
    one.join()
    other.join()
    assert slow.calls == 1 + fails
    assert first == (["out of order"] if fails else second)
    assert isinstance(second[0], list)
    assert (shared.saved > 0) is not fails


def test_who_waits_can_leave() -> None:
    slow, shared = Slow(), SharedReplies()
    one = ask(SharedSolver(slow, shared), [])
    assert slow.begun.wait(30)
    with pytest.raises(RunCancelled):
        SharedSolver(slow, shared).sample([REQUEST], Sampling(), lambda: True)
    slow.let.set()
    one.join()


def test_a_failure_in_one_lane_ends_the_race_and_is_told() -> None:
    class Broken(FakeSolver):
        def sample(self, *_: Any) -> list[StepSample]:
            raise RuntimeError("the model is gone")

    pair = ModelPair.of(Broken(WORLD.step), WORLD.verifier())
    with pytest.raises(RuntimeError, match="the model is gone"):
        race([lane("beam_search", fake_pair(), n=8), lane("beam_search", pair, n=8)])


def test_a_race_can_be_stopped() -> None:
    with pytest.raises(RunCancelled):
        race([lane("beam_search", fake_pair(), n=8)] * 2, cancelled=lambda: True)


def test_what_is_no_race_is_refused() -> None:
    pair = fake_pair()
    one = lane("beam_search", pair, n=8)
    with pytest.raises(ValueError, match=r"2 to 4 lanes; got 1\. Add a lane"):
        race([one])
    with pytest.raises(ValueError, match="2 to 4 lanes; got 5"):
        race([one] * 5)
    with pytest.raises(ValueError, match="Lane 2 has another problem or another seed"):
        race([one, lane("dvts", pair, seed=1, n=8)])
    with pytest.raises(OptionError, match="verifier"):
        race([one, Lane(one.recipe, pair, "no such source")])


def test_models_that_a_race_shares_are_loaded_when_they_are_used() -> None:
    pairs = sharing_pairs([embedded_pair("large", "early")]).pairs
    other = sharing_pairs([fake_pair()]).pairs
    assert pairs[0].solver_path == embedded_pair("large", "early").solver_path
    assert other[0].parts[0].loaded is not None
