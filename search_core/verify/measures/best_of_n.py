"""How right is the best of N, and from which N on do more samples hurt?

The expectation over all subsets of N of a problem's solutions is worked out, not sampled: of m
solutions in falling order of score, the i-th (from 0) is the best of N with probability
C(m - 1 - i, N - 1) / C(m, N). Solutions that tie share their places. The N from which accuracy
falls is the hacking threshold (arXiv 2506.19248).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from search_core.evaluation.intervals import Resampling, Values
from search_core.log.events import Aggregate
from search_core.verify.measures.ranking import values_of
from search_core.verify.table import Indices, ScoreTable

_ENOUGH = 0.8
"""Share of the problems that must have N solutions for the curve to go to N."""
_ALL_UP_TO = 64
"""Every N up to here is a point of the curve; beyond, each is a tenth larger than the last."""


class ProblemCurves(NamedTuple):
    """Each problem's chance that the best of N is right.

    Attributes:
        grid: Each N.
        curves: [problems, len(grid)]; NaN for problems with too few attempts.
        oracle: The same for one who knows what is right.
        left_out: Problems with too few attempts.
    """

    grid: list[int]
    curves: Values
    oracle: Values
    left_out: int


def curves_of(table: ScoreTable, aggregate: Aggregate) -> ProblemCurves | None:
    """The curves of all problems; None without two attempts a problem."""
    values = table.aggregate(aggregate)
    known = ~(np.isnan(values) | np.isnan(table.right))
    groups = [rows[known[rows]] for rows in table.of_problems]
    sizes = np.array([rows.size for rows in groups])
    most = _most(sizes[sizes > 1])
    if most < 2:
        return None
    grid = _grid(most)
    curves = np.full((table.problems, len(grid)), np.nan)
    oracle = np.full((table.problems, len(grid)), np.nan)
    used = sizes >= most
    for number in np.flatnonzero(used).tolist():
        rows = groups[number]
        curves[number] = expected_best(values[rows], table.right[rows], grid)
        oracle[number] = expected_best(table.right[rows], table.right[rows], grid)
    return ProblemCurves(grid, curves, oracle, int(((sizes > 0) & ~used).sum()))


def best_of_n(
    table: ScoreTable, aggregate: Aggregate, resampling: Resampling
) -> dict[str, Any] | None:
    """The curve, its peak, and whether more samples hurt; None without two attempts a problem."""
    found = curves_of(table, aggregate)
    if found is None:
        return None
    used = ~np.isnan(found.curves[:, 0])
    points = [resampling.mean(column) for column in found.curves.T]
    oracle = np.nanmean(found.oracle, axis=0)
    return {
        "aggregate": aggregate,
        "problems": int(used.sum()),
        "left_out": found.left_out,
        "curve": [
            {"n": n, **(values_of(point) or {}), "oracle": float(best)}
            for n, point, best in zip(found.grid, points, oracle, strict=True)
        ],
        **_threshold(found.curves, found.grid, used, resampling),
    }


def expected_best(values: Values, right: Values, grid: list[int]) -> Values:
    """Chance that the best-scoring of N random ones is right, for each N of `grid`."""
    place = np.unique(-values, return_inverse=True)[1]
    shares = np.bincount(place, right) / np.bincount(place)
    ranked = shares[np.sort(place)]
    return _weights(values.size, tuple(grid)) @ ranked


def _weights(size: int, grid: tuple[int, ...]) -> Values:
    """Chance that the i-th of `size` is the best of N, [len(grid), size]."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])
    weights = np.zeros((len(grid), size))
    for row, n in enumerate(grid):
        below = size - 1 - np.arange(size - n + 1)
        chosen = logs[below] - logs[n - 1] - logs[below - n + 1]
        weights[row, : size - n + 1] = np.exp(chosen - (logs[size] - logs[n] - logs[size - n]))
    return weights


def _most(sizes: Indices) -> int:
    """The largest N that enough problems have."""
    return int(np.quantile(sizes, 1 - _ENOUGH, method="lower")) if sizes.size else 0


def _grid(most: int) -> list[int]:
    grid = list(range(1, min(most, _ALL_UP_TO) + 1))
    while grid[-1] < most:
        grid.append(min(most, math.ceil(grid[-1] * 1.1)))
    return grid


def _threshold(
    curves: Values, grid: list[int], used: np.typing.NDArray[np.bool_], resampling: Resampling
) -> dict[str, Any]:
    """Where the curve is highest, and how far it falls after that.

    That it falls is judged on other problems than the peak was found on (each half of them gives
    the other's peak): a flat curve's highest point is always above its end on its own data.
    """
    mean = curves[used].mean(axis=0)
    peak = int(np.argmax(mean))
    filled = np.where(used[:, None], curves, 0.0)
    drawn = np.argmax(resampling.drawn(filled), axis=1)
    low, high = np.percentile(np.array(grid)[drawn], (2.5, 97.5), method="nearest")
    order = np.flatnonzero(used)
    fall = np.full(curves.shape[0], np.nan)
    for half, other in ((order[::2], order[1::2]), (order[1::2], order[::2])):
        if half.size and other.size:
            found = int(np.argmax(curves[other].mean(axis=0)))
            fall[half] = curves[half, found] - curves[half, -1]
    estimate = resampling.mean(fall)
    hurts = estimate is not None and estimate.low > 0
    return {
        "peak": {"n": grid[peak], "low": int(low), "high": int(high), "value": float(mean[peak])},
        "fall_after_peak": values_of(estimate),
        "more_samples_hurt": hurts,
        "hacking_threshold": grid[peak] if hurts else None,
        "largest_n": grid[-1],
    }
