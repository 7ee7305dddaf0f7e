"""Soft best-of-N, and noise that is planted: by hand, and at their ends."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean, pstdev

import pytest

from search_core.protocols import ScoreRequest
from search_core.run.driving import never
from search_core.scoring import Candidate
from search_core.testing import FunctionVerifier
from search_core.whatif import NoisyVerifier, hedged

FOUR = [
    Candidate("0", "7", 0, 0.9),
    Candidate("1", "8", 1, 0.6),
    Candidate("2", "8", 1, 0.5),
    Candidate("3", None, None, 1.0),
]


def test_probabilities_are_the_softmax_of_scores_over_lambda() -> None:
    hedge = hedged(FOUR, 0.3, seed=0)
    powers = [math.exp(score / 0.3) for score in (0.9, 0.6, 0.5)]
    assert hedge.probabilities == pytest.approx([power / sum(powers) for power in powers])
    assert [voter.id for voter in hedge.voters] == ["0", "1", "2"]
    assert [(share.answer, share.group) for share in hedge.shares] == [("7", 0), ("8", 1)]
    assert hedge.shares[1].probability == pytest.approx(sum(powers[1:]) / sum(powers))


def test_a_small_lambda_is_best_of_n_and_a_large_one_a_draw_of_lots() -> None:
    assert hedged(FOUR, 1e-6, seed=5).probabilities == pytest.approx([1, 0, 0])
    assert hedged(FOUR, 100, seed=5).probabilities == pytest.approx([1 / 3] * 3, rel=0.01)


def test_seeds_draw_as_often_as_the_probabilities_say() -> None:
    hedge = hedged(FOUR, 0.3, seed=0)
    draws = [hedged(FOUR, 0.3, seed).drawn for seed in range(2000)]
    drawn = Counter(candidate.id for candidate in draws if candidate)
    for voter, probability in zip(hedge.voters, hedge.probabilities, strict=True):
        assert drawn[voter.id] / 2000 == pytest.approx(probability, abs=0.04)


def test_without_an_answer_nothing_is_drawn() -> None:
    assert hedged(FOUR[3:], 0.3, seed=0).drawn is None


@pytest.mark.parametrize("strength", [0.0, -1.0, 101.0, math.nan])
def test_a_lambda_outside_its_range_is_refused(strength: float) -> None:
    with pytest.raises(ValueError, match="must be above 0 and at most 100"):
        hedged(FOUR, strength, seed=0)


# Noise ------------------------------------------------------------------------------------


def noisy(noise: float, seed: int = 0) -> NoisyVerifier:
    return NoisyVerifier(FunctionVerifier(lambda steps: 0.5), noise, seed)


def scores_of(verifier: NoisyVerifier, *steps: str, first: int = 0) -> tuple[float, ...]:
    request = ScoreRequest("?", steps, first, finished=False, logprobs=(0.0,) * len(steps))
    return verifier.score([request], never)[0].scores


def test_noise_has_the_size_that_was_asked_for_and_stays_a_score() -> None:
    draws = [scores_of(noisy(0.1), f"step {number}")[0] for number in range(2000)]
    assert fmean(draws) == pytest.approx(0.5, abs=0.01)
    assert pstdev(draws) == pytest.approx(0.1, abs=0.01)
    wild = [scores_of(noisy(1.0), f"step {number}")[0] for number in range(200)]
    assert (min(wild), max(wild)) == (0.0, 1.0)


def test_noise_follows_from_the_seed_and_the_path_alone() -> None:
    whole = scores_of(noisy(0.2), "a", "b", "c")
    assert scores_of(noisy(0.2), "a", "b", "c", first=1) == whole[1:]
    assert scores_of(noisy(0.2, seed=1), "a", "b", "c") != whole
    assert scores_of(noisy(0.2), "ab", "c")[1] != whole[2]
    assert scores_of(noisy(0.0), "a", "b") == (0.5, 0.5)


def test_noise_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 0 to 1"):
        noisy(-0.1)
