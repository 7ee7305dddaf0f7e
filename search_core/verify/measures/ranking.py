"""Does the verifier rank what a search has to choose among?

A search compares attempts at one problem, and steps at one depth of one problem. So the area that
counts is taken within each problem and averaged; the pooled one stands beside it with a warning.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.evaluation.intervals import IntervalEstimate, Resampling
from search_core.evaluation.verifier_quality import auroc
from search_core.log.events import Aggregate
from search_core.verify.measures.areas import pooled_auroc
from search_core.verify.table import AGGREGATES, Indices, ScoreTable, is_right

POOLED_MISLEADS = (
    "The pooled AUROC also rewards a verifier for knowing which problems are hard, which no search "
    "asks it; the AUROC within a problem asks only which attempt at this problem is right."
)


def ranking(table: ScoreTable, aggregate: Aggregate, resampling: Resampling) -> dict[str, Any]:
    """AUROC of solutions and of steps, within problems and pooled.

    Args:
        aggregate: What makes one number of a solution's scores.
    """
    within = {how: _within(table, how, resampling) for how in AGGREGATES}
    values = table.aggregate(aggregate)
    known = ~(np.isnan(values) | np.isnan(table.right))
    judged = table.judged
    steps_at = table.problem[table.solution]
    return {
        "aggregate": aggregate,
        "right_by_answer": int((table.by_answer & known).sum()),
        "right_by_steps": int((~table.by_answer & known).sum()),
        "solutions": {
            "within_problem": within[aggregate],
            "by_aggregate": within,
            "pooled": values_of(
                pooled_auroc(values[known], table.right[known], table.problem[known], resampling)
            ),
        },
        "steps": {
            "within_problem": _steps_within(table, resampling),
            "pooled": values_of(
                pooled_auroc(
                    table.scores[judged],
                    is_right(table.labels[judged]).astype(np.float64),
                    steps_at[judged],
                    resampling,
                )
            ),
        },
        "pooled_misleads": POOLED_MISLEADS,
    }


def values_of(estimate: IntervalEstimate | None) -> dict[str, float] | None:
    """An estimate as JSON values."""
    return estimate.to_dict() if estimate else None


def within_problems(table: ScoreTable, how: Aggregate) -> np.typing.NDArray[np.float64]:
    """AUROC of each problem's solutions; NaN where they are all right, all wrong, or unknown."""
    values = table.aggregate(how)
    known = ~(np.isnan(values) | np.isnan(table.right))
    areas = np.full(table.problems, np.nan)
    for number, rows in enumerate(table.of_problems):
        rows = rows[known[rows]]
        if rows.size > 1:
            areas[number] = auroc(values[rows], table.right[rows] > 0)
    return areas


def _within(table: ScoreTable, how: Aggregate, resampling: Resampling) -> dict[str, Any]:
    areas = within_problems(table, how)
    estimate = resampling.mean(areas)
    return {"auroc": values_of(estimate), "problems": int((~np.isnan(areas)).sum())}


def _steps_within(table: ScoreTable, resampling: Resampling) -> dict[str, Any]:
    """Steps at the same depth of the same problem, one area each, averaged within problems."""
    areas: list[list[float]] = [[] for _ in range(table.problems)]
    for problem, steps in rounds(table):
        right = is_right(table.labels[steps])
        if right.any() and not right.all():
            areas[problem].append(auroc(table.scores[steps], right))
    means = np.array([np.mean(each) if each else np.nan for each in areas])
    return {
        "auroc": values_of(resampling.mean(means)),
        "problems": int((~np.isnan(means)).sum()),
    }


def rounds(table: ScoreTable) -> list[tuple[int, Indices]]:
    """Steps that a search would compare: of one problem, at one depth, two or more of them.

    Returns:
        The problem's number, and the steps' numbers; steps without score or label are left out.
    """
    steps = np.flatnonzero(table.judged)
    if not steps.size:
        return []
    problem, depth = table.problem[table.solution[steps]], table.depth[steps]
    order = np.lexsort((depth, problem))
    steps, problem, depth = steps[order], problem[order], depth[order]
    new = np.flatnonzero((np.diff(problem) != 0) | (np.diff(depth) != 0)) + 1
    return [
        (int(table.problem[table.solution[group[0]]]), group)
        for group in np.split(steps, new)
        if group.size > 1
    ]
