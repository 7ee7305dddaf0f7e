"""Solutions spoiled on purpose: each kind is caught at the step that was spoiled."""

from __future__ import annotations

import random
from functools import cache

import pytest

from search_core.embedded import FAMILIES, generate, gold_solution, grade
from search_core.embedded.corruption import (
    corrupt,
    corruption_kinds,
    random_corruption,
    step_labels,
)
from search_core.problem import Problem

EVERY_KIND = [(family, kind) for family in FAMILIES for kind in corruption_kinds(family)]


@cache
def problems_of(family: str) -> list[Problem]:
    """Problems of every level; they are made once, for making them takes longer than the tests."""
    levels = FAMILIES[family].levels
    return [problem for level in levels for problem in generate(family, level, 40, seed=1)]


@pytest.mark.parametrize(("family", "kind"), EVERY_KIND)
def test_each_kind_is_caught_at_its_step(family: str, kind: str) -> None:
    rng = random.Random(0)
    caught = 0
    for problem in problems_of(family):
        spoiled = corrupt(problem, kind, rng)
        if spoiled is None:
            continue
        caught += 1
        verdict = grade(problem, spoiled.steps)
        assert verdict.first_error == spoiled.first_error
        assert grade(problem, spoiled.steps[: spoiled.first_error]).first_error is None
        labels = step_labels(problem, spoiled.steps)
        assert len(labels) == len(spoiled.steps)
        assert not any(labels[spoiled.first_error :])
    assert caught >= 20


def test_gold_solutions_are_labelled_right_throughout() -> None:
    rng = random.Random(1)
    for family in FAMILIES.values():
        for problem in generate(family.name, family.levels[-1], 20, seed=1):
            assert set(step_labels(problem, gold_solution(problem, rng))) == {1.0}


def test_a_countdown_state_out_of_reach_is_labelled_wrong_although_every_step_is_true() -> None:
    problem = Problem("Use 3, 5 and 8 to make 16.", "16", "countdown", 3)
    steps = ["8 * 5 = 40, left 3 40", "40 - 3 = 37, left 37", "The answer is 37."]
    assert step_labels(problem, steps) == [0.0, 0.0, 0.0]
    assert step_labels(problem, ["8 + 5 = 13, left 3 13"]) == [1.0]


def test_random_corruptions_are_wrong_and_follow_the_seed() -> None:
    for family in FAMILIES.values():
        for problem in generate(family.name, family.levels[0], 20, seed=2):
            spoiled = random_corruption(problem, random.Random(3))
            assert grade(problem, spoiled.steps).first_error is not None
            assert spoiled == random_corruption(problem, random.Random(3))
