"""Typed problems: ordinary variations are understood, everything else is refused plainly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import (
    FAMILIES,
    ProblemOutOfRangeError,
    UnknownProblemError,
    generate,
    read_problem,
)
from search_core.embedded.reading.normalise import LONGEST_TEXT
from tests.examples import examples
from tests.growth import TIMES, takes_linear_time

EXPRESSIONS = [
    ("What is 3 + 4 * 5?", "What is 3 + 4 * 5?", "23"),
    ("(3+4)*5 =", "What is (3 + 4) * 5?", "35"),
    ("3 × 4 − 2", "What is 3 * 4 - 2?", "10"),
    ("12÷4+3·2", "What is 12 / 4 + 3 * 2?", "9"),
    ("7 x 8 - 3", "What is 7 * 8 - 3?", "53"),
    ("7x8-3=?", "What is 7 * 8 - 3?", "53"),
    ("compute 2(3+4)-1", "What is 2 * (3 + 4) - 1?", "13"),
    ("What is 3 plus 4 times 5?", "What is 3 + 4 * 5?", "23"),
    ("what's\t((3+4)) *\n5 ??", "What is (3 + 4) * 5?", "35"),
    ("Please calculate [8 – 2] × 3.", "What is (8 - 2) * 3?", "18"),
    ("٣ + ٤ * ٥", "What is 3 + 4 * 5?", "23"),
    ("twenty-five minus five times four", "What is 25 - 5 * 4?", "5"),
]
COUNTDOWNS = [
    "Use 3, 7, 8 and 25 to make 24.",
    "Use 3 7 8 25 to make 24",
    "24 from 3, 7, 8, 25",
    "make 24 using 3,7,8,25",
    "Make 24 with the numbers 3, 7, 8, and 25!",
    "3, 7, 8, 25 -> 24",
    "3 7 8 25 → 24",
    "numbers: 3 7 8 25 target: 24",
    "Reach 24 with 3, 7, 8 and 25",
    "How can you make 24 from 3 7 8 25?",
    "COUNTDOWN: get 24 out of 3; 7; 8; 25",
]
WORDS = [
    (
        "Ella has 27 books. She gets 72 books from Rosa. Then she gives 15 books to Tom. "
        "How many books does Ella have now?",
        "Ella has 27 books. Ella gets 72 books from Rosa. Ella gives 15 books to Tom. "
        "How many books does Ella have now?",
        "84",
    ),
    (
        "Tom had 12 apples. He bought 8 more and ate 5. How many apples does he have left?",
        "Tom has 12 apples. Tom buys 8 apples. Tom uses 5 apples. "
        "How many apples does Tom have now?",
        "15",
    ),
    (
        "Xavier has 20 red marbles. He loses 4 marbles at the park, then finds 6. "
        "How many marbles does Xavier have in the end?",
        "Xavier has 20 marbles. Xavier loses 4 marbles. Xavier finds 6 marbles. "
        "How many marbles does Xavier have now?",
        "22",
    ),
    (
        "Anna starts with twelve stickers. Her friend Ben gives her 6 stickers. "
        "Anna gives half of her stickers to Mia. how many are left?",
        "Anna has 12 stickers. Ben gives 6 stickers to Anna. "
        "Anna gives half of the stickers to Mia. How many stickers does Anna have now?",
        "9",
    ),
    (
        "Maria has 5 coins. Maria doubles her coins. Pedro has 3 times as many coins as Maria. "
        "How many coins does Pedro have?",
        "Maria has 5 coins. Maria doubles the number of coins. "
        "Pedro has 3 times as many coins as Maria. How many coins does Pedro have now?",
        "30",
    ),
    (
        "Sam has 6 cards. He trades each card for 3 stamps. He sells 4 stamps. "
        "How many stamps does Sam have now?",
        "Sam has 6 cards. Sam swaps each card for 3 stamps. Sam sells 4 stamps. "
        "How many stamps does Sam have now?",
        "14",
    ),
    (
        "Lea has 24 eggs. She splits the eggs into 4 equal groups and keeps one. "
        "She finds 3 eggs. How many eggs does she have?",
        "Lea has 24 eggs. Lea splits the eggs into 4 equal piles and keeps one pile. "
        "Lea finds 3 eggs. How many eggs does Lea have now?",
        "9",
    ),
]
OUT_OF_RANGE = [
    ("Use 1 2 3 4 5 6 7 to make 24", "7 numbers"),
    ("Use 3, 7, 8 and 99 to make 24", "99"),
    ("Use 3, 7 and 8 to make 5000", "5000"),
    ("Use 3, 7 and 24 to make 24", "already"),
    ("Use 1, 1 and 1 to make 100", "no way"),
    ("8 / 0 + 3", "divides by zero"),
    ("7 / 2 + 1", "does not divide evenly"),
    ("3 - 5 + 9", "below zero"),
    ("-3 + 5 * 2", "below zero"),
    ("1 + 1", "1 operation;"),
    ("1+2+3+4+5+6+7+8+9+1+1", "10 operations"),
    ("3.5 + 2 * 4", "whole numbers"),
    ("9" * 50 + " + 2 * 3", "too large"),
    ("99 * 99 + 1", "too large"),
    ("Sam has 5 cards. Sam gives 9 cards to Tom. Sam buys 3 cards. How many cards does Sam have?",
     "below zero|at least zero"),
    ("Sam has 5 cards. Sam buys 3 cards. How many cards does Sam have?", "1 sentence"),
    ("Sam has 5000 cards. Sam buys 3 cards. How many cards does Sam have?", "5000"),
]  # fmt: skip
UNKNOWN = [
    "",
    "   ",
    "What is the capital of France?",
    "How many?",
    "How many roads must a man walk down?",
    "Solve x^2 = 4",
    "(3 + 4)) * 2 + 1",
    "((3 + 4) * 2 + 1",
    "3 + * 4 - 1",
    "make 24",
    "1 2 3",
    "<img src=x onerror=alert(1)>",
    "__import__('os').system('true') + 1 * 2",
    "Sam contemplates 5 cards. How many cards does Sam have?",
    "x" * 10_000,
    "(" * 10_000,
]


@pytest.mark.parametrize(("typed", "canonical", "answer"), EXPRESSIONS)
def test_expressions(typed: str, canonical: str, answer: str) -> None:
    problem = read_problem(typed)
    assert (problem.text, problem.answer, problem.family) == (canonical, answer, "expression")


@pytest.mark.parametrize("typed", COUNTDOWNS)
def test_countdowns(typed: str) -> None:
    problem = read_problem(typed)
    assert problem.text == "Use 3, 7, 8 and 25 to make 24."
    assert (problem.answer, problem.family, problem.level) == ("24", "countdown", 4)


@pytest.mark.parametrize(("typed", "canonical", "answer"), WORDS)
def test_word_problems(typed: str, canonical: str, answer: str) -> None:
    problem = read_problem(typed)
    assert (problem.text, problem.answer, problem.family) == (canonical, answer, "word")


def test_generated_problems_and_examples_read_as_themselves() -> None:
    for family in FAMILIES.values():
        assert read_problem(family.example).text == family.example
        for level in family.levels:
            for problem in generate(family.name, level, 25, seed=11):
                assert read_problem(problem.text) == problem


@pytest.mark.parametrize(("typed", "message"), OUT_OF_RANGE)
def test_out_of_range(typed: str, message: str) -> None:
    with pytest.raises(ProblemOutOfRangeError, match=message):
        read_problem(typed)


@pytest.mark.parametrize("typed", UNKNOWN)
def test_unknown_problems_are_told_what_is_known(typed: str) -> None:
    with pytest.raises(UnknownProblemError) as caught:
        read_problem(typed)
    message = str(caught.value)
    assert not isinstance(caught.value, ProblemOutOfRangeError)
    assert all(family.title in message for family in FAMILIES.values())
    assert "python" not in message  # a visitor of the page has no command line


SYMBOLS = "0123456789+-*/()×÷−=?.,xX '\n\t²½٣५ßİ"
PIECES = st.sampled_from(
    (
        "Ella has 5 books",
        "Tom gives 3 books to Ella",
        "She loses 2",
        "Ella doubles her books",
        "and then",
        "How many books does Ella have",
        "24 from 3 4 5",
        "make",
        "3 + 4 * 5",
        ", ",
        ". ",
        "? ",
        "half of the",
        "each book for 3 pens",
    )
)
TYPED = st.one_of(
    st.text(), st.text(alphabet=SYMBOLS, max_size=200), st.lists(PIECES, max_size=12).map(" ".join)
)


@examples(400)
@given(TYPED)
def test_nothing_but_a_problem_or_the_error_comes_out(text: str) -> None:
    try:
        problem = read_problem(text)
    except UnknownProblemError:
        return
    assert read_problem(problem.text) == problem


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("", "1", ""),
        ("", "1+", ""),
        ("", "Ella has 5 books. ", "How many books does Ella have?"),
        ("", "Ella gives ", "How many books"),
        ("use 3, 4 and 5 to make ", "9", ""),
        ("", "a and ", ". How many a"),
    ],
)
def test_long_input_is_refused_in_linear_time(before: str, piece: str, after: str) -> None:
    def refuse(size: int) -> None:
        with pytest.raises(UnknownProblemError):
            read_problem(before + piece * (size // len(piece)) + after)

    refuse(10_000)
    assert takes_linear_time(refuse, (LONGEST_TEXT - len(before + after)) // TIMES)
