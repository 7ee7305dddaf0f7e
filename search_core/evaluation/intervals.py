"""Bootstrap intervals over problems: what would other problems of the same kind have given?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
DRAWS = 2000
_COVERED = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class IntervalEstimate:
    """A mean with its 95 % percentile interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """JSON-ready values."""
        return {"value": self.value, "low": self.low, "high": self.high}


def mean_with_interval(
    groups: Mapping[str, Values], *, draws: int, seed: int
) -> IntervalEstimate | None:
    """The average of the groups' means; None if a group is empty or there is none.

    Problems are drawn again with replacement within each group. The same group names, sizes
    and seed draw the same problems, so that the intervals of differences are paired.

    Args:
        groups: For each family, one value per problem.
        draws: Bootstrap samples, at least 1.
    """
    if not groups or any(values.size == 0 for values in groups.values()):
        return None
    means = np.mean(
        [values[_drawn(name, values.size, draws, seed)].mean(axis=1)
         for name, values in groups.items()],
        axis=0,
    )  # fmt: skip
    low, high = np.percentile(means, _COVERED)
    value = np.mean([values.mean() for values in groups.values()])
    return IntervalEstimate(float(value), float(low), float(high))


@lru_cache(maxsize=32)
def _drawn(name: str, size: int, draws: int, seed: int) -> npt.NDArray[Any]:
    """Indices of the problems drawn, [draws, size]."""
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return generator.integers(0, size, size=(draws, size), dtype=np.int32)


Statistic = Callable[[Values], Values]
"""From sums over problems [draws, K] to one number per draw; NaN where it is not defined."""


def statistic_with_interval(
    groups: Mapping[str, Values], statistic: Statistic, *, draws: int, seed: int
) -> IntervalEstimate | None:
    """The groups' average of a statistic that is no mean over problems, with its interval.

    Args:
        groups: For each family, what each problem adds to the sums [problems, K].
        statistic: Takes the sums.
        draws: As for `mean_with_interval`, with the same problems drawn.

    Returns:
        None where the statistic is not defined for every group.
    """
    if not groups or any(values.shape[0] == 0 for values in groups.values()):
        return None
    value = np.mean([statistic(values.sum(axis=0)[None])[0] for values in groups.values()])
    if np.isnan(value):
        return None
    drawn = np.mean(
        [statistic(_counted(name, values.shape[0], draws, seed) @ values)
         for name, values in groups.items()],
        axis=0,
    )  # fmt: skip
    low, high = np.nanpercentile(drawn, _COVERED) if not np.isnan(drawn).all() else (value, value)
    return IntervalEstimate(float(value), float(low), float(high))


def _counted(name: str, size: int, draws: int, seed: int) -> Values:
    """How often each problem is drawn, [draws, size]."""
    counts = np.zeros((draws, size))
    np.add.at(counts, (np.arange(draws)[:, None], _drawn(name, size, draws, seed)), 1.0)
    return counts
