"""Bootstrap intervals over problems: what would other problems of the same kind have given?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
DRAWS = 2000
_COVERED = (2.5, 97.5)
_NORMAL = 1.959964
"""97.5 % of a normal distribution lie below so many standard deviations."""


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


MOST_BLOCKS = 4000
"""Problems that are drawn one by one; more of them are drawn in as many random blocks, which
leaves an interval's width the same and its memory bounded."""


class Resampling:
    """The same problems drawn again for every statistic of one set of problems.

    Args:
        problems: How many there are, at least 1.
        draws: Bootstrap samples, at least 1.
        seed: Same seed, same draws.
    """

    def __init__(self, problems: int, *, draws: int, seed: int) -> None:
        self.problems = problems
        blocks = min(problems, MOST_BLOCKS)
        shuffled = np.random.default_rng([seed, 1]).permutation(problems)
        self._block = shuffled % blocks if problems > blocks else np.arange(problems)
        generator = np.random.default_rng([seed, 2])
        self._counts = np.stack(
            [
                np.bincount(generator.integers(0, blocks, size=blocks), minlength=blocks)
                for _ in range(draws)
            ]
        ).astype(np.float64)

    def interval(self, values: Values, statistic: Statistic) -> IntervalEstimate | None:
        """A statistic with its interval.

        Args:
            values: What each problem adds to the sums [problems, K].
            statistic: Takes the sums.

        Returns:
            None where the statistic is not defined.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            value = statistic(values.sum(axis=0)[None])[0]
            if np.isnan(value):
                return None
            return self.around(float(value), statistic(self._counts @ self._by_block(values)))

    def mean(self, values: Values) -> IntervalEstimate | None:
        """The mean of those problems for which there is a value, the others being NaN."""
        there = ~np.isnan(values)
        sums = np.stack([np.where(there, values, 0.0), there], axis=1)
        return self.interval(sums, _share)

    def drawn(self, values: Values) -> Values:
        """Sums of each draw [draws, K] of what each problem adds [problems, K]."""
        sums: Values = self._counts @ self._by_block(values)
        return sums

    def weights(self) -> Iterator[Values]:
        """Of each draw, how often each problem is in it [problems]."""
        for counts in self._counts:
            yield counts[self._block]

    @staticmethod
    def around(value: float, drawn: Values) -> IntervalEstimate:
        """A value with the interval of what was found in the draws, those without left out."""
        known = drawn[~np.isnan(drawn)]
        low, high = np.percentile(known, _COVERED) if known.size else (value, value)
        return IntervalEstimate(value, float(low), float(high))

    def _by_block(self, values: Values) -> Values:
        if self._counts.shape[1] == self.problems:
            return values
        blocks = np.zeros((self._counts.shape[1], values.shape[1]))
        np.add.at(blocks, self._block, values)
        return blocks


def _share(sums: Values) -> Values:
    share: Values = sums[:, 0] / sums[:, 1]
    return share


def share_with_interval(part: int, whole: int) -> IntervalEstimate | None:
    """A share of independent cases with Wilson's 95 % score interval (Wilson 1927); None of none.

    Unlike drawing again it says how little few cases tell: 2 of 2 are 1.0 [0.34, 1.0].
    """
    if not whole:
        return None
    value, square = part / whole, _NORMAL**2
    middle = (value + square / (2 * whole)) / (1 + square / whole)
    spread = value * (1 - value) / whole + square / (4 * whole**2)
    half = _NORMAL * spread**0.5 / (1 + square / whole)
    return IntervalEstimate(value, max(0.0, middle - half), min(1.0, middle + half))
