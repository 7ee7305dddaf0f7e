"""Votes, areas under curves, and bootstrap intervals. Plain arrays in, numbers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Tried(NamedTuple):
    """One attempt at a problem, as the votes see it.

    Attributes:
        answer: What it ended with; None when it never ended.
        correct: Whether the checker calls it right.
        score: The verifier's score of the finished solution, in 0 to 1.
        log_probability: The solver's own, in nats.
        first_error: Index of the first step that is false, or after which the answer is out
            of reach; None where there is none.
        step_scores: The verifier's score of each step.
    """

    answer: int | None
    correct: bool
    score: float
    log_probability: float
    first_error: int | None
    step_scores: tuple[float, ...]


class BootstrapMean(NamedTuple):
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def bootstrap(values: Sequence[float], seed: int = 0, resamples: int = 2_000) -> BootstrapMean:
    """Mean of per-problem values, resampling problems."""
    array = np.asarray(values, dtype=np.float64)
    if not len(array):
        return BootstrapMean(float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    means = array[rng.integers(0, len(array), (resamples, len(array)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return BootstrapMean(float(array.mean()), float(low), float(high))


def ranking_area(scores: Sequence[float], right: Sequence[bool]) -> float | None:
    """Probability that a right item outranks a wrong one, ties counted half (AUROC).

    None where all items are right or all wrong.
    """
    values, mask = np.asarray(scores), np.asarray(right, dtype=bool)
    good, bad = values[mask], values[~mask]
    if not len(good) or not len(bad):
        return None
    above: NDArray[np.float64] = (good[:, None] > bad[None, :]).astype(np.float64)
    ties = good[:, None] == bad[None, :]
    return float((above + 0.5 * ties).mean())


def best_of(tried: Sequence[Tried], key: Callable[[Tried], float]) -> float:
    """1.0 when the attempt with the highest key is right."""
    finished = [attempt for attempt in tried if attempt.answer is not None]
    return float(max(finished, key=key).correct) if finished else 0.0


def vote(tried: Sequence[Tried], weight: Callable[[Tried], float]) -> float:
    """1.0 when the answer with the largest total weight is right.

    An answer counts as right when the heaviest attempt behind it is: in Countdown a faked
    last equation can reach the target's number and be wrong.
    """
    totals: dict[int, float] = defaultdict(float)
    for attempt in tried:
        if attempt.answer is not None:
            totals[attempt.answer] += weight(attempt)
    if not totals:
        return 0.0
    winner = max(totals, key=lambda answer: totals[answer])
    behind = [attempt for attempt in tried if attempt.answer == winner]
    return float(max(behind, key=weight).correct)


def first_error_f1(pairs: Sequence[tuple[int | None, int | None]]) -> float:
    """F1 of locating first errors, as ProcessBench defines it (arXiv 2412.06559).

    The harmonic mean of two accuracies: of the error's place in solutions that have one, and
    of finding none in those that are sound.

    Args:
        pairs: For each solution the true and the predicted index, None for no error.
    """
    with_error = [true == guess for true, guess in pairs if true is not None]
    without = [guess is None for true, guess in pairs if true is None]
    if not with_error or not without:
        return float("nan")
    a, b = float(np.mean(with_error)), float(np.mean(without))
    return 2 * a * b / (a + b) if a + b else 0.0
