"""The engine beside the baseline: both write the same, and what each took is what is said."""

from __future__ import annotations

import pytest

from search_core.bench.baseline import compare_with_baseline
from search_core.bench.baseline_models import BaselineSolver, BaselineVerifier
from search_core.bench.random_models import (
    random_problem,
    save_pair,
)
from search_core.bench.side_by_side import baseline_measurements, compare
from search_core.bench.timing import Timing
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    Solver,
    SolverInfo,
    StepSample,
    Verifier,
)
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.benching import SAMPLING, TINY, named

N, STEPS = 8, 3
Models = tuple[tuple[Solver, Solver], tuple[Verifier, Verifier]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """The engine's solver and verifier, each with the baseline's."""
    paths = save_pair(TINY, tmp_path_factory.mktemp("pair"))
    solver = load_solver(paths[0], device="cpu")
    verifier = load_verifier(paths[1], device="cpu")
    return (
        (solver, BaselineSolver(paths[0], solver.info)),
        (verifier, BaselineVerifier(paths[1], verifier.info)),
    )


def test_both_ways_write_and_score_the_same(models: Models) -> None:
    solvers, verifiers = models
    run = compare(
        random_problem(TINY, 12, 1),
        solvers,
        verifiers,
        SAMPLING,
        n=N,
        steps=STEPS,
        seed=1,
        plain=lambda: Timing(2.0, 4.0),
        plain_tokens=100,
    )
    assert run.solver.samples == N * STEPS
    assert TINY.shortest * N * STEPS <= run.solver.tokens <= TINY.longest * N * STEPS
    assert run.solver.different == 0
    assert run.verifier.apart < 1e-5
    assert run.plain == (50.0, 25.0)
    measured = named(baseline_measurements([run], "some"))
    solver, both = measured["solver, processor time"], measured["both, processor time"]
    assert solver.values == [run.solver.baseline_timing.cpu / run.solver.engine_timing.cpu]
    assert (solver.aim, both.aim, solver.more, solver.group) == (2.5, 4.0, True, "some")
    usual = run.solver.baseline_timing.cpu + run.verifier.baseline_timing.cpu
    assert both.values == [usual / (run.solver.engine_timing.cpu + run.verifier.engine_timing.cpu)]


def test_a_sample_that_differs_is_counted(models: Models) -> None:
    (engine, usual), verifiers = models

    class Other:
        info = usual.info

        def sample(
            self, requests: list[SampleRequest], sampling: Sampling, cancelled: Cancelled
        ) -> list[StepSample]:
            steps = usual.sample(requests, sampling, cancelled)
            return [StepSample("!", 2, 0.0, "step"), *steps[1:]]

    run = compare(
        random_problem(TINY, 12, 1),
        (engine, Other()),  # type: ignore[arg-type]  # its requests are a list here
        verifiers,
        SAMPLING,
        n=N,
        steps=2,
        seed=1,
        plain=lambda: Timing(1.0, 1.0),
        plain_tokens=1,
    )
    assert run.solver.different == 2
    measured = named(baseline_measurements([run], ""))
    assert measured["samples that rounding made another"].values == [100 * 2 / (2 * N)]


def test_the_comparison_gives_figures_for_each_number_of_beams() -> None:
    measured = compare_with_baseline(TINY, beams=(4, 8), steps=2, runs=2, device="cpu")
    groups = list(dict.fromkeys(figure.group for figure in measured))
    assert [group.partition(": ")[2] for group in groups] == [
        "tiny, N=4, 2 steps",
        "tiny, N=8, 2 steps",
    ]
    assert all(len(figure.values) == 2 for figure in measured)


def test_releasing_reaches_the_engine_and_counts_as_its_work() -> None:
    heard: list[str] = []

    class Keeps:
        info = SolverInfo("keeps")

        def release(
            self, run: str, problem: str, paths: object = None, step_ids: object = ()
        ) -> None:
            heard.append(run)

    from search_core.bench.side_by_side import SolverPair, VerifierPair

    keeps = Keeps()
    for pair in (SolverPair(keeps, keeps), VerifierPair(keeps, keeps)):  # type: ignore[arg-type]
        pair.release("a run", "?")
        assert pair.engine_timing.wall > 0
    assert heard == ["a run", "a run"]
