"""How alike two verifiers order the steps of one tree: over all of it, and among siblings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_core.evaluation.intervals import IntervalEstimate, Resampling, Values
from search_core.verify.measures.correlations import correlation_of_sums, ranks
from search_core.verify.table import tallied

_FEWEST = 3
_FEWEST_GROUPS = 5
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's rank correlations, each in [-1, 1] with a 95 % interval.

    Attributes:
        steps: How many steps have a score of both.
        overall: Over all of them; None with fewer than three, or where one does not vary.
        groups: Groups of siblings of which at least two have both scores.
        among_siblings: Of ranks within each group, about the group's middle: what a search that
            cuts among siblings goes by. None as above.
        other_best: In how many groups the two have another best step.
    """

    steps: int
    overall: IntervalEstimate | None
    groups: int
    among_siblings: IntervalEstimate | None
    other_best: int


def agreement(
    was: Sequence[float], now: Sequence[float], parents: Sequence[str], *, seed: int = 0
) -> Agreement:
    """Rank correlations of two scores of the same steps.

    The intervals are from drawing groups of siblings again: siblings have all steps before them in
    common, so that single steps would promise too much. With fewer than five groups steps are
    drawn all the same. Groups of one tree are not independent, so the true intervals are rather
    wider.

    Args:
        was, now: One score for each step.
        parents: For each step, its parent's id.
    """
    before, after = np.asarray(was, dtype=np.float64), np.asarray(now, dtype=np.float64)
    names = {parent: place for place, parent in enumerate(dict.fromkeys(parents))}
    group = np.array([names[parent] for parent in parents], dtype=np.int64)
    if before.size == 0:
        return Agreement(0, None, 0, None, 0)
    several = [
        members
        for place in range(len(names))
        if (members := np.flatnonzero(group == place)).size > 1
    ]
    inner = np.zeros((2, before.size))
    chosen = np.zeros(before.size, dtype=np.bool_)
    other_best = 0
    for members in several:
        chosen[members] = True
        for row, values in enumerate((before, after)):
            found = ranks(values[members])
            inner[row, members] = (found - found.mean()) / members.size
        other_best += not set(_best(before, members)) & set(_best(after, members))
    return Agreement(
        steps=before.size,
        overall=_correlation(ranks(before), ranks(after), group, seed),
        groups=len(several),
        among_siblings=_correlation(inner[0][chosen], inner[1][chosen], group[chosen], seed),
        other_best=other_best,
    )


def _best(values: Values, members: np.typing.NDArray[np.int64]) -> list[int]:
    best = values[members].max()
    return [int(member) for member in members if values[member] == best]


def _correlation(
    x: Values, y: Values, group: np.typing.NDArray[np.int64], seed: int
) -> IntervalEstimate | None:
    if x.size < _FEWEST:
        return None
    drawn = np.unique(group, return_inverse=True)[1]
    if drawn.max() + 1 < _FEWEST_GROUPS:
        drawn = np.arange(x.size)
    resampling = Resampling(int(drawn.max()) + 1, draws=_DRAWS, seed=seed)
    # Of a size near 1, so that sums of squares keep their digits.
    x, y = x / x.size, y / y.size
    columns = (np.ones_like(x), x, y, x * x, y * y, x * y)
    sums = np.stack([tallied(drawn, column, resampling.problems) for column in columns], axis=1)
    return resampling.interval(sums, correlation_of_sums)
