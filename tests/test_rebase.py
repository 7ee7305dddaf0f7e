"""REBASE: widths by softmax of the scores, and what becomes of the budget."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Decided
from search_core.strategies import STRATEGIES
from search_core.strategies.rebase import widths
from search_core.testing import chance
from tests.known_world import KnownWorld
from tests.searches import answer, by_state, parents, rules, run

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(lambda s: sorted(s, reverse=True))


def test_widths_worked_out_by_hand() -> None:
    # Weights 1, e^-1, e^-2, e^-4 of 1.522: 4 * 0.657 rounds up to 3, then 1 * 0.705 to 1.
    assert widths([0.9, 0.7, 0.5, 0.1], 4, 0.2) == [3, 1, 0, 0]
    assert widths([0.9, 0.7, 0.5, 0.1], 4, 0.01) == [4, 0, 0, 0]
    assert widths([0.9, 0.7, 0.5, 0.1], 4, 100.0) == [2, 1, 1, 0]
    assert widths([0.3] * 4, 4, 0.2) == [1, 1, 1, 1]
    assert widths([0.3] * 3, 7, 0.2) == [3, 2, 2]
    assert widths([1.0, 0.0], 0, 0.2) == [0, 0]


@given(SCORES, st.integers(0, 256), st.floats(0.01, 100))
def test_the_whole_budget_is_shared_and_the_better_gets_no_less(
    scores: list[float], budget: int, temperature: float
) -> None:
    found = widths(scores, budget, temperature)
    assert sum(found) == budget
    assert min(found) >= 0
    assert all(better >= worse for better, worse in pairwise(found))
    assert found[0] >= min(1, budget)


@given(SCORES, st.integers(0, 64), st.floats(0.05, 10))
def test_no_width_is_further_from_its_share_than_rounding_up_explains(
    scores: list[float], budget: int, temperature: float
) -> None:
    weights = [math.exp(score / temperature) for score in scores]
    shares = [budget * weight / sum(weights) for weight in weights]
    found = widths(scores, budget, temperature)
    # Up to any place, those from the best on have their shares, and less than one more each.
    for place in range(1, len(found) + 1):
        extra = sum(found[:place]) - sum(shares[:place])
        assert -1e-6 <= extra < place + 1e-6


def test_the_best_paths_are_continued_most_and_the_rest_stop() -> None:
    children = {
        "": "C A D B",
        "A": "1. A2 A3",
        "B": "B1",
        "A A2": "2. 3. 4.",
    }
    scores = {"A": 0.9, "B": 0.7, "C": 0.5, "D": 0.1, "A2": 0.8, "A3": 0.3, "B1": 0.3}
    made = run("rebase", children, scores, n=4)
    # 1. takes one of the four with it: three are shared, weights 1, e^-2.5 and e^-2.5.
    assert parents(made) == [[""] * 4, ["A", "A", "A", "B"], ["A2", "A2", "A2"]]
    assert by_state(made, "pruned")[:2] == ["C", "D"]


def test_the_decision_says_how_much_each_path_gets() -> None:
    children = {"": "C A D B", "A": "1. 2. 3.", "B": "4."}
    made = run("rebase", children, {"A": 0.9, "B": 0.7, "C": 0.5, "D": 0.1}, n=4)
    decision = next(event for event in made.events if isinstance(event, Decided))
    assert [verdict.rank for verdict in (*decision.kept, *decision.pruned)] == [1, 2, 3, 4]
    assert decision.cutoff == 0.7
    assert "4 next steps" in decision.why
    assert "get 3, 1;" in decision.why
    assert rules(made)["D"] == "softmax_share"


def test_of_equal_scores_the_earlier_gets_the_extras_or_as_published_the_later() -> None:
    # Weights 1, e^-0.5 and 1 of 2.607: 3 * 0.384 rounds up to 2, then 1 * 0.622 to 1.
    children = {"": "A B C", "A": "3. 8. 4.", "B": "4. 5.", "C": "6. 9. 7."}
    scores = {"A": 0.5, "B": 0.4, "C": 0.5}
    assert parents(run("rebase", children, scores, n=3))[1] == ["A", "A", "C"]
    published = run("rebase", children, scores, n=3, later_wins_ties=True)
    assert parents(published)[1] == ["C", "C", "A"]


def as_published_elsewhere(scores: list[float], budget: int) -> list[tuple[int, int]]:
    """(place, width) in the order of going on. Source: thu-wyz/rebase, `select_softmax`: sorted
    with the lowest first, turned round, and from there on the share of what is left, rounded up."""
    order = sorted(range(len(scores)), key=lambda place: scores[place])[::-1]
    powers = [Decimal(repr(scores[place])) / Decimal("0.2") for place in order]
    powers = [power.exp() for power in powers]
    found = []
    for number, place in enumerate(order):
        share = (budget * powers[number] / sum(powers[number:])).quantize(Decimal("1e-9"))
        width = min(budget, int(share.to_integral_value(ROUND_CEILING)))
        found.append((place, width))
        budget -= width
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_preset_shares_as_the_published_code_does(seed: int) -> None:
    levels = [round(0.1 + 0.2 * int(chance(seed, place) * 4), 1) for place in range(9)]
    names = [f"s{place}" for place in range(9)]
    children = {"": " ".join(names)} | {name: " ".join(["1."] * 9) for name in names}
    options = dict(STRATEGIES["rebase"].as_published) | {"n": 9, "max_steps": 3}
    made = run("rebase", children, dict(zip(names, levels, strict=True)), **options)
    shared = as_published_elsewhere(levels, 9)
    assert parents(made)[1] == [names[place] for place, width in shared for _ in range(width)]
    assert options["later_wins_ties"] is True


def test_a_path_that_was_cut_off_takes_its_share_of_the_budget_with_it() -> None:
    children = {"": "A~ B", "B": "1."}
    made = run("rebase", children, {"B": 0.2}, n=2)
    assert parents(made) == [["", ""], ["B"]]
    assert rules(made)["A"] == "too_long"
    assert answer(made) == "1"


@pytest.mark.parametrize("steps", [1, 2])
def test_paths_without_an_end_are_out_of_steps(steps: int) -> None:
    made = run("rebase", {"": "A B", "A": "A1", "B": "B1"}, {}, n=2, max_steps=steps)
    assert rules(made)["A" if steps == 1 else "A1"] == "out_of_steps"
    assert answer(made) is None


# Widths of whole runs against the formula, written apart from the code under test -----------


def by_the_paper(scores: list[float], temperature: str) -> list[int]:
    """From the best on: what is left of the budget, times the path's part of the exponentials
    that are left, rounded up. In 28 digits."""
    powers = [(Decimal(repr(score)) / Decimal(temperature)).exp() for score in scores]
    left, found = len(scores), []
    for place, power in enumerate(powers):
        share = (left * power / sum(powers[place:])).quantize(Decimal("1e-9"))
        found.append(min(left, int(share.to_integral_value(ROUND_CEILING))))
        left -= found[-1]
    return found


def test_the_widths_of_many_runs_are_those_of_the_formula() -> None:
    wrong = 0
    shared = 0
    for seed in range(60):
        played = KnownWorld(short="a").play("rebase", seed, n=12)
        for event in played.allocations:
            scores = [node.value for node in event.nodes]
            powers = [math.exp(score / 0.2) for score in scores]
            assert event.weights == pytest.approx([power / sum(powers) for power in powers])
            assert list(event.copies) == by_the_paper(scores, "0.2")
            shared += 1
            wrong += list(event.copies) != by_the_paper(scores, "0.25")
    # Another temperature would have been noticed.
    assert wrong > shared / 4 > 10
