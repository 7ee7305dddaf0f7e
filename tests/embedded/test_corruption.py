"""Solutions spoiled on purpose: each kind is caught at the step that was spoiled."""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest

from search_core.embedded import FAMILIES, generate, gold_solution, grade, prospects
from search_core.embedded.corruption import (
    corrupt,
    corruption_kinds,
    first_error,
    random_corruption,
    step_labels,
)
from search_core.embedded.families.arithmetic import SYMBOLS, Equation, compute
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.families.countdown import step_text
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


def test_a_step_on_from_a_target_that_was_made_is_wrong_where_it_cannot_be_made_again() -> None:
    problem = Problem("Use 3, 5 and 8 to make 16.", "16", "countdown", 3)
    made = ["8 + 5 = 13, left 3 13", "13 + 3 = 16, left 16"]
    assert step_labels(problem, [*made, "The answer is 16."]) == [1.0, 1.0, 1.0]
    assert first_error(problem, [*made, "The answer is 16.", "The answer is 16."]) == 3
    problem = Problem("Use 4, 6, 12 and 12 to make 24.", "24", "countdown", 4)
    on = ["12 + 12 = 24, left 4 6 24", "24 - 6 = 18, left 4 18", "18 + 4 = 22, left 22"]
    assert step_labels(problem, [*on, "The answer is 22."]) == [1.0, 0.0, 0.0, 0.0]
    again = ["12 + 12 = 24, left 4 6 24", "6 * 4 = 24, left 24 24", "The answer is 24."]
    assert step_labels(problem, again) == [1.0, 1.0, 1.0]
    problem = Problem("Use 4, 12, 12 and 12 to make 24.", "24", "countdown", 4)
    doubled = ["12 + 12 = 24, left 4 12 24", "12 * 4 = 48, left 24 48", "48 - 24 = 24, left 24"]
    assert step_labels(problem, doubled) == [1.0, 1.0, 1.0]


def test_labels_of_random_countdown_solutions_say_what_trying_everything_says() -> None:
    """Every true step is tried, easy or not, and past the target too."""
    rng, wrong, beyond = random.Random(4), 0, 0
    for problem in problems_of("countdown")[10:60]:
        numbers, target = parse_countdown(problem.text)
        for _ in range(8):
            left, steps, expected, made = tuple(sorted(numbers)), [], [], False
            while len(left) > 1:
                equation, left = rng.choice(every_move(left))
                steps.append(step_text(equation, left))
                ends = equation.result == target or can_end(left, target)
                expected.append(float(ends and all(expected)))
                beyond += made and not expected[-1]
                made = made or equation.result == target
            steps.append(f"The answer is {equation.result}.")
            expected.append(float(equation.result == target))
            assert step_labels(problem, steps) == expected
            assert prospects(problem, steps) == [label == 1.0 for label in expected]
            wrong += 0.0 in expected
    assert wrong > 200
    assert beyond > 0


def every_move(left: tuple[int, ...]) -> list[tuple[Equation, tuple[int, ...]]]:
    moves = []
    for first, second in itertools.permutations(range(len(left)), 2):
        rest = [number for at, number in enumerate(left) if at not in (first, second)]
        for symbol in SYMBOLS:
            result = compute(left[first], symbol, left[second])
            if result is not None:
                equation = Equation(left[first], symbol, left[second], result)
                moves.append((equation, tuple(sorted([*rest, result]))))
    return moves


@cache
def can_end(left: tuple[int, ...], target: int) -> bool:
    """Whether some true steps from these numbers end with the target as their last result."""
    return any(
        equation.result == target or can_end(after, target) for equation, after in every_move(left)
    )


def test_random_corruptions_are_wrong_and_follow_the_seed() -> None:
    for family in FAMILIES.values():
        for problem in generate(family.name, family.levels[0], 20, seed=2):
            spoiled = random_corruption(problem, random.Random(3))
            assert grade(problem, spoiled.steps).first_error is not None
            assert spoiled == random_corruption(problem, random.Random(3))
