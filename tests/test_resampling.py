"""The arithmetic of particle methods, by hand, by property, and by chi-square over many seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.seeds import unit_numbers
from search_core.strategies.particles import resample
from search_core.strategies.resampling import (
    CLIP,
    Resampling,
    effective_sample_size,
    logit,
    multinomial,
    softmax,
    systematic,
)

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
WEIGHTS = SCORES.map(lambda scores: softmax([logit(score) for score in scores]))
UNIT = st.floats(0, 1, exclude_max=True)
# What chance exceeds once in a thousand, and once in 100,000, by degrees of freedom.
CHI_SQUARE_3_999 = 16.266
CHI_SQUARE_4_999 = 18.467
CHI_SQUARE_1_99999 = 19.511


def test_worked_out_by_hand() -> None:
    assert logit(0.5) == 0
    assert logit(0.8) == pytest.approx(math.log(4))
    assert logit(1.0) == pytest.approx(math.log((1 - CLIP) / CLIP))
    assert logit(0.0) == pytest.approx(-logit(1.0))
    # Odds 4, 1, 1/4 and 0, of 5.25 in all.
    weights = softmax([logit(score) for score in (0.8, 0.5, 0.2, 0.0)])
    assert weights == pytest.approx([16 / 21, 4 / 21, 1 / 21, 0], abs=1e-6)
    assert effective_sample_size([0.5, 0.25, 0.25]) == pytest.approx(1 / 0.375)
    # Shares 1.6, 1.6 and 0.8 end at 1.6, 3.2 and 4; marks at 0.5, 1.5, 2.5 and 3.5.
    assert systematic([0.4, 0.4, 0.2], 0.5, 4) == [2, 1, 1]
    assert systematic([0.4, 0.4, 0.2], 0.7, 4) == [1, 2, 1]
    assert systematic([0.4, 0.4, 0.2], 0.1, 4) == [2, 2, 0]
    assert multinomial([0.4, 0.4, 0.2], [0.0, 0.39, 0.41, 0.81, 0.99]) == [2, 1, 2]


@given(WEIGHTS)
def test_weights_and_their_effective_number(weights: list[float]) -> None:
    assert sum(weights) == pytest.approx(1)
    assert min(weights) >= 0
    assert 1 <= effective_sample_size(weights) <= len(weights)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_better_score_never_has_a_lower_logit(one: float, other: float) -> None:
    assert (logit(one) - logit(other)) * (one - other) >= 0
    assert logit(one) == pytest.approx(-logit(1 - one), abs=1e-6)


@given(st.integers(1, 256), UNIT)
def test_equal_weights_get_equal_copies(count: int, draw: float) -> None:
    weights = softmax([logit(0.3)] * count)
    assert effective_sample_size(weights) == pytest.approx(count)
    assert systematic(weights, draw, count) == [1] * count
    assert systematic(weights, draw, 3 * count) == [3] * count


@given(WEIGHTS, UNIT, st.integers(1, 256))
def test_systematic_copies_are_the_share_rounded_down_or_up(
    weights: list[float], draw: float, count: int
) -> None:
    copies = systematic(weights, draw, count)
    assert sum(copies) == count
    for weight, times in zip(weights, copies, strict=True):
        assert math.floor(count * weight - 1e-6) <= times <= math.ceil(count * weight + 1e-6)


@given(WEIGHTS, UNIT, st.integers(1, 64), st.randoms())
def test_in_another_order_no_systematic_share_changes_by_more_than_rounding(
    weights: list[float], draw: float, count: int, order: object
) -> None:
    places = list(range(len(weights)))
    order.shuffle(places)  # type: ignore[attr-defined]
    shuffled = systematic([weights[place] for place in places], draw, count)
    copies = systematic(weights, draw, count)
    assert sum(shuffled) == sum(copies)
    for place, times in zip(places, shuffled, strict=True):
        assert abs(times - copies[place]) <= 1


@given(WEIGHTS, st.lists(UNIT, min_size=1, max_size=64))
def test_multinomial_copies_add_up_and_nothing_comes_of_nothing(
    weights: list[float], draws: list[float]
) -> None:
    copies = multinomial([0.0, *weights, 0.0], draws)
    assert sum(copies) == len(draws)
    assert copies[0] == copies[-1] == 0


@given(WEIGHTS, st.lists(UNIT, min_size=1, max_size=20), st.randoms())
def test_the_order_of_multinomial_draws_does_not_matter(
    weights: list[float], draws: list[float], order: object
) -> None:
    shuffled = list(draws)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert multinomial(weights, draws) == multinomial(weights, shuffled)


# Frequencies --------------------------------------------------------------------------------

COUNT = 8
SEEDS = 400
TRUTH = (0.9, 0.7, 0.5, 0.2, 0.4)


def weights_by(formula: Callable[[float], float], scores: Sequence[float]) -> list[float]:
    """Written apart from the code under test: each one's part of the sum."""
    values = [formula(score) for score in scores]
    return [value / sum(values) for value in values]


