"""What the checker says of steps that a person wrote: never that a right one is wrong."""

from __future__ import annotations

import random

import pytest

from search_core.embedded import FAMILIES, gold_solution, read_problem
from search_core.embedded.corruption import random_corruption, step_labels
from search_core.verify.step_verdicts import FORMS, checked_steps, step_verdicts

EXPRESSION = "What is 3 * 8 - 4?"
STORY = FAMILIES["word"].example
COUNTDOWN = "Use 3, 8 and 4 to make 20."


@pytest.mark.parametrize("family", FAMILIES)
def test_the_form_that_is_shown_is_the_one_that_is_read(family: str) -> None:
    form = FORMS[family]
    problem = read_problem(form.problem)
    assert problem.family == family
    assert set(step_labels(problem, form.steps)) == {1.0}


@pytest.mark.parametrize(
    ("problem", "steps", "said"),
    [
        (EXPRESSION, ["3 * 8 = 24", "24 - 4 = 20", "The answer is 20."], [None, None, True]),
        (EXPRESSION, ["3 * 8 = 25", "25 - 4 = 21", "The answer is 21."], [False, False, False]),
        (EXPRESSION, ["3 * 8 = 24", "24 - 4 = 21", "The answer is 21."], [None, False, False]),
        (EXPRESSION, ["3 * 8 = 24", "24 - 4 = 20", "The answer is 19."], [None, None, False]),
        (EXPRESSION, ["The answer is 20."], [True]),
        (EXPRESSION, ["First, 3×8=24.", "So the answer is 20"], [None, None]),
        (EXPRESSION, ["First, 3×8=25.", "Hence 21, that's it"], [False, None]),
        (EXPRESSION, ["3 * 8 = 24 - 4 = 20"], [None]),
        (EXPRESSION, ["3 * 8 = 24, now 24 - 4"] * 2, [True, False]),
        (EXPRESSION, ["8 - 4 = 4, now 3 * 4"], [False]),
        (EXPRESSION, ["3 * 8 = 24, now 24 - 5"], [False]),
        (EXPRESSION, ["3 * 8 = 24, now 24-4", "24 - 4 = 20"], [None, None]),
        (EXPRESSION, ["3 * 8 = 24, now 24 - 4", "24 - 5 = 19"], [True, False]),
        ("What is 2 + 3 * 8?", ["2 + 3 * 8 = 26"], [None]),
        ("What is 1 + 2 + 3?", ["1 + 2 = 3, now 3 + 3", "So 3 + 3 = 6."], [True, None]),
        (STORY, ["27 + 72 = 99", "99 / 3 = 33", "The answer is 33."], [None, None, True]),
        (STORY, ["She gets 72. 27 + 72 = 99", "The answer is 98."], [None, False]),
        (STORY, ["Ella gets 72 books from Rosa. 27 + 72 = 98"], [False]),
        (STORY, ["Ella gets 62 books from Rosa. 27 + 62 = 89"], [False]),
        (STORY, ["Ella gets 72 books from Rosa. 72 - 27 = 45"], [False]),
        (COUNTDOWN, ["3 * 8 = 24", "24 - 4 = 20", "The answer is 20."], [None, None, None]),
        (COUNTDOWN, ["3 * 8 = 24, left 4 24", "24 - 4 = 20"], [True, None]),
        (COUNTDOWN, ["3 * 8 = 24, left 4, 24", "The answer is 21."], [None, False]),
        (COUNTDOWN, ["3 + 9 = 12, left 4 12"], [False]),
        (COUNTDOWN, ["3 + 8 = 11, left 4 11"], [False]),
    ],
)  # fmt: skip
def test_only_what_is_really_wrong_is_called_wrong(
    problem: str, steps: list[str], said: list[bool | None]
) -> None:
    assert checked_steps(problem, steps) == tuple(said)


def test_steps_in_form_are_told_as_they_are_labelled() -> None:
    rng = random.Random(0)
    for form in FORMS.values():
        problem = read_problem(form.problem)
        gold = gold_solution(problem, rng)
        assert set(step_verdicts(problem, gold)) == {True}
        for _ in range(20):
            spoiled = random_corruption(problem, rng)
            verdicts = step_verdicts(problem, spoiled.steps)
            first = step_labels(problem, spoiled.steps).count(1.0)
            assert verdicts[:first] == (True,) * first
            # A final answer may be right after steps of which nothing is known.
            told = [at for at in range(first, len(verdicts)) if verdicts[at]]
            assert told in ([], [len(verdicts) - 1])
            assert not told or spoiled.steps[-1] == gold[-1]


def test_long_and_odd_texts_are_no_trouble() -> None:
    odd = [
        "(" * 20_000,
        "1 + " * 5_000,
        "1 / 0 = 7",
        "0.5 + 2 = 3",
        ", now ",
        ". ",
        "= 3 =",
        "9" * 9_000,
    ]
    for form in FORMS.values():
        for step in odd:
            assert checked_steps(form.problem, [step]) in ((None,), (False,))
    assert checked_steps("Why?", ["so"]) is None
