"""Aggregates, ranks and votes."""

from __future__ import annotations

import itertools
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_core.log.events import VoteMethod
from search_core.scoring import (
    TIE,
    VOTE_METHODS,
    Candidate,
    aggregate_scores,
    all_rounded,
    best_first,
    first_best,
    rounded,
    vote,
)

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=40)
# Votes that are sums of eighths: exact, and often equal.
CANDIDATES = st.lists(
    st.builds(lambda group, value: (group, value / 8), st.integers(-1, 3), st.integers(0, 8)),
    max_size=12,
)


def candidates(*entries: tuple[int, float | None]) -> list[Candidate]:
    """(group, value) pairs; a negative group is a solution without an answer."""
    return [
        Candidate(f"{number}", None, None, value)
        if group < 0
        else Candidate(f"{number}", f"answer {group}", group, value)
        for number, (group, value) in enumerate(entries)
    ]


def chosen(method: VoteMethod, *entries: tuple[int, float | None]) -> str | None:
    winner = vote(candidates(*entries), method).chosen
    return winner.id if winner else None


# Aggregates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "expected"), [("last", 0.5), ("min", 0.25), ("prod", 0.1), ("mean", 1.55 / 3)]
)
def test_aggregates(how: str, expected: float) -> None:
    assert aggregate_scores([0.8, 0.25, 0.5], how) == pytest.approx(expected, rel=1e-8)  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 99), min_size=2, max_size=6), st.sampled_from(["prod", "mean"]))
def test_the_same_scores_in_another_order_are_worth_the_same(
    hundredths: list[int], how: str
) -> None:
    """Products of hundredths often end in a five that nine digits have no room for: there the
    least difference would turn up or down."""
    scores = [number / 100 for number in hundredths]
    wanted = aggregate_scores(scores, how)  # type: ignore[arg-type]
    for order in itertools.permutations(scores):
        assert aggregate_scores(order, how) == wanted  # type: ignore[arg-type]


def test_no_scores_and_unknown_aggregates_are_errors() -> None:
    with pytest.raises(ValueError, match="without step scores"):
        aggregate_scores([], "last")
    with pytest.raises(ValueError, match="'max'; expected last, min, prod or mean"):
        aggregate_scores([0.5], "max")  # type: ignore[arg-type]


@settings(deadline=None)
@given(SCORES)
def test_prod_is_at_most_min_and_min_at_most_mean(scores: list[float]) -> None:
    prod, least, mean = (aggregate_scores(scores, how) for how in ("prod", "min", "mean"))
    assert 0 <= prod <= least <= mean <= 1
    assert aggregate_scores(scores, "last") == rounded(scores[-1])


