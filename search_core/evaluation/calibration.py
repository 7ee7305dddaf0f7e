"""Are scores the probabilities that they are said to be? Held against rollouts.

The expected calibration error (ECE) of prefixes' scores against the share of rollouts that
were right. With few prefixes in a bin it is too high rather than too low: chance alone makes
a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from search_core.evaluation.intervals import Values, statistic_with_interval
from search_core.evaluation.rollouts import Rollouts

BINS = 10


def bin_of(scores: Values) -> np.typing.NDArray[np.int64]:
    """Number of the bin, of ten equal ones of [0, 1], that each score falls into."""
    return np.minimum((scores * BINS).astype(np.int64), BINS - 1)


def calibration_of(
    families: Mapping[str, Iterable[str]], rollouts: Iterable[Rollouts], *, draws: int, seed: int
) -> dict[str, Any] | None:
    """ECE against rollouts, per family and on average, as JSON values; None without any.

    Args:
        families: Keys of each family's problems.
    """
    by_problem = {rollout.problem: rollout for rollout in rollouts if rollout.points}
    points = {
        name: [by_problem[key].points for key in keys if key in by_problem]
        for name, keys in families.items()
    }
    valued = {name: each for name, each in points.items() if each}
    if not valued:
        return None
    sums = {name: np.stack([_sums(rollouts) for rollouts in each]) for name, each in valued.items()}

    def measured(names: Iterable[str]) -> dict[str, Any]:
        chosen = {name: sums[name] for name in names}
        error = statistic_with_interval(chosen, expected_error, draws=draws, seed=seed)
        totals = [reliability_of(chosen[name].sum(axis=0)) for name in chosen]
        return {
            "ece": error.to_dict() if error else None,
            "problems": sum(len(values) for values in chosen.values()),
            "prefixes": int(sum(values[:, 2 * BINS :].sum() for values in chosen.values())),
            **({"bins": totals[0]} if len(totals) == 1 else {}),
        }

    return {"families": {name: measured([name]) for name in sums}, "average": measured(sums)}


def expected_error(sums: Values) -> Values:
    """ECE of sums [draws, 3 * BINS]: scores, values and counts of each bin."""
    scores, values, counts = np.split(sums, 3, axis=1)
    error: Values = np.abs(scores - values).sum(axis=1) / counts.sum(axis=1)
    return error


def _sums(points: Iterable[tuple[float, float]]) -> Values:
    scores, values = np.array(list(points), dtype=np.float64).T
    bins = bin_of(scores)
    weights = (scores, values, np.ones_like(scores))
    return np.concatenate([np.bincount(bins, weight, minlength=BINS) for weight in weights])


def reliability_of(sums: Values) -> list[dict[str, float | int | None]]:
    """Of each bin: how many prefixes, their mean score and mean value."""
    scores, values, counts = np.split(sums, 3)
    return [
        {
            "prefixes": int(count),
            "score": float(score / count) if count else None,
            "value": float(value / count) if count else None,
        }
        for score, value, count in zip(scores, values, counts, strict=True)
    ]
