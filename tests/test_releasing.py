"""What a run prunes, merges and finishes is let go by the models, and nothing that goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search_core.evaluation.batches import drive_together
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepIds,
    StepSample,
)
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.decoding import go_on
from tests.fakes import FakeSolver, World

WORLD = World(seed=4, words=2, ends=0.2)  # few words, so that siblings often say the same


@dataclass
class Keeping:
    """A solver that keeps every path it wrote, as an engine keeps keys and values."""

    inner: FakeSolver
    held: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    missed: int = 0
    stale: int = 0
    released: int = 0

    @property
    def info(self) -> SolverInfo:
        return self.inner.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        samples = self.inner.sample(requests, sampling, cancelled)
        for run in {request.run for request in requests}:
            paths = [request.steps for request in requests if request.run == run]
            needed = {path[:end] for path in paths for end in range(1, len(path) + 1)}
            self.stale += len(self.held.get(run, set()) - needed)
        for request, sample in zip(requests, samples, strict=True):
            held = self.held.setdefault(request.run, set())
            self.missed += bool(request.steps) and request.steps not in held
            held.add((*request.steps, sample.text))
        return samples

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        if paths is None:
            self.held.pop(run, None)
        for path in paths or ():
            self.released += path in self.held[run]
            gone = {one for one in self.held[run] if one[: len(path)] == path}
            self.held[run] -= gone


def recipe(name: str, seed: int) -> Recipe:
    strategy = STRATEGIES[name]
    return Recipe(Problem("?", answer="1"), strategy, strategy.options(n=8), seed=seed)


def run_of(name: str, seed: int, solver: Keeping) -> Run:
    verifier = WORLD.verifier().info
    return Run(recipe(name, seed), solver.info, verifier, run_id=f"{name} {seed}")


def test_nothing_that_goes_on_is_let_go_and_at_the_end_everything_is() -> None:
    for name in ("beam_search", "dvts", "best_of_n"):
        for seed in range(4):
            solver = Keeping(WORLD.solver())
            drive(run_of(name, seed, solver), solver, WORLD.verifier())
            assert solver.missed == 0
            assert solver.released > 0
            assert solver.held == {}


def test_a_beam_search_holds_the_paths_that_it_continues_and_no_others() -> None:
    """Also not the kept steps of which every continuation was pruned later."""
    for seed in range(8):
        solver = Keeping(World(seed=seed, words=4, ends=0.1).solver())
        run = run_of("beam_search", seed, solver)
        drive(run, solver, WORLD.verifier())
        assert len(run.tree.decisions) > 2
        assert solver.stale == solver.missed == 0


def test_runs_that_are_driven_together_let_go_too() -> None:
    solver = Keeping(WORLD.solver())
    starts = [
        lambda clock, seed=seed: run_of("beam_search", seed, solver)  # type: ignore[misc]
        for seed in range(6)
    ]
    runs = list(drive_together(starts, solver, WORLD.verifier(), at_once=3, cancelled=go_on))
    assert len(runs) == 6
    assert solver.missed == 0
    assert solver.released > 0
    assert solver.held == {}


def test_the_runs_under_way_let_go_when_they_are_stopped() -> None:
    solver = Keeping(WORLD.solver())
    starts = [
        lambda clock, seed=seed: run_of("beam_search", seed, solver)  # type: ignore[misc]
        for seed in range(3)
    ]
    driving = drive_together(starts, solver, WORLD.verifier(), at_once=3, cancelled=go_on)
    next(driving)
    driving.close()  # type: ignore[attr-defined]
    assert solver.held == {}
