"""What is being written is known while it is written: by id, by role, and by tokens."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from search_core.log.events import Event, Sampled
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Cancelled, SampleRequest, Sampling, StepSample, Watch, watch_of
from search_core.run.driving import drive, never
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.serving import RunRegistry
from search_core.serving.writing import WritingMonitor, WritingProgress
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, World
from tests.waiting import PATIENCE

WORLD = World(ends=0.3)


@dataclass
class TellingSolver:
    """Says how far each sample is, as an engine does, and waits at a gate before it answers."""

    solver: FakeSolver = field(default_factory=WORLD.solver)
    writing: WritingMonitor | None = None
    fails: bool = False
    seen: list[WritingProgress] = field(default_factory=list)
    told: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event | None = None

    @property
    def info(self) -> Any:
        return self.solver.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        watch = watch_of(cancelled)
        for place in range(len(requests)):
            watch.written(place, 10 + place)
        if self.writing is not None:
            self.seen.append(self.writing.now())
        self.told.set()
        if self.gate is not None:
            assert self.gate.wait(PATIENCE)
        if self.fails:
            raise ValueError("out of order")
        return self.solver.sample(requests, sampling, cancelled)


def made(strategy: str, **options: Any) -> Recipe:
    chosen = STRATEGIES[strategy]
    return Recipe(Problem("?", answer="1"), chosen, chosen.options(**options))


def driven(solver: TellingSolver, recipe: Recipe) -> tuple[WritingMonitor, list[Event]]:
    """A run to its end, its solver looking at what a page would be told."""
    writing = solver.writing = WritingMonitor()
    events: list[Event] = []
    verifier = WORLD.verifier()
    run = Run(recipe, solver.info, verifier.info, listener=events.append)
    drive(run, solver, verifier, Watch(never, writing.written, writing.begin))
    return writing, events


def test_the_ids_that_are_told_are_those_that_come() -> None:
    solver = TellingSolver()
    writing, events = driven(solver, made("beam_search", n=8))
    sampled = [event.id for event in events if isinstance(event, Sampled)]
    assert len(sampled) > 8
    assert [key for now in solver.seen for key in now.ids] == sampled
    assert all(now.tokens == tuple(range(10, 10 + len(now.ids))) for now in solver.seen)
    assert writing.now() == WritingProgress()


def test_steps_that_only_look_ahead_are_told_as_such() -> None:
    solver = TellingSolver()
    _, events = driven(solver, made("lookahead_search", n=4))
    roles = {event.id: event.role for event in events if isinstance(event, Sampled)}
    assert {now.role for now in solver.seen} == {"step", "rollout"}
    assert all(roles[key] == now.role for now in solver.seen for key in now.ids)


def test_the_pieces_of_a_stream_have_no_ids_beforehand() -> None:
    solver = TellingSolver()
    driven(solver, made("single_stream"))
    assert solver.seen
    assert all(now.ids == () for now in solver.seen)


def test_a_failure_leaves_nothing_that_is_being_written() -> None:
    solver = TellingSolver(fails=True)
    with pytest.raises(ValueError, match="out of order"):
        driven(solver, made("beam_search", n=8))
    assert solver.seen[0].ids
    assert solver.writing is not None
    assert solver.writing.now() == WritingProgress()


def test_a_hosted_run_tells_it_while_its_solver_writes(tmp_path: Path) -> None:
    solver = TellingSolver(gate=threading.Event())
    registry = RunRegistry(tmp_path)
    run = registry.start(made("beam_search", n=4), ModelPair.of(solver, WORLD.verifier()))
    assert solver.told.wait(PATIENCE)
    assert run.writing.now() == WritingProgress("step", ("0", "1", "2", "3"), (10, 11, 12, 13))
    assert solver.gate is not None
    solver.gate.set()
    assert run.wait(PATIENCE)
    assert run.writing.now() == WritingProgress()
    registry.close()
