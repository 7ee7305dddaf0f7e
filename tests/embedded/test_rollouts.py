"""Rewards-to-go, and the examples that are made of judged attempts."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import FAMILIES, split_of
from search_core.embedded.training.calibration import fit_reading
from search_core.embedded.training.rollout_stages import balanced
from search_core.embedded.training.rollouts import Prefixed, verifier_problems
from search_core.embedded.training.sampling_stage import choose
from search_core.embedded.training.scoring import StepReading, scores_of
from search_core.engine.reading.score_reading import ScoreReading
from search_core.problem import Problem


def solution(problem: str, number: int, correct: bool) -> Prefixed:
    return Prefixed(Problem(problem), [number], [float(correct)], None, correct)


def test_rollout_problems_are_of_the_verifier_split_and_of_offered_levels() -> None:
    problems = verifier_problems(60, random.Random(0))
    assert {split_of(problem) for problem in problems} == {"verifier"}
    assert {problem.family for problem in problems} == set(FAMILIES)
    assert all(problem.level in FAMILIES[problem.family or ""].levels for problem in problems)


@given(st.lists(st.booleans(), min_size=2, max_size=20), st.integers(0, 5))
def test_right_and_wrong_are_balanced_within_a_problem(rights: list[bool], seed: int) -> None:
    items = [solution("1 + 1", number, right) for number, right in enumerate(rights)]
    counts = Counter(item.correct for item in balanced(items, seed))
    if any(rights) and not all(rights):
        assert counts[True] == counts[False] > 0
    else:
        assert 0 < sum(counts.values()) <= 2


def test_equal_attempts_count_once() -> None:
    items = [solution("1 + 1", 7, True)] * 5 + [solution("1 + 1", 8, False)]
    assert Counter(item.tokens[0] for item in balanced(items, 0)) == {7: 1, 8: 1}


def judged(count: int, with_likelihood: bool) -> tuple[list[Prefixed], list[list[StepReading]]]:
    """Solutions of two steps whose outcome follows from the readings."""
    generator = torch.Generator().manual_seed(0)
    solutions, readings = [], []
    for number, (head, total, chance) in enumerate(
        torch.rand(count, 3, generator=generator).tolist()
    ):
        head, total = 4 * head - 2, -6 * total
        logit = head + (0.5 * total + 1.5 if with_likelihood else 0.0)
        correct = chance < 1 / (1 + 2.718281828 ** (-logit))
        problem = Problem(f"problem {number % 40}", family="word")
        solutions.append(Prefixed(problem, [number], [float(correct)] * 2, None, correct))
        readings.append(
            [StepReading(head, total, total / 2, False), StepReading(head, total, total / 2, True)]
        )
    return solutions, readings


def test_calibration_finds_the_weights_that_made_the_outcomes() -> None:
    found = fit_reading(*judged(8_000, True), with_likelihood=True)
    for weights in (found.step, found.solution):
        assert weights.head == pytest.approx(1.0, abs=0.15)
        # The least is half of the total here, so that only their sum is known.
        assert weights.total + weights.least / 2 == pytest.approx(0.5, abs=0.15)


def test_calibrated_scores_mean_what_they_say() -> None:
    solutions, readings = judged(8_000, True)
    found = fit_reading(solutions, readings, with_likelihood=True)
    scores = [one[-1] for one in scores_of(readings, found)]
    for low in (0.0, 0.25, 0.5, 0.75):
        inside = [k for k, score in enumerate(scores) if low <= score < low + 0.25]
        said = sum(scores[k] for k in inside) / len(inside)
        assert said == pytest.approx(
            sum(solutions[k].correct for k in inside) / len(inside), abs=0.05
        )


def test_what_no_straight_line_fits_is_bent_and_no_order_changed() -> None:
    rng = random.Random(3)
    problem = Problem("p", "1", "word", 2)
    solutions, readings = [], []
    for number in range(6_000):
        head = rng.uniform(-4, 4)
        correct = rng.random() < (0.1 if head < 1 else 0.95)
        solutions.append(Prefixed(problem, [number], [float(correct)], None, correct))
        readings.append([StepReading(head, 0.0, 0.0, True)])
    found = fit_reading(solutions, readings, with_likelihood=False)
    scores = [one[0] for one in scores_of(readings, found)]
    by_head = sorted(zip((one[0].head for one in readings), scores, strict=True))
    assert all(a[1] < b[1] for a, b in pairwise(by_head) if a[0] < b[0])
    for low, high, share in ((-4, 0.5, 0.1), (1.5, 4, 0.95)):
        inside = [score for head, score in by_head if low < head < high]
        assert sum(inside) / len(inside) == pytest.approx(share, abs=0.03)


def test_a_verifier_that_reads_no_likelihood_is_given_none() -> None:
    found = fit_reading(*judged(400, False), with_likelihood=False)
    assert not found.reads_likelihood


def test_calibration_never_turns_the_head_round() -> None:
    solutions, readings = judged(400, False)
    turned = [
        s._replace(correct=not s.correct, values=[1 - v for v in s.values]) for s in solutions
    ]
    found = fit_reading(turned, readings, with_likelihood=False)
    assert found.step.head > 0
    assert found.solution.head > 0


def test_calibration_without_data_changes_nothing() -> None:
    assert fit_reading([], [], with_likelihood=True) == ScoreReading()


def test_the_most_diverse_of_the_settings_that_are_as_good_is_chosen() -> None:
    tried = [
        {"weighted": 0.80, "any": 0.85},
        {"weighted": 0.79, "any": 0.95},
        {"weighted": 0.40, "any": 0.99},
    ]
    assert choose(tried, problems=100) == tried[1]
    assert choose(tried, problems=1_000_000) == tried[0]
