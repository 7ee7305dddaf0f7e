"""Adaptive consistency: when the vote counts as settled, and what the log says of it."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Decided, Sampled, Spent
from search_core.run.runner import Run
from search_core.strategies.adaptive_consistency import leading, majority_probability
from tests.searches import answer, rules, run

NAME = "adaptive_consistency"
COUNTS = st.integers(0, 60)


def by_integration(first: int, second: int) -> Fraction:
    """The same by its definition: x^a (1 - x)^b from 1/2 to 1, over the whole."""

    def whole(low: Fraction) -> Fraction:
        terms = (
            Fraction((-1) ** k * math.comb(second, k), first + k + 1) * (1 - low ** (first + k + 1))
            for k in range(second + 1)
        )
        return sum(terms, Fraction(0))

    return whole(Fraction(1, 2)) / whole(Fraction(0))


@given(COUNTS, COUNTS)
def test_the_probability_is_the_integral_of_the_beta_density(first: int, second: int) -> None:
    assert majority_probability(first, second) == pytest.approx(
        float(by_integration(first, second)), rel=1e-12
    )


def test_probabilities_worked_out_by_hand() -> None:
    assert majority_probability(0, 0) == 0.5
    assert majority_probability(1, 0) == 0.75
    assert majority_probability(3, 0) == 15 / 16
    assert majority_probability(4, 0) == 31 / 32
    assert majority_probability(3, 1) == 26 / 32
    assert majority_probability(5, 5) == 0.5


@given(st.integers(0, 256), st.integers(0, 256))
def test_every_budget_gives_a_probability(first: int, second: int) -> None:
    found = majority_probability(first, second)
    assert 0 <= found <= 1
    assert (found > 0.5) == (first > second) or found == 0.5


def test_the_two_leading_answers_are_compared() -> None:
    assert leading([]) == (0, 0)
    assert leading([3]) == (1, 0)
    assert leading([0, 1, 1, 2, 1, 2]) == (3, 2)


def stop(made: Run) -> Decided:
    """The one decision about the search itself; the last one of the run."""
    decisions = [event for event in made.events if isinstance(event, Decided)]
    alone = [event for event in decisions if not event.kept and not event.pruned]
    assert alone == decisions[-1:]
    return alone[0]


def written(made: Run) -> int:
    return sum(isinstance(e, Sampled) and e.parent == "root" for e in made.events)


@pytest.mark.parametrize(
    ("answers", "spent"),
    [
        ("1. 1. 1. 1. 9. 9. 9. 9.", 4),
        ("1. 2. 1. 1. 1. 1. 1. 9.", 7),
        ("1. 2. 3. 1. 1. 1. 1. 1.", 8),
    ],
)
def test_it_stops_once_the_vote_is_settled(answers: str, spent: int) -> None:
    """4 to 0 has 0.969, 6 to 1 has 0.965, and 5 to 1 only 0.938."""
    made = run(NAME, {"": answers}, {}, n=8)
    assert written(made) == spent
    assert answer(made) == "1"
    assert stop(made).rule == "vote_settled"
    assert f"after {spent} of at most 8 solutions" in stop(made).why
    assert "at least 0.95" in stop(made).why
    rounds = [e.requests for e in made.events if isinstance(e, Spent) and e.call == "sample"]
    assert rounds == [1] * spent


def test_an_open_vote_spends_the_budget_and_says_so() -> None:
    made = run(NAME, {"": "1. 2. 1. 2."}, {}, n=4)
    assert written(made) == 4
    assert stop(made).rule == "vote_open"
    assert "2 and the runner-up 2" in stop(made).why
    assert "probability 0.5000, less than 0.95" in stop(made).why


def test_a_confidence_of_1_never_stops() -> None:
    assert majority_probability(80, 0) == 1.0
    made = run(NAME, {"": "1. " * 80}, {}, n=80, confidence=1.0)
    assert written(made) == 80


@pytest.mark.parametrize(("at_once", "sizes"), [(3, [3, 3]), (5, [5]), (8, [8])])
def test_several_may_be_written_before_the_vote_is_looked_at(
    at_once: int, sizes: list[int]
) -> None:
    made = run(NAME, {"": "1. " * 8}, {}, n=8, at_once=at_once)
    rounds = [e.requests for e in made.events if isinstance(e, Spent) and e.call == "sample"]
    assert rounds == sizes


def test_the_last_batch_is_what_is_left_of_the_budget() -> None:
    made = run(NAME, {"": "1. 2. 3. 4. 5."}, {}, n=5, at_once=3)
    rounds = [e.requests for e in made.events if isinstance(e, Spent) and e.call == "sample"]
    assert rounds == [3, 2]


def test_only_finished_solutions_count() -> None:
    made = run(NAME, {"": "A~ B 1. 1. 1. 1. 9."}, {}, n=7, max_steps=1)
    assert written(made) == 6
    assert rules(made) == {"A": "too_long", "B": "out_of_steps"}
    assert "after 6 of at most 7 solutions the leading answer has 4" in stop(made).why


def test_equal_answers_count_together() -> None:
    made = run(NAME, {"": "0.5. 1/2. .5. 0.50. 9."}, {}, n=5)
    assert written(made) == 4
    assert len(made.tree.votes["majority"].tally) == 1
