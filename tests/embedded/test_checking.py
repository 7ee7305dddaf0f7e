"""The checker: every way to be wrong is found at its step, with a plain reason."""

from __future__ import annotations

import pytest

from search_core.embedded import grade
from search_core.problem import Problem

EXPRESSION = Problem("What is (7 + 8) * 3 - 4?", "41", "expression", 3)
EXPRESSION_STEPS = ["7 + 8 = 15, now 15 * 3 - 4", "15 * 3 = 45, now 45 - 4", "45 - 4 = 41"]
COUNTDOWN = Problem("Use 3, 7, 8 and 25 to make 24.", "24", "countdown", 4)
COUNTDOWN_STEPS = ["7 - 3 = 4, left 4 8 25", "8 - 4 = 4, left 4 25", "25 - 4 = 21, left 21"]
WORD = Problem(
    "Ella has 27 books. Tom finds 5 books. Ella gets 72 books from Rosa. "
    "Ella splits the books into 3 equal piles and keeps one pile. "
    "How many books does Ella have now?",
    "33",
    "word",
    2,
)
WORD_STEPS = [
    "Ella gets 72 books from Rosa. 27 + 72 = 99",
    "Ella splits the books into 3 equal piles and keeps one pile. 99 / 3 = 33",
]


def test_right_solutions() -> None:
    for problem, steps in ((EXPRESSION, EXPRESSION_STEPS), (WORD, WORD_STEPS)):
        verdict = grade(problem, [*steps, f"The answer is {problem.answer}."])
        assert (verdict.correct, verdict.first_error) == (True, None)
    play = ["8 * 3 = 24, left 7 24 25", "The answer is 24."]
    assert grade(COUNTDOWN, play).correct


def test_unfinished_solutions_are_neither_right_nor_in_error() -> None:
    for steps in ([], EXPRESSION_STEPS[:1], EXPRESSION_STEPS):
        verdict = grade(EXPRESSION, steps)
        assert (verdict.correct, verdict.first_error) == (False, None)
        assert "not ended" in verdict.reason


@pytest.mark.parametrize(
    ("problem", "steps", "index", "reason"),
    [
        (EXPRESSION, ["7 + 8 = 16, now 16 * 3 - 4"], 0, "7 \\+ 8 = 16 is false"),
        (EXPRESSION, ["8 * 3 = 24, now 7 + 24 - 4"], 0, "cannot be done next"),
        (EXPRESSION, ["7 + 8 = 15, now 15 * 3 - 5"], 0, "restated wrongly"),
        (EXPRESSION, ["7 + 8 = 15"], 0, "restated wrongly"),
        (EXPRESSION, ["hello"], 0, "no step of arithmetic"),
        (EXPRESSION, [*EXPRESSION_STEPS[:2], "The answer is 45."], 2, "too early"),
        (EXPRESSION, [*EXPRESSION_STEPS, "The answer is 42."], 3, "should be 41"),
        (EXPRESSION, [*EXPRESSION_STEPS, "41 - 4 = 37"], 3, "Nothing is left"),
        (
            EXPRESSION,
            [*EXPRESSION_STEPS, "The answer is 41.", "The answer is 41."],
            4,
            "after the answer",
        ),
        (COUNTDOWN, ["7 - 3 = 5, left 5 8 25"], 0, "is false"),
        (COUNTDOWN, ["7 - 2 = 5, left 3 5 8 25"], 0, "2 is not among"),
        (COUNTDOWN, ["7 - 3 = 4, left 4 7 8 25"], 0, "list is wrong"),
        (COUNTDOWN, [*COUNTDOWN_STEPS, "The answer is 21."], 3, "not the target 24"),
        (COUNTDOWN, [*COUNTDOWN_STEPS, "The answer is 24."], 3, "should be 21"),
        (COUNTDOWN, ["The answer is 24."], 0, "before any step"),
        (WORD, ["Tom finds 5 books. 27 + 5 = 32"], 0, "not what comes next"),
        (WORD, ["Ella gets 72 books from Rosa. 27 - 72 = 0"], 0, "is false"),
        (WORD, ["Ella gets 72 books from Rosa. 28 + 72 = 100"], 0, "asks for 27 \\+ 72"),
        (WORD, ["Ella gets 71 books from Rosa. 27 + 71 = 98"], 0, "does not say"),
        (WORD, [WORD_STEPS[0], WORD_STEPS[0]], 1, "used already"),
        (WORD, [WORD_STEPS[0], "The answer is 99."], 1, "too early"),
        (WORD, [*WORD_STEPS, "The answer is 34."], 2, "should be 33"),
    ],
)
def test_first_errors(problem: Problem, steps: list[str], index: int, reason: str) -> None:
    verdict = grade(problem, steps)
    assert verdict.first_error == index
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(verdict.reason)


def test_only_countdown_is_wrong_when_a_false_step_happens_to_end_right() -> None:
    lucky = ["7 + 8 = 16, now 16 * 3 - 4", "The answer is 41."]
    assert grade(EXPRESSION, lucky).correct
    assert grade(EXPRESSION, lucky).first_error == 0
    faked = ["25 - 3 = 24, left 7 8 24", "The answer is 24."]
    assert not grade(COUNTDOWN, faked).correct


def test_numbers_may_be_listed_and_operations_chosen_in_any_valid_order() -> None:
    assert grade(COUNTDOWN, ["3 + 8 = 11, left 25 11 7"]).first_error is None
    sums = Problem("What is 1 + 2 + 3 * 4?", "15", "expression", 3)
    assert grade(sums, ["1 + 2 = 3, now 3 + 3 * 4"]).first_error is None


def test_a_problem_of_no_family_is_refused() -> None:
    with pytest.raises(ValueError, match="read_problem"):
        grade(Problem("What is love?"), [])
