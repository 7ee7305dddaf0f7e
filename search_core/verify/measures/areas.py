"""The AUROC over items of many problems, and how sure it is."""

from __future__ import annotations

import numpy as np

from search_core.evaluation.intervals import IntervalEstimate, Resampling, Values
from search_core.verify.table import Indices, tallied


def pooled_auroc(
    scores: Values, right: Values, problem: Indices, resampling: Resampling
) -> IntervalEstimate | None:
    """AUROC over all items, whatever their problem, ties counted half; None without both kinds.

    The interval is that of its linearisation: each item moves the area by how far the share of
    the other kind that it beats lies from the mean of that share (DeLong 1988; Obuchowski 1997 for
    items that come in groups). Drawing problems again then costs no sorting.

    Args:
        right: 1 or 0.
        problem: Number of each item's problem.
    """
    good, bad = scores[right > 0], scores[right <= 0]
    if not good.size or not bad.size:
        return None
    beaten = np.where(right > 0, _share_below(bad, scores), 1 - _share_below(good, scores))
    area = float(beaten[right > 0].mean())
    moves = (beaten - area) / np.where(right > 0, good.size, bad.size)
    by_problem = tallied(problem, moves, resampling.problems)
    drawn = area + resampling.drawn(by_problem[:, None])[:, 0]
    return resampling.around(area, np.clip(drawn, 0.0, 1.0))


def _share_below(others: Values, scores: Values) -> Values:
    """Share of others that each score lies above, equal ones counted half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, scores, side="left")
    up_to = np.searchsorted(ordered, scores, side="right")
    share: Values = (below + up_to) / 2 / others.size
    return share
