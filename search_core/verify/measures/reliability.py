"""Are scores the probabilities that they are read as? Bins, ECE and Brier score.

With few items in a bin the ECE is too high rather than too low: chance alone makes a gap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.evaluation.calibration import BINS, bin_of, expected_error, reliability_of
from search_core.evaluation.intervals import Resampling, Values
from search_core.log.events import Aggregate
from search_core.verify.measures.ranking import values_of
from search_core.verify.table import Indices, ScoreTable, tallied


def reliability(table: ScoreTable, aggregate: Aggregate, resampling: Resampling) -> dict[str, Any]:
    """Of steps against their labels, and of solutions against whether they are right."""
    judged = table.judged
    values = table.aggregate(aggregate)
    known = ~(np.isnan(values) | np.isnan(table.right))
    return {
        "steps": calibrated(
            table.scores[judged],
            table.labels[judged],
            table.problem[table.solution[judged]],
            resampling,
        ),
        "solutions": calibrated(
            values[known], table.right[known], table.problem[known], resampling
        ),
    }


def calibrated(
    scores: Values, labels: Values, problem: Indices, resampling: Resampling
) -> dict[str, Any] | None:
    """Bins, ECE and Brier score with intervals over problems; None without items.

    Args:
        scores: In [0, 1].
        labels: What happened, in [0, 1].
        problem: Number of each item's problem.
    """
    if not scores.size:
        return None
    size = resampling.problems
    place = problem * BINS + bin_of(scores)
    sums = [
        tallied(place, weights, size * BINS).reshape(size, BINS)
        for weights in (scores, labels, np.ones_like(scores))
    ]
    binned = np.concatenate(sums, axis=1)
    errors = tallied(problem, (scores - labels) ** 2, size)
    counts = tallied(problem, np.ones_like(scores), size)
    return {
        "items": int(scores.size),
        "ece": values_of(resampling.interval(binned, expected_error)),
        "brier": values_of(resampling.interval(np.stack([errors, counts], axis=1), _mean_of_sums)),
        "brier_of_base_rate": float(np.mean((labels - labels.mean()) ** 2)),
        "bins": _with_intervals(binned, resampling),
    }


def _mean_of_sums(sums: Values) -> Values:
    mean: Values = sums[:, 0] / sums[:, 1]
    return mean


def _with_intervals(binned: Values, resampling: Resampling) -> list[dict[str, Any]]:
    return [
        {
            "items": each["prefixes"],
            "score": each["score"],
            "value": each["value"],
            "interval": values_of(
                resampling.interval(binned[:, [BINS + index, 2 * BINS + index]], _mean_of_sums)
            ),
        }
        for index, each in enumerate(reliability_of(binned.sum(axis=0)))
    ]
