"""What is said of a verifier: first errors, calibration against rollouts."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import FAMILIES, generate, gold_solution
from search_core.evaluation.arms import make_arms
from search_core.evaluation.attempts import JUDGED_ATTEMPTS, Attempt, attempts_of
from search_core.evaluation.calibration import BINS, calibration_of
from search_core.evaluation.first_errors import f1_of_counts, first_errors, predicted_error
from search_core.evaluation.intervals import mean_with_interval, statistic_with_interval
from search_core.evaluation.measure import MeasurementPlan, Models, measure
from search_core.evaluation.outcomes import problem_key
from search_core.evaluation.rollouts import RolloutPlan, Rollouts, roll_out
from search_core.evaluation.store import OutcomeStore
from search_core.labelled import NO_ERROR
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.driving import drive, never
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import get_strategy
from tests.fakes import FakeSolver, FakeVerifier, World

BOOTSTRAP = {"draws": 50, "seed": 0}


def judged(scores: tuple[float, ...], first_error: int | None) -> Attempt:
    return Attempt(
        scores[-1], -1.0, first_error == NO_ERROR, scores=scores, first_error=first_error
    )


# First errors -------------------------------------------------------------------------------


def test_the_predicted_error_is_the_first_step_below_the_threshold() -> None:
    assert predicted_error((0.9, 0.4, 0.1), 0.5) == 1
    assert predicted_error((0.9, 0.5), 0.5) == NO_ERROR
    assert predicted_error((0.9, 0.4, 0.1), 0.2) == 2


def test_f1_is_the_harmonic_mean_of_both_accuracies() -> None:
    """ProcessBench: of two wrong solutions one error is placed, of four sound ones three pass."""
    attempts = [
        judged((0.9, 0.1, 0.1), 1),
        judged((0.9, 0.9, 0.1), 1),
        *[judged((0.9, 0.8), NO_ERROR)] * 3,
        judged((0.2, 0.8), NO_ERROR),
        judged((0.2, 0.8), None),
    ]
    found = first_errors({"a": [attempts]}, 0.5, **BOOTSTRAP)
    assert (found["with_error"], found["without_error"]) == (0.5, 0.75)
    assert found["f1"]["value"] == pytest.approx(2 * 0.5 * 0.75 / 1.25)
    assert (found["solutions_with_error"], found["solutions_without_error"]) == (2, 4)


def test_f1_is_not_defined_without_wrong_solutions() -> None:
    found = first_errors({"a": [[judged((0.9,), NO_ERROR)]]}, 0.5, **BOOTSTRAP)
    assert found["f1"] is None
    assert found["with_error"] is None
    assert found["without_error"] == 1.0


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_f1_lies_between_zero_and_one(counts: list[int]) -> None:
    a, b, c, d = counts
    value = f1_of_counts(np.array([[a, a + b, c, c + d]], dtype=float))[0]
    assert math.isnan(value) == (a + b == 0 or c + d == 0)
    assert math.isnan(value) or 0 <= value <= 1


def test_attempts_know_their_first_error_scores_and_tokens() -> None:
    """The first attempt copies the worked solution, the second spoils its first step."""
    problem = generate("expression", FAMILIES["expression"].levels.start, 1, 0, "test")[0]
    gold = gold_solution(problem, random.Random(0))

    def world(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if (not steps and index) or (steps and steps[0] != gold[0]):
            return ("The answer is 9999.", "end") if steps else ("1 + 1 = 3", "step")
        step = gold[len(steps)]
        return step, "end" if len(steps) == len(gold) - 1 else "step"

    strategy = get_strategy("best_of_n")
    recipe = Recipe(problem, strategy, strategy.options.from_values({"n": 2}))
    solver, verifier = FakeSolver(world), FakeVerifier(lambda steps: 1 / (1 + len(steps)))
    run = Run(recipe, solver.info, verifier.info)
    drive(run, solver, verifier)
    right, wrong = attempts_of(problem, run.tree)
    assert (right.right, right.first_error) == (True, NO_ERROR)
    assert (wrong.right, wrong.first_error) == (False, 0)
    assert right.tokens == sum(len(step.split()) + 1 for step in gold)
    assert right.scores == pytest.approx([1 / (2 + place) for place in range(len(gold))], rel=1e-5)
    assert right.tokens + wrong.tokens == run.tree.cost.generated


def test_only_the_first_attempts_keep_their_scores(tmp_path: Path) -> None:
    arms, _ = make_arms([f"best_of_n@{JUDGED_ATTEMPTS + 8}"], [], {})
    plan = MeasurementPlan(arms, [Problem("What is 1?", "1")], (0,), Sampling())
    models = Models(World(ends=0.9, cut_off=0).solver(), World().verifier())
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        measured = measure(plan, models, store, cancelled=never, on_done=lambda *_: None)
    attempts = measured.outcomes[0].attempts
    kept = [bool(attempt.scores) for attempt in attempts]
    assert kept[:JUDGED_ATTEMPTS] == [attempt.finished for attempt in attempts[:JUDGED_ATTEMPTS]]
    assert not any(kept[JUDGED_ATTEMPTS:])


# Intervals of what is no mean ---------------------------------------------------------------


@given(st.lists(st.integers(0, 1), min_size=2, max_size=30))
def test_a_mean_as_a_statistic_is_the_mean(values: list[int]) -> None:
    numbers = np.array(values, dtype=float)
    sums = np.stack([numbers, np.ones_like(numbers)], axis=1)
    mean = mean_with_interval({"a": numbers}, draws=40, seed=1)
    same = statistic_with_interval({"a": sums}, lambda s: s[:, 0] / s[:, 1], draws=40, seed=1)
    assert mean is not None
    assert same is not None
    assert (same.value, same.low, same.high) == pytest.approx((mean.value, mean.low, mean.high))


# Rollouts -----------------------------------------------------------------------------------


def test_calibration_is_the_gap_between_scores_and_what_came_of_it() -> None:
    rollouts = [
        Rollouts("1", "a", ((0.95, 1.0), (0.95, 0.5))),
        Rollouts("2", "b", ((0.15, 0.15),)),
        Rollouts("3", "of another evaluation", ((0.0, 1.0),)),
    ]
    found = calibration_of({"f": ["a", "b"], "none": ["c"]}, rollouts, **BOOTSTRAP)
    assert found is not None
    assert list(found["families"]) == ["f"]
    # Two prefixes of the last bin say 0.95 and are worth 0.75; the third is right.
    assert found["average"]["ece"]["value"] == pytest.approx(2 / 3 * 0.2)
    bins = found["families"]["f"]["bins"]
    assert len(bins) == BINS
    assert bins[9] == {"prefixes": 2, "score": pytest.approx(0.95), "value": 0.75}
    assert bins[5] == {"prefixes": 0, "score": None, "value": None}
    assert calibration_of({"f": ["c"]}, rollouts, **BOOTSTRAP) is None


def test_rollouts_value_a_prefix_by_how_often_it_comes_out_right() -> None:
    """A path that starts well ends right three times out of four, any other never."""

    def world(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if not steps:
            return ("well" if index % 2 else "badly"), "step"
        right = steps[0] == "well" and index % 4 != 3
        return f"The answer is {24 if right else 0}.", "end"

    verifier = FakeVerifier(lambda steps: 0.75 if steps[0] == "well" else 0.0)
    problems = {str(i): Problem(f"What is {i}?", "24") for i in range(20)}
    plan = RolloutPlan(attempts=4, rollouts=8)
    rolled = list(roll_out(problems, plan, Sampling(), FakeSolver(world), verifier, never))
    assert [one.problem for one in rolled] == [problem_key(one) for one in problems.values()]
    points = {point for one in rolled for point in one.points}
    # Prefixes of one step are rolled out; finished solutions are right or wrong.
    assert points == {(0.75, 0.75), (0.0, 0.0), (0.75, 1.0)}
    assert all(len(one.points) == 4 for one in rolled)


def test_prefixes_come_from_the_first_attempts_of_best_of_n() -> None:
    asked: list[int] = []
    world = World(cut_off=0, ends=1)

    class Listening(FakeSolver):
        def sample(self, requests, sampling, cancelled):  # type: ignore[no-untyped-def]
            asked.extend(request.seed for request in requests)
            return super().sample(requests, sampling, cancelled)

    problem = Problem("What is 1?", "1")
    plan = RolloutPlan(attempts=3, rollouts=2, seed=7)
    list(roll_out({"k": problem}, plan, Sampling(), Listening(world.step), world.verifier(), never))
    rolled, asked = asked, []
    strategy = get_strategy("best_of_n")
    recipe = Recipe(problem, strategy, strategy.options.from_values({"n": 3}), seed=7)
    solver = Listening(world.step)
    drive(Run(recipe, solver.info, world.verifier().info), solver, world.verifier())
    assert rolled == asked


def test_steps_that_were_cut_off_are_no_prefixes() -> None:
    verifier = FakeVerifier(lambda steps: 0.5)
    cut = FakeSolver(lambda steps, index: ("a step and then", "length"))
    problem = Problem("What is 1?", "1")
    rolled = list(roll_out({"k": problem}, RolloutPlan(), Sampling(), cut, verifier, never))
    assert rolled == [Rollouts("k", problem_key(problem), ())]


@given(st.integers(0, 12), st.integers(1, 20), st.integers(1, 3))
def test_as_many_problems_as_asked_get_rollouts_whoever_shares_them(
    wanted: int, total: int, workers: int
) -> None:
    problems = [Problem(f"{f} {i}", "1", family=f) for f in "ab" for i in range(total)]
    plan = MeasurementPlan([], problems, (0,), Sampling(), rollouts=RolloutPlan(per_family=wanted))
    assert len(plan.rolled_out) == 2 * min(wanted, total)
    shared = [one for index in range(workers) for one in plan.shard(index, workers).rolled_out]
    assert sorted(map(problem_key, shared)) == sorted(map(problem_key, plan.rolled_out))


def test_rollouts_survive_the_disk(tmp_path: Path) -> None:
    one = Rollouts("k", "p", ((0.123456789, 0.5), (1.0, 0.0)))
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        store.add(one)
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        assert store.get("k") == one
