"""Two verifiers held against each other, row by row, on the same draws of problems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from search_core.evaluation.intervals import Resampling, Values
from search_core.log.events import Aggregate
from search_core.verify.measures.best_of_n import curves_of
from search_core.verify.measures.correlations import spearman
from search_core.verify.measures.ranking import values_of, within_problems
from search_core.verify.table import UNKNOWN, ScoreTable, is_right

Flags = npt.NDArray[np.bool_]
MCNEMAR_COUNTS = (
    "McNemar's test takes every solution for independent, which several attempts at one problem "
    "are not; the intervals draw whole problems."
)


def compared(
    one: ScoreTable,
    other: ScoreTable,
    thresholds: tuple[float, float],
    aggregate: Aggregate,
    resampling: Resampling,
) -> dict[str, Any]:
    """Differences (the first minus the second) with paired intervals.

    Args:
        one, other: The same rows in the same order.
        thresholds: Below which each calls a step wrong.

    Raises:
        ValueError: The rows are not the same.
    """
    if one.ids != other.ids:
        raise ValueError("Two verifiers can be compared only on the same rows in the same order.")
    return {
        "first_errors": _first_errors(one, other, thresholds, resampling),
        "steps": _steps(one, other, thresholds, resampling),
        "auroc_within_problem": _difference(
            within_problems(one, aggregate), within_problems(other, aggregate), resampling
        ),
        "best_of_n": _best_of_n(one, other, aggregate, resampling),
        "brier_of_steps": _brier(one, other, resampling),
        "rank_correlation": _agreement(one, other, aggregate, resampling),
        "mcnemar_counts": MCNEMAR_COUNTS,
    }


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value that neither is right more often where they differ (McNemar 1947).

    Args:
        only_first: Rows that only the first has right.
        only_second: Rows that only the second has right.
    """
    total, few = only_first + only_second, min(only_first, only_second)
    if not total:
        return 1.0
    logs = [
        math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
        for k in range(few + 1)
    ]
    highest = max(logs)
    tail = math.fsum(math.exp(each - highest) for each in logs)
    return min(1.0, 2 * math.exp(highest + math.log(tail) - total * math.log(2)))


def _first_errors(
    one: ScoreTable, other: ScoreTable, thresholds: tuple[float, float], resampling: Resampling
) -> dict[str, Any] | None:
    first, second = one.predicted_errors(thresholds[0]), other.predicted_errors(thresholds[1])
    known = (one.first_errors != UNKNOWN) & (other.first_errors != UNKNOWN)
    used = known & (first != UNKNOWN) & (second != UNKNOWN)
    if not used.any():
        return None
    a, b = (first == one.first_errors) & used, (second == one.first_errors) & used
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    gained = np.stack([a.astype(np.float64) - b, used.astype(np.float64)], axis=1)
    return {
        "solutions": int(used.sum()),
        "both": int((a & b).sum()),
        "only_first": only_first,
        "only_second": only_second,
        "neither": int((used & ~a & ~b).sum()),
        "mcnemar_p": mcnemar(only_first, only_second),
        "accuracy": values_of(resampling.interval(one.by_problem(gained), _share)),
    }


def _steps(
    one: ScoreTable, other: ScoreTable, thresholds: tuple[float, float], resampling: Resampling
) -> dict[str, Any] | None:
    used = one.judged & other.judged
    if not used.any():
        return None
    right = is_right(one.labels)
    a = ((one.scores >= thresholds[0]) == right) & used
    b = ((other.scores >= thresholds[1]) == right) & used
    gained = np.stack([a.astype(np.float64) - b, used.astype(np.float64)], axis=1)
    return {
        "steps": int(used.sum()),
        "both": int((a & b).sum()),
        "only_first": int((a & ~b).sum()),
        "only_second": int((b & ~a).sum()),
        "neither": int((used & ~a & ~b).sum()),
        "accuracy": values_of(resampling.interval(one.by_problem(gained, of_steps=True), _share)),
    }


def _difference(one: Values, other: Values, resampling: Resampling) -> dict[str, float] | None:
    return values_of(resampling.mean(one - other))


def _best_of_n(
    one: ScoreTable, other: ScoreTable, aggregate: Aggregate, resampling: Resampling
) -> dict[str, Any] | None:
    first, second = curves_of(one, aggregate), curves_of(other, aggregate)
    if first is None or second is None:
        return None
    grid = [n for n in first.grid if n in second.grid]
    n = grid[-1]
    a = first.curves[:, first.grid.index(n)]
    b = second.curves[:, second.grid.index(n)]
    return {"n": n, "accuracy": _difference(a, b, resampling)}


def _brier(one: ScoreTable, other: ScoreTable, resampling: Resampling) -> Any:
    used = one.judged & other.judged
    if not used.any():
        return None
    gap = (one.scores - one.labels) ** 2 - (other.scores - other.labels) ** 2
    columns = np.stack([np.where(used, gap, 0.0), used.astype(np.float64)], axis=1)
    return values_of(resampling.interval(one.by_problem(columns, of_steps=True), _share))


def _agreement(
    one: ScoreTable, other: ScoreTable, aggregate: Aggregate, resampling: Resampling
) -> dict[str, float] | None:
    """How alike they rank all solutions, whatever is right."""
    a, b = one.aggregate(aggregate), other.aggregate(aggregate)
    known = ~(np.isnan(a) | np.isnan(b))
    return spearman(a, b, one.problem, known, resampling)


def _share(sums: Values) -> Values:
    share: Values = sums[:, 0] / sums[:, 1]
    return share
