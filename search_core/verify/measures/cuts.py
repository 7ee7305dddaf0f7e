"""Can one trust a cut? What a search loses and saves when it prunes by these scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.evaluation.intervals import Resampling, Values
from search_core.verify.measures.ranking import rounds, values_of
from search_core.verify.table import ScoreTable, is_right


def cuts(table: ScoreTable, threshold: float, resampling: Resampling) -> dict[str, Any] | None:
    """Cuts by threshold and by rank; None without steps that have score and label.

    By threshold, a step is cut that scores below it. By rank, of the steps of one problem at one
    depth the worse half is cut, ties going to what came first, as a beam search does it.
    """
    if not table.judged.any():
        return None
    return {"by_threshold": _by_threshold(table, threshold, resampling),
            "by_rank": _by_rank(table, resampling)}  # fmt: skip


def _by_threshold(table: ScoreTable, threshold: float, resampling: Resampling) -> dict[str, Any]:
    judged = table.judged
    right = is_right(np.where(judged, table.labels, 0.0))
    cut = judged & (np.where(judged, table.scores, 1.0) < threshold)
    columns = np.stack(
        [cut & ~right, cut, judged & ~right, cut & right, judged & right, judged], axis=1
    ).astype(np.float64)
    return {"threshold": threshold, **_shares(table.by_problem(columns, of_steps=True), resampling)}


def _by_rank(table: ScoreTable, resampling: Resampling) -> dict[str, Any] | None:
    sums = np.zeros((table.problems, 6))
    lost, mixed = np.zeros(table.problems), np.zeros(table.problems)
    for problem, steps in rounds(table):
        order = steps[np.argsort(-table.scores[steps], kind="stable")]
        right = is_right(table.labels[order])
        keep = (order.size + 1) // 2
        wrong_cut, cut = int((~right[keep:]).sum()), order.size - keep
        sums[problem] += (
            *(wrong_cut, cut, int((~right).sum())),
            *(cut - wrong_cut, int(right.sum()), order.size),
        )
        if right.any() and not right.all():
            mixed[problem] += 1
            lost[problem] += not right[:keep].any()
    if not sums[:, 1].any():
        return None
    return {
        **_shares(sums, resampling),
        "rounds_with_right_and_wrong": int(mixed.sum()),
        "every_right_step_cut": values_of(
            resampling.interval(np.stack([lost, mixed], axis=1), _first_over_second)
        ),
    }


def _shares(sums: Values, resampling: Resampling) -> dict[str, Any]:
    """From sums of: wrong and cut, cut, wrong, right and cut, right, all."""
    total = sums.sum(axis=0)

    def share(part: int, whole: int) -> dict[str, float] | None:
        return values_of(resampling.interval(sums[:, [part, whole]], _first_over_second))

    return {
        "cut": int(total[1]),
        "steps": int(total[5]),
        "precision": share(0, 1),
        "wrong_steps_cut": share(0, 2),
        "right_steps_cut": share(3, 4),
        "wrong_among_all": share(2, 5),
    }


def _first_over_second(sums: Values) -> Values:
    share: Values = sums[:, 0] / sums[:, 1]
    return share
