"""Best-of-N at a small budget is read off a large run: it must be what a run would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.arms import Arm
from search_core.evaluation.measure import MeasurementPlan, Measurements, Models, measure
from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.store import OutcomeStore
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
)
from search_core.run.driving import never
from search_core.strategies import get_strategy
from tests.examples import examples
from tests.fakes import SHAPE, FakeSolver, FakeVerifier, World

PROBLEMS = [Problem(f"What is {i}?", answer=str(i % 4)) for i in range(3)]


@dataclass
class SharingSolver:
    """As the engine: a prompt that occurs several times in a call is read once, and shared."""

    inner: FakeSolver
    info: SolverInfo = SolverInfo("sharing solver", shape=SHAPE)
    calls: int = 0

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.calls += 1
        samples = self.inner.sample(requests, sampling, cancelled)
        prompts = [(request.problem, request.steps) for request in requests]
        for prompt in set(prompts):
            indices = [index for index, one in enumerate(prompts) if one == prompt]
            length = 7 + 3 * len(prompt[1])
            share, rest = divmod(length, len(indices))
            for place, index in enumerate(indices):
                read = share + (place < rest)
                samples[index] = replace(
                    samples[index], prefilled=read, reused=length - read, known=0
                )
        return samples


@dataclass
class SharingVerifier:
    """As the engine: a path that occurs twice is read once, and counted for the first.

    It says itself what that took, as a verifier does that reasons first.
    """

    inner: FakeVerifier
    info: VerifierInfo = VerifierInfo("sharing verifier", shape=SHAPE)

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        seen: set[object] = set()
        replies = []
        for request, reply in zip(requests, self.inner.score(requests, cancelled), strict=True):
            path = (request.problem, request.steps, request.finished)
            length = 7 + 3 * len(request.steps)
            first = path not in seen
            seen.add(path)
            counts = {"tokens": length, "reused": 0} if first else {"tokens": 0, "reused": length}
            replies.append(StepScores(reply.scores, **counts, flops=2.5 * counts["tokens"]))
        return replies


def models(world: World, sharing: bool) -> Models:
    if sharing:
        return Models(SharingSolver(world.solver()), SharingVerifier(world.verifier()))
    return Models(world.solver(), world.verifier())


def best_of(n: int, **options: object) -> Arm:
    strategy = get_strategy("best_of_n")
    return Arm(strategy, strategy.options.from_values({"n": n, **options}))


def measured(arms: Sequence[Arm], used: Models, path: Path, seeds: Sequence[int]) -> Measurements:
    plan = MeasurementPlan(arms, PROBLEMS, seeds, Sampling(), samples_at_once=8)
    with OutcomeStore(path) as store:
        return measure(plan, used, store, cancelled=never, on_done=lambda *_: None)


def but_for_seconds(outcome: Outcome) -> Outcome:
    return replace(outcome, solver_seconds=0, verifier_seconds=0)


@examples(25)
@given(
    world=st.builds(
        World,
        seed=st.integers(0, 99),
        words=st.integers(1, 4),
        ends=st.sampled_from([0.2, 0.5, 0.9]),
        cut_off=st.sampled_from([0.0, 0.3]),
    ),
    sharing=st.booleans(),
    aggregate=st.sampled_from(["last", "prod"]),
    length_ends=st.booleans(),
)
def test_outcomes_of_small_budgets_are_those_of_runs_of_their_own(
    tmp_path_factory: pytest.TempPathFactory,
    world: World,
    sharing: bool,
    aggregate: str,
    length_ends: bool,
) -> None:
    """Votes, tokens, prompts, FLOPs and attempts alike; only seconds are a share."""
    folder = tmp_path_factory.mktemp("nested")
    arms = [
        best_of(n, aggregate=aggregate, length_ends=length_ends, max_steps=4) for n in (1, 3, 8)
    ]
    used = models(world, sharing)
    nested = measured(arms, used, folder / "nested.jsonl", (0, 1)).outcomes
    alone = [
        outcome
        for arm in arms
        for outcome in measured([arm], used, folder / f"{arm.n}.jsonl", (0, 1)).outcomes
    ]
    assert [but_for_seconds(one) for one in nested] == [but_for_seconds(one) for one in alone]


def test_only_the_largest_budget_asks_the_models(tmp_path: Path) -> None:
    world = World(seed=2)
    one, many = models(world, sharing=False), models(world, sharing=False)
    measured([best_of(8)], one, tmp_path / "one.jsonl", (0,))
    measured([best_of(1), best_of(4), best_of(8)], many, tmp_path / "many.jsonl", (0,))
    assert many.solver.calls == one.solver.calls  # type: ignore[attr-defined]
    assert many.verifier.calls == one.verifier.calls  # type: ignore[attr-defined]


def test_a_small_budget_that_is_asked_for_later_is_run(tmp_path: Path) -> None:
    """The log of the large run is gone by then; its outcome is not run again."""
    used, again = models(World(), sharing=False), models(World(), sharing=False)
    measured([best_of(8)], used, tmp_path / "runs.jsonl", (0,))
    found = measured([best_of(2), best_of(8)], again, tmp_path / "runs.jsonl", (0,)).outcomes
    assert [one.arm for one in found] == ["best_of_n@2"] * 3 + ["best_of_n@8"] * 3
    assert 0 < again.solver.calls < used.solver.calls * 3  # type: ignore[attr-defined]


def test_budgets_with_other_options_are_not_read_off_each_other(tmp_path: Path) -> None:
    used = models(World(), sharing=False)
    arms = [best_of(2, max_steps=1), best_of(4)]
    found = measured(arms, used, tmp_path / "runs.jsonl", (0,)).outcomes
    short = [one for one in found if one.arm == "best_of_n@2"]
    alone = measured(arms[:1], used, tmp_path / "alone.jsonl", (0,)).outcomes
    assert [but_for_seconds(one) for one in short] == [but_for_seconds(one) for one in alone]


def test_seconds_of_a_small_budget_are_its_share_of_tokens(tmp_path: Path) -> None:
    found = measured(
        [best_of(2), best_of(8)], models(World(), sharing=False), tmp_path / "runs.jsonl", (0,)
    ).outcomes
    small, large = found[0], found[3]
    share = small.generated / large.generated
    assert small.solver_seconds == pytest.approx(large.solver_seconds * share, abs=1e-4)
