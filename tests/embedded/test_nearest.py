"""What is offered to whoever typed a problem that the models cannot read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import FAMILIES, nearest_problems, read_problem
from tests.embedded.test_reading import OUT_OF_RANGE, SYMBOLS, UNKNOWN
from tests.examples import examples

TYPED = [*UNKNOWN, *(typed for typed, _ in OUT_OF_RANGE)]


@pytest.mark.parametrize("typed", TYPED)
def test_three_problems_are_offered_and_each_can_be_read(typed: str) -> None:
    offers = nearest_problems(typed)
    assert len(set(offers)) == 3
    for offer in offers:
        assert read_problem(offer).text == offer
    assert nearest_problems(typed) == offers


@given(st.text(SYMBOLS, max_size=60) | st.text(max_size=200))
@examples(60)
def test_whatever_was_typed(typed: str) -> None:
    offers = nearest_problems(typed)
    assert len(set(offers)) == 3
    assert all(read_problem(offer).text == offer for offer in offers)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Use 3, 7, 8 and 200 to make 24", "Use 3, 7, 8 and 25 to make 24."),
        ("3 7 8 25 make 1000", "Use 3, 7, 8 and 25 to make 100."),
        ("What is 120 * 3?", "What is 99 * 3 + 1?"),
        ("1+1", "What is 1 + 1 + 1?"),
    ],
)
def test_what_is_nearly_right_is_mended(typed: str, first: str) -> None:
    assert nearest_problems(typed)[0] == first


def test_the_same_kind_comes_first_and_of_no_kind_one_of_each() -> None:
    def kinds(typed: str) -> list[str | None]:
        return [read_problem(offer).family for offer in nearest_problems(typed)]

    assert kinds("How many legs do three spiders have?") == ["word"] * 3
    assert kinds("what is 7/2?") == ["expression"] * 3
    assert sorted(map(str, kinds("Why is the sky blue?"))) == sorted(FAMILIES)


def test_a_solver_of_one_kind_is_offered_that_kind() -> None:
    for typed in TYPED:
        offers = nearest_problems(typed, ["countdown"])
        assert [read_problem(offer).family for offer in offers] == ["countdown"] * 3
