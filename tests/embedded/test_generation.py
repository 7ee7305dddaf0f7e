"""Problems and worked solutions: deterministic, disjoint splits, all right."""

from __future__ import annotations

import random
import re

import pytest

from search_core.embedded import (
    FAMILIES,
    canonical_key,
    generate,
    gold_solution,
    grade,
    split_of,
)
from search_core.embedded.families.arithmetic import read_equation
from search_core.embedded.families.word_list import NAMES
from search_core.embedded.generation import failed_attempt, sample_problem
from search_core.embedded.splits import SPLITS
from search_core.problem import Problem

EVERY_LEVEL = [(family.name, level) for family in FAMILIES.values() for level in family.levels]


def all_problems(count: int, seed: int = 0, split: str = "test") -> list[Problem]:
    return [p for family, level in EVERY_LEVEL for p in generate(family, level, count, seed, split)]


def test_the_same_arguments_give_the_same_problems() -> None:
    assert all_problems(10, seed=3) == all_problems(10, seed=3)
    assert all_problems(10, seed=3) != all_problems(10, seed=4)


@pytest.mark.parametrize(("family", "level"), EVERY_LEVEL)
def test_splits_share_no_key_even_with_different_seeds(family: str, level: int) -> None:
    keys = {
        split: {
            canonical_key(problem)
            for seed in (0, 1)
            for problem in generate(family, level, 30, seed, split)
        }
        for split in SPLITS
    }
    assert all(len(found) > 20 for found in keys.values())
    assert not keys["train"] & keys["verifier"]
    assert not keys["train"] & keys["test"]
    assert not keys["verifier"] & keys["test"]


def test_offered_word_problems_have_ordinary_names_and_training_has_others_too() -> None:
    def unknown(problem: Problem) -> set[str]:
        return set(re.findall("[A-Z][a-z]+", problem.text)) - {*NAMES, "How"}

    rng = random.Random(4)
    for level in FAMILIES["word"].levels:
        assert not any(unknown(problem) for problem in generate("word", level, 40, seed=8))
    assert any(unknown(sample_problem("word", 3, rng, made_up=True)) for _ in range(60))


def test_splits_have_the_sizes_that_the_cards_state() -> None:
    rng = random.Random(0)
    found = [split_of(sample_problem("expression", 4, rng)) for _ in range(4_000)]
    shares = [found.count(split) / len(found) for split in ("train", "verifier", "test")]
    assert shares == pytest.approx([0.85, 0.10, 0.05], abs=0.02)


def test_dress_does_not_change_a_word_problems_key() -> None:
    end = " equal piles and keeps one pile. How many {1} does {0} have now?"
    text = "{0} has 12 {1}. {0} finds 6 {1}. {0} splits the {1} into 3" + end
    keys = {
        canonical_key(Problem(text.format(who, things), "6", "word", 2))
        for who, things in (("Ella", "books"), ("Tom", "apples"))
    }
    assert keys == {"word:12+6/3"}


@pytest.mark.parametrize(("family", "level"), EVERY_LEVEL)
def test_gold_solutions_are_right_and_have_the_levels_length(family: str, level: int) -> None:
    rng = random.Random(1)
    for problem in generate(family, level, 60, seed=2):
        steps = gold_solution(problem, rng)
        verdict = grade(problem, steps)
        assert verdict.correct
        assert verdict.first_error is None
        assert steps[-1] == f"The answer is {problem.answer}."
        if family != "countdown":
            assert len(steps) == level + 1
        else:
            assert 2 <= len(steps) <= level


def test_numbers_stay_small_enough_to_be_mastered() -> None:
    rng = random.Random(2)
    for problem in all_problems(40):
        for step in gold_solution(problem, rng)[:-1]:
            written = step.partition(", ")[0].rpartition(". ")[2]
            equation = read_equation(written)
            assert equation is not None
            assert equation.is_true
            assert max(equation.left, equation.right, equation.result) <= 400


def test_failed_attempts_are_honest() -> None:
    rng = random.Random(3)
    for problem in generate("countdown", 4, 60, seed=5):
        attempt = failed_attempt(problem, rng)
        if attempt is None:
            continue
        verdict = grade(problem, attempt.steps)
        assert not verdict.correct
        assert verdict.first_error == len(attempt.steps) - 1
        assert attempt.imitate.count(False) == 1


@pytest.mark.parametrize(
    ("family", "level", "count", "split", "message"),
    [
        ("algebra", 2, 1, "test", "expression, word, countdown"),
        ("word", 9, 1, "test", "2 to 4"),
        ("word", 2, -1, "test", "0 or more"),
        ("word", 2, 1, "dev", "train, verifier, test"),
    ],
)
def test_bad_arguments_are_named(
    family: str, level: int, count: int, split: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        generate(family, level, count, 0, split)
