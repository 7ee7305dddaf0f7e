"""What one caller's comparisons may cost, and that what is beyond it is undecided."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_core.answers import FIRST, LAST, SECOND, Comparer, Undecided, comparing, same_answer
from search_core.answers.comparing import ALLOWANCE, MAX_COMPARED, MAX_FAILURES
from tests.judges import Knows, NoAlgebra


def undecidable(*hostile: str) -> Knows:
    """Comparisons with these come to nothing; any others are of equals."""
    return Knows(lambda first, second: None if {first, second} & set(hostile) else True)


def test_a_pair_is_compared_once() -> None:
    judge = Knows(lambda first, second: True)
    comparer = Comparer(judge)
    assert [comparer.equal("x+1", "1+x"), comparer.equal("1+x", "x+1")] == [True, True]
    assert len(judge.asked) == 1


def test_what_needs_no_algebra_is_never_undecided() -> None:
    comparer = Comparer(NoAlgebra())
    assert comparer.equal("1/2", "0.5", cancelled=lambda: True) is True
    assert comparer.equal("12", "13", cancelled=lambda: True) is False


def test_who_stops_leaves_what_needs_algebra_undecided_and_untried() -> None:
    judge = Knows(lambda first, second: True)
    comparer = Comparer(judge)
    assert comparer.equal("x+1", "1+x", cancelled=lambda: True) is None
    assert judge.asked == []
    assert comparer.equal("x+1", "1+x") is True


def test_each_try_may_take_longer_and_is_made_once() -> None:
    judge = Knows(lambda first, second: None)
    comparer = Comparer(judge)
    for trying in (FIRST, FIRST, SECOND, FIRST, SECOND, LAST, LAST):
        assert comparer.equal("x+1", "1+x", trying) is None
    assert [seconds for *_, seconds in judge.asked] == [
        FIRST.seconds,
        SECOND.seconds,
        LAST.seconds,
    ]


def test_an_answer_that_wears_out_comparisons_is_left_for_the_last_try() -> None:
    judge = undecidable("b^b")
    comparer = Comparer(judge)
    for number in range(5):
        assert comparer.equal("b^b", f"x+{number}") is None
    assert len(judge.asked) == MAX_FAILURES
    assert comparer.equal("b^b", "x+4", SECOND) is None
    assert len(judge.asked) == MAX_FAILURES
    assert comparer.equal("b^b", "x+4", LAST) is None
    assert len(judge.asked) == MAX_FAILURES + 1


def test_an_answer_that_was_compared_with_others_is_not_worn_out_by_hostile_ones() -> None:
    comparer = Comparer(undecidable("b^b", "c^c"))
    assert comparer.equal("x+1", "1+x") is True
    assert comparer.equal("b^b", "x+1") is None
    assert comparer.equal("c^c", "x+1") is None
    assert comparer.equal("x+1", "1+1x") is True


def test_no_caller_gets_more_than_its_allowance() -> None:
    judge = Knows(lambda first, second: None)
    comparer = Comparer(judge)
    for trying in (FIRST, SECOND, LAST):
        for one in range(8):
            for other in range(8):
                comparer.equal(f"{one}^{one}^x", f"y^{other}", trying)
        assert comparer.spent <= trying.share * ALLOWANCE
    assert comparer.spent == pytest.approx(ALLOWANCE)
    assert all(seconds > 0 for *_, seconds in judge.asked)


def test_first_tries_leave_something_for_those_that_need_more() -> None:
    judge = undecidable(*(f"b^{number}" for number in range(40)))
    comparer = Comparer(judge)
    for one in range(40):
        for other in range(one):
            comparer.equal(f"b^{one}", f"b^{other}")
    assert comparer.equal("x+1", "1+x") is None  # its caller's own hostile answers stand before it
    assert comparer.equal("x+1", "1+x", LAST) is True


def test_two_answers_that_nobody_can_compare_are_neither_the_same_nor_different(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "shared_judge", lambda: Knows(lambda first, second: None))
    with pytest.raises(Undecided, match=r"'b\^b' and 'x\+1'"):
        same_answer("b^b", "x+1")


def test_the_guide_gives_the_seconds_and_the_length() -> None:
    guide = Path(__file__).parent.parent.joinpath("assets", "guide", "answers.md")
    said = " ".join(guide.read_text("utf-8").split("## Comparing", 1)[1].split())
    assert f"may take {FIRST.seconds:g} seconds" in said
    assert f"round is over ({SECOND.seconds:g} seconds)" in said
    assert f"are counted ({LAST.seconds:g} seconds)" in said
    assert f"at most {ALLOWANCE:g} seconds" in said
    assert f"more than {MAX_COMPARED:,} characters" in said
