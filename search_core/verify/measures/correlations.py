"""Does the score go by length or by repetition instead of by what is right?

Spearman's rank correlation over solutions; among right ones and among wrong ones apart, since a
correlation over all may come from long solutions being wrong more often.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.evaluation.intervals import Resampling, Values
from search_core.log.events import Aggregate
from search_core.verify.measures.ranking import values_of
from search_core.verify.table import Indices, ScoreTable, tallied


def correlations(table: ScoreTable, aggregate: Aggregate, resampling: Resampling) -> dict[str, Any]:
    """Of solutions' scores with their length in characters, their steps and their repetition."""
    values = table.aggregate(aggregate)
    known = ~np.isnan(values)
    right, wrong = table.right == 1, table.right == 0
    measures = {
        "length": table.lengths,
        "steps": table.steps.astype(np.float64),
        "repetition": table.repeats,
    }
    return {
        name: {
            which: spearman(values, other, table.problem, known & chosen, resampling)
            for which, chosen in (("all", known), ("right", right), ("wrong", wrong))
        }
        for name, other in measures.items()
    }


def ranks(values: Values) -> Values:
    """Ranks from 0, ties sharing the mean of theirs."""
    order, counts = np.unique(values, return_inverse=True, return_counts=True)[1:]
    ends = np.cumsum(counts)
    mean: Values = (ends - counts + ends - 1) / 2
    return mean[order]


def correlation_of_sums(sums: Values) -> Values:
    """Pearson's r of sums [draws, 6]: n, x, y, xx, yy, xy; NaN where one does not vary."""
    n, x, y, xx, yy, xy = sums.T
    spread = (n * xx - x * x) * (n * yy - y * y)
    found: Values = np.where(
        spread > 1e-9, (n * xy - x * y) / np.sqrt(np.maximum(spread, 1e-300)), np.nan
    )
    return found


def spearman(
    values: Values,
    other: Values,
    problem: Indices,
    chosen: np.typing.NDArray[np.bool_],
    resampling: Resampling,
) -> dict[str, float] | None:
    """Rank correlation of the chosen solutions, with its interval over problems as JSON values.

    None with fewer than three of them, or where one of the two does not vary.
    """
    if chosen.sum() < 3:
        return None
    x, y = ranks(values[chosen]), ranks(other[chosen])
    # Between 0 and 1, so that sums of squares keep their digits.
    x, y = x / x.size, y / y.size
    columns = (np.ones_like(x), x, y, x * x, y * y, x * y)
    at = problem[chosen]
    sums = np.stack([tallied(at, column, resampling.problems) for column in columns], axis=1)
    return values_of(resampling.interval(sums, correlation_of_sums))
