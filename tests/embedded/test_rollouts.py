"""Rewards-to-go, and the examples that are made of judged attempts."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import FAMILIES, split_of
from search_core.embedded.training.calibration import Fit, fit
from search_core.embedded.training.rollout_stages import balanced
from search_core.embedded.training.rollouts import Prefixed, verifier_problems
from search_core.embedded.training.scoring import Reading
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


def test_calibration_finds_the_weights_that_made_the_outcomes() -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(20_000, 3, generator=generator)
    readings = [Reading(logit, -abs(total), -abs(least)) for logit, total, least in drawn.tolist()]
    made_by = Fit(0.5, 0.3, 0.2, -1.0)
    wanted = [made_by.apply(reading).score for reading in readings]
    assert fit(readings, wanted, with_likelihood=True) == pytest.approx(made_by, abs=0.01)


def test_a_verifier_that_reads_no_likelihood_is_given_none() -> None:
    readings = [Reading(1.0, -5.0, -2.0), Reading(-1.0, -0.1, -0.1)]
    found = fit(readings, [0.2, 0.9], with_likelihood=False)
    assert (found.total, found.least) == (0.0, 0.0)


def test_calibration_never_turns_the_order_round() -> None:
    readings = [Reading(logit, 0.0, 0.0) for logit in (-2.0, -1.0, 1.0, 2.0)]
    assert fit(readings, [1.0, 1.0, 0.0, 0.0], with_likelihood=False).scale > 0


def test_calibration_without_data_changes_nothing() -> None:
    assert fit([], [], with_likelihood=True) == Fit(1.0, 0.0, 0.0, 0.0)
