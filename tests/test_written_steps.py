"""A run keeps its solver's token ids while it lives, each with the step that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

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
from search_core.run.replies import ProtocolError, checked_samples
from search_core.run.runner import Run
from search_core.run.written import WrittenSteps
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, World

WORLD = World(seed=2, words=2, ends=0.2)


@dataclass
class Writing:
    """A solver whose step says its own name in ids: its path's ids, and a number of its own."""

    inner: FakeSolver
    asked: list[SampleRequest] = field(default_factory=list)
    released: list[tuple[tuple[str, ...], StepIds]] = field(default_factory=list)
    count: int = 0

    @property
    def info(self) -> SolverInfo:
        return self.inner.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.asked += requests
        samples = []
        for sample in self.inner.sample(requests, sampling, cancelled):
            self.count += 1
            samples.append(replace(sample, ids=(len(sample.text), self.count)))
        return samples

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        self.released += zip(paths or (), step_ids, strict=True)


@pytest.mark.parametrize(
    "name", ["beam_search", "dvts", "mcts", "lookahead_search", "best_of_n", "single_stream"]
)
def test_each_step_of_a_path_comes_with_its_own_ids(name: str) -> None:
    """Siblings often say the same here, and duplicates are merged: each keeps its own."""
    solver, strategy = Writing(WORLD.solver()), STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    options = strategy.options.from_values({"n": 8} if "n" in known else {})
    recipe = Recipe(Problem("?", answer="1"), strategy, options, seed=1)
    run = Run(recipe, solver.info, WORLD.verifier().info)
    drive(run, solver, WORLD.verifier())
    longer = [request for request in solver.asked if request.steps]
    assert longer
    for request in longer:
        assert [ids and ids[0] for ids in request.step_ids] == [len(step) for step in request.steps]
        numbers = [ids[1] for ids in request.step_ids if ids]
        assert numbers == sorted(set(numbers))
    ids_of = {request.step_ids for request in longer}
    texts_of = {request.steps for request in longer}
    assert len(ids_of) >= len(texts_of)
    for path, step_ids in solver.released:
        assert [ids and ids[0] for ids in step_ids] == [len(step) for step in path]
    assert not run.step_ids([node.id for node in run.tree.steps()])  # it is over


def test_what_is_not_known_is_none_and_nothing_known_is_nothing() -> None:
    written = WrittenSteps()
    written.keep("0", (7, 2**31))
    written.keep("0.0", None)
    assert written.of(["0", "0.0"]) == ((7, 2**31), None)
    assert written.of(["0.0"]) == ()
    written.clear()
    assert written.of(["0"]) == ()


def test_a_request_with_ids_for_other_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="has 2 steps and the token ids of 1"):
        SampleRequest("?", ("a", "b"), 0, step_ids=((1,),))


@pytest.mark.parametrize("ids", ["12", (1, -1), (1.5,), 7, (2**40,), (True,), {1: 2}])
def test_ids_that_are_none_are_named(ids: object) -> None:
    sample = StepSample("a", 1, -1.0, "step", ids=ids)  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match=r"Solver x gave, as step 1 of 1, token ids .*expected"):
        checked_samples([sample], 1, "x")


def test_ids_of_any_library_are_taken() -> None:
    numpy = pytest.importorskip("numpy")
    sample = StepSample("a", 1, -1.0, "step", ids=numpy.array([3, 4]))
    [checked] = checked_samples([sample], 1, "x")
    assert checked.ids == (3, 4)
    assert type(checked.ids[0]) is int
