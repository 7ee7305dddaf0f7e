"""Votes and figures of the measurements, against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from search_core.embedded.training.statistics import (
    Tried,
    best_of,
    bootstrap,
    first_error_f1,
    ranking_area,
    vote,
)


def tried(answer: int | None, correct: bool, score: float) -> Tried:
    return Tried(answer, correct, score, math.log(score), None, (score,))


def test_ranking_area() -> None:
    assert ranking_area([0.9, 0.1], [True, False]) == 1.0
    assert ranking_area([0.9, 0.5, 0.5, 0.1], [False, True, False, True]) == pytest.approx(0.125)
    assert ranking_area([0.9, 0.1], [True, True]) is None


def test_votes() -> None:
    attempts = [
        tried(7, False, 0.1),
        tried(7, False, 0.2),
        tried(9, True, 0.6),
        tried(None, False, 0.9),
    ]
    assert vote(attempts, lambda one: 1.0) == 0.0
    assert vote(attempts, lambda one: one.score) == 1.0
    assert best_of(attempts, lambda one: one.score) == 1.0
    assert vote([], lambda one: 1.0) == best_of([], lambda one: one.score) == 0.0


def test_first_error_f1_is_the_harmonic_mean_of_two_accuracies() -> None:
    pairs: list[tuple[int | None, int | None]] = [(1, 1), (2, 0), (None, None), (None, None)]
    assert first_error_f1(pairs) == pytest.approx(2 * 0.5 * 1.0 / 1.5)


def test_bootstrap_intervals_hold_the_mean_and_shrink() -> None:
    few, many = bootstrap([0.0, 1.0] * 10), bootstrap([0.0, 1.0] * 500)
    assert few.low < few.mean == many.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low