@settings(deadline=None)
@given(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
def test_rounding_keeps_the_order_of_single_precision_numbers(one: float, other: float) -> None:
    assert (rounded(one) < rounded(other)) == (one < other)
    assert struct.pack("f", rounded(one)) == struct.pack("f", one)


@settings(deadline=None)
@given(st.floats(-1e9, 1e9))
def test_rounding_is_close_and_final(value: float) -> None:
    assert rounded(value) == pytest.approx(value, rel=1e-8, abs=0)
    assert rounded(rounded(value)) == rounded(value)


@given(st.lists(st.floats(allow_nan=False)))
def test_many_are_rounded_as_each_is_alone(values: list[float]) -> None:
    assert all_rounded(values) == [rounded(value) for value in values]


# Ranks --------------------------------------------------------------------------------------


def test_best_first_with_ties() -> None:
    assert best_first([0.5, 0.9, 0.5, 0.1]) == [1, 0, 2, 3]
    assert best_first([0.5, 0.9, 0.5, 0.1], later_wins_ties=True) == [1, 2, 0, 3]
    assert best_first([]) == []


# Votes --------------------------------------------------------------------------------------


def test_three_methods_three_winners() -> None:
    entries = ((0, 0.2), (0, 0.2), (0, 0.2), (1, 0.5), (1, 0.5), (2, 0.9))
    assert [chosen(method, *entries) for method in VOTE_METHODS] == ["0", "3", "5"]
    tally = vote(candidates(*entries), "weighted").tally
    assert [(t.group, t.answer, t.votes, t.solutions) for t in tally] == [
        (1, "answer 1", 1.0, 2),
        (2, "answer 2", 0.9, 1),
        (0, "answer 0", 0.6, 3),
    ]


def test_the_best_scoring_solution_of_the_winning_answer_is_chosen() -> None:
    assert chosen("weighted", (0, 0.1), (1, 0.5), (0, 0.3), (0, 0.3)) == "2"


def test_a_majority_asks_no_verifier_and_chooses_the_first() -> None:
    assert chosen("majority", (1, 0.9), (0, 0.1), (0, 0.3)) == "1"


@pytest.mark.parametrize("method", VOTE_METHODS)
def test_ties_go_to_the_first(method: VoteMethod) -> None:
    assert chosen(method, (1, 0.5), (0, 0.5)) == "0"
    assert chosen(method, (-1, 0.9), (1, 0.5), (0, 0.5), (0, 0.0), (1, 0.0)) == "1"


def test_best_takes_the_first_of_the_best_solutions() -> None:
    """Not the answer that was seen first: the reference takes the argmax of all solutions."""
    assert chosen("best", (0, 0.2), (1, 0.9), (0, 0.9)) == "1"


@pytest.mark.parametrize("method", VOTE_METHODS)
def test_solutions_without_an_answer_have_no_vote(method: VoteMethod) -> None:
    assert chosen(method, (-1, 1.0), (-1, 1.0), (3, 0.0)) == "2"
    for entries in ((), ((-1, 1.0), (-1, 0.5))):
        held = vote(candidates(*entries), method)
        assert held.tally == ()
        assert held.chosen is None


def test_unscored_solutions_can_vote_by_majority() -> None:
    assert chosen("majority", (0, None), (1, None), (1, None)) == "1"


@settings(deadline=None)
@given(CANDIDATES, st.sampled_from(VOTE_METHODS))
def test_a_tally_accounts_for_every_answer(
    entries: list[tuple[int, float]], method: VoteMethod
) -> None:
    held = vote(candidates(*entries), method)
    with_answer = [(group, value) for group, value in entries if group >= 0]
    assert {t.group for t in held.tally} == {group for group, _ in with_answer}
    assert sum(t.solutions for t in held.tally) == len(with_answer)
    assert [t.votes for t in held.tally] == sorted((t.votes for t in held.tally), reverse=True)
    if held.chosen:
        winner = held.tally[0].group
        assert held.chosen.group == winner
        values = [value for group, value in with_answer if group == winner]
        assert held.chosen.value == (values[0] if method == "majority" else max(values))
    totals = {
        "majority": len(with_answer),
        "weighted": math.fsum(value for _, value in with_answer),
        "best": sum(
            max(value for group, value in with_answer if group == t.group) for t in held.tally
        ),
    }
    assert sum(t.votes for t in held.tally) == totals[method]


@settings(deadline=None)
@given(CANDIDATES, st.sampled_from(VOTE_METHODS), st.randoms(use_true_random=False))
def test_order_matters_for_ties_only(
    entries: list[tuple[int, float]], method: VoteMethod, random: object
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = vote(candidates(*entries), method), vote(candidates(*shuffled), method)
    assert {t.group: t.votes for t in one.tally} == {t.group: t.votes for t in other.tally}
    top = [t.group for t in one.tally if t.votes == one.tally[0].votes]
    if len(top) == 1:
        assert one.chosen is not None
        assert other.chosen is not None
        assert one.chosen.group == other.chosen.group
        assert method == "majority" or one.chosen.value == other.chosen.value


# Ties ---------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(4, 10), st.data())
def test_equal_values_tie_wherever_they_lie(
    steps: list[int], digits: int, data: st.DataObject
) -> None:
    """Also at an edge, where rounding to any number of digits would part them."""
    edge = 0.3 + 0.5 * 10**-digits
    noise = st.sampled_from([-TIE / 4, 0.0, TIE / 4])
    values = [edge + step / 1000 + data.draw(noise) for step in steps]
    assert first_best(values) == steps.index(max(steps))


def test_what_is_further_apart_than_a_tie_is_told_apart() -> None:
    assert first_best([0.5, 0.5 + 3 * TIE]) == 1
    assert first_best([0.5, 0.5 + TIE / 3]) == 0
    assert first_best([0.2, 0.5 - 0.1 * TIE, 0.5, 0.1]) == 1