def odds(score: float) -> float:
    return score / (1 - score)


WRONG: dict[str, Callable[[float], float]] = {
    "the scores themselves": lambda score: score,
    "softmax of the scores": math.exp,
    "all the same": lambda _: 1.0,
    "softmax of the log-odds at temperature 1.2": lambda score: odds(score) ** (1 / 1.2),
}


def totals(scheme: Resampling) -> list[int]:
    """Copies of each particle over many seeds, weighted as the strategies do it."""
    weights = softmax([logit(score) for score in TRUTH])
    runs = [resample(weights, COUNT, scheme, seed, "resample 1") for seed in range(SEEDS)]
    return [sum(run[place] for run in runs) for place in range(len(TRUTH))]


def chi_square(observed: Sequence[float], parts: Sequence[float]) -> float:
    whole = sum(observed)
    return sum((o - whole * p) ** 2 / (whole * p) for o, p in zip(observed, parts, strict=True))


def test_multinomial_frequencies_are_the_weights() -> None:
    found = totals("multinomial")
    assert sum(found) == COUNT * SEEDS
    assert chi_square(found, weights_by(odds, TRUTH)) < CHI_SQUARE_4_999
    # Free draws do vary: far less would mean that they are not independent.
    assert chi_square(found, weights_by(odds, TRUTH)) > 0.1


def remainders(parts: Sequence[float]) -> float:
    """The largest chi-square (one degree of freedom) among the systematic shares: of each, what
    is more than the share rounded down comes or comes not, with the remainder as its chance."""
    worst = 0.0
    for total, part in zip(totals("systematic"), parts, strict=True):
        sure = math.floor(COUNT * part)
        chance = COUNT * part - sure
        # A share without remainder leaves nothing to chance: any deviation is then too much.
        spread = max(1e-9, SEEDS * chance * (1 - chance))
        worst = max(worst, (total - SEEDS * COUNT * part) ** 2 / spread)
    return worst


def test_systematic_frequencies_are_the_weights() -> None:
    assert remainders(weights_by(odds, TRUTH)) < CHI_SQUARE_1_99999


@pytest.mark.parametrize("formula", WRONG.values(), ids=WRONG)
def test_the_frequencies_tell_a_wrong_formula(formula: Callable[[float], float]) -> None:
    wrong = weights_by(formula, TRUTH)
    assert chi_square(totals("multinomial"), wrong) > CHI_SQUARE_4_999
    assert remainders(wrong) > CHI_SQUARE_1_99999


def test_draws_of_different_rounds_are_independent() -> None:
    """Of two rounds' first draws, each quarter of one meets each quarter of the other."""
    cells = [0] * 4
    for seed in range(800):
        first, second = (unit_numbers(seed, f"resample {step}", 1)[0] for step in (1, 2))
        cells[2 * (first < 0.5) + (second < 0.5)] += 1
    assert chi_square(cells, [0.25] * 4) < CHI_SQUARE_3_999
