"""Which answers are the same, and which nobody knows of whether they are."""

from __future__ import annotations

import pytest

from search_core.answers import LAST, SECOND, AnswerClasses, Settled, same_answer
from search_core.answers.comparing import MAX_COMPARED
from tests.judges import Knows, NoAlgebra


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("12", "12.0", True),
        ("12", "+12", True),
        ("12", " 12. ", True),
        ("1200", "1,200", True),
        ("1{,}200", "1200", True),
        ("$12$", "12", True),
        (r"\(12\)", r"\text{12}", True),
        (r"\$32", "32", True),
        ("−3", "-3", True),
        (r"\frac{1}{2}", "0.5", True),
        (r"\dfrac12", "1/2", True),
        ("0.333333", "1/3", True),
        ("0.33", "1/3", False),
        ("1/3", "2/6", True),
        ("12", "13", False),
        ("007", "7", True),
        ("Monday", r"\text{monday}", True),
        ("Monday", "Tuesday", False),
        ("(A)", "A", True),
        ("A", "12", False),
    ],
)
def test_plain_answers_need_no_worker(first: str, second: str, same: bool) -> None:
    groups = AnswerClasses(NoAlgebra())
    assert (groups.group_of(first) == groups.group_of(second)) is same


def test_of_two_classes_that_fit_the_oldest_wins() -> None:
    """Equality by algebra is not transitive: what equals both belongs where it always did."""
    groups = AnswerClasses(Knows(lambda first, second: "x+3" in (first, second)))
    assert [groups.group_of(answer) for answer in ("x+1", "x+2", "x+3")] == [0, 1, 0]


@pytest.mark.parametrize(
    ("answers", "groups"),
    [
        (("35", "35 cm", "35 m"), [0, 0, 1]),
        (("35 cm", "35", "35 m"), [0, 0, 1]),
        (("35 cm", "35 m", "0.35 m"), [0, 1, 0]),
        (("50", "50%", "0.5"), [0, 0, 1]),
        (("(1, 2)", "1, 2", "2, 1"), [0, 0, 1]),
        ((r"10^{-20}", r"10^{-30}", "0"), [0, 1, 2]),
        ((r"1:2:3:\ldots", r"1:4:9:\ldots", "1:2:3:…"), [0, 1, 0]),
    ],
)
def test_a_class_holds_nothing_that_plainly_differs(
    answers: tuple[str, ...], groups: list[int]
) -> None:
    """35 may stand for 35 cm and for 35 m, but those two are not one answer through it."""
    classes = AnswerClasses(NoAlgebra())
    assert [classes.group_of(answer) for answer in answers] == groups


def test_numbers_in_order_of_first_appearance() -> None:
    groups = AnswerClasses(NoAlgebra())
    assert [groups.group_of(answer) for answer in ("7", "9", "7.0", "Mon", "9")] == [0, 1, 0, 2, 1]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (r"\sqrt{8}", r"2\sqrt{2}", True),
        ("x^2 + 2x + 1", "(x+1)^2", True),
        ("x=5", "5", True),
        (r"50\%", "0.5", True),
        (r"\sqrt{8}", r"\sqrt{7}", False),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}", True),
        ("1<x<2", "(1,2)", True),
        ("(1,2)", "1<x<2", True),
    ],
)
def test_algebra(first: str, second: str, same: bool) -> None:
    assert same_answer(first, second) is same


def test_long_answers_are_told_apart_by_their_ends() -> None:
    """Four answers of 211 digits that differ in the last one are four answers."""
    groups = AnswerClasses(NoAlgebra())
    stem = "1" * 210
    assert [groups.group_of(stem + last) for last in "12341"] == [0, 1, 2, 3, 0]


def test_beyond_what_is_read_the_text_itself_decides() -> None:
    groups = AnswerClasses(NoAlgebra())
    long = "x+" * (MAX_COMPARED // 2) + "1"
    assert [groups.group_of(answer) for answer in (long, long + "0", long)] == [0, 1, 0]


def test_what_could_not_be_compared_is_undecided_and_begins_a_class() -> None:
    groups = AnswerClasses(Knows(lambda first, second: None))
    assert groups.place("x").undecided == ()
    placed = groups.place("y+1")
    assert (placed.group, placed.undecided) == (1, (0,))
    assert groups.undecided == {(0, 1)}
    assert groups.place("y+1").undecided == ()  # the class's first member has said it


def test_an_answer_that_equals_a_class_is_in_it_whatever_else_is_undecided() -> None:
    equals = {("x+1", "1+x"): True, ("x+2", "1+x"): None}
    groups = AnswerClasses(Knows(lambda first, second: equals.get((first, second), False)))
    assert [groups.group_of(answer) for answer in ("x+2", "x+1")] == [0, 1]
    assert groups.place("1+x") == groups.place("x+1")
    assert groups.undecided == frozenset()


def test_undecided_classes_become_one_when_they_are_found_equal() -> None:
    judge = Knows(lambda first, second: None)
    groups = AnswerClasses(judge)
    for answer in ("x+1", "1+x", "x+2"):
        groups.place(answer)
    assert groups.undecided == {(0, 1), (0, 2), (1, 2)}
    judge.says = lambda first, second: {first, second} == {"x+1", "1+x"}
    settled = groups.settle(LAST)
    assert Settled(0, 1, True) in settled
    assert Settled(0, 2, False) in settled
    assert groups.undecided == frozenset()
    assert groups.group_of("1+x") == 0
    assert groups.group_of("x+3") == 3  # a number is never given twice


def test_each_pair_is_tried_a_bounded_number_of_times() -> None:
    judge = Knows(lambda first, second: None)
    groups = AnswerClasses(judge)
    groups.place("x+1")
    groups.place("1+x")
    for _ in range(5):
        assert groups.settle(SECOND) == []
        assert groups.settle(LAST) == []
    assert len(judge.asked) == 3
    assert groups.undecided == {(0, 1)}
