"""Where is it right, and where not: by depth, length, family, level and what else a row says."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from search_core.evaluation.verifier_quality import auroc, calibration_error
from search_core.labelled import NO_ERROR
from search_core.log.events import Aggregate
from search_core.verify.measures.ranking import within_problems
from search_core.verify.table import KINDS, UNKNOWN, Indices, ScoreTable, is_right

_DEPTHS = 12
"""Depths that stand alone; deeper steps stand together."""
_MOST = 20
"""Values of one kind that stand alone, the most frequent ones."""
_OTHERS = "others"
Flags = np.typing.NDArray[np.bool_]


def breakdowns(
    table: ScoreTable, aggregate: Aggregate, threshold: float
) -> dict[str, list[dict[str, Any]]]:
    """Rows of each table, without those kinds of which no solution says anything."""
    areas = within_problems(table, aggregate)
    depth = np.minimum(table.depth, _DEPTHS)
    found = {
        "depth": [
            {"value": f"{at + 1}" if at < _DEPTHS else f"{_DEPTHS + 1}+"}
            | _of_steps(table, depth == at, threshold)
            for at in np.unique(depth).tolist()
        ],
        "length": [
            {"value": name} | _of_solutions(table, chosen, aggregate, threshold, areas)
            for name, chosen in _lengths(table.steps)
        ],
    }
    for kind in KINDS:
        values = [value or "" for value in table.kinds[kind]]
        if any(values):
            found[kind] = [
                {"value": name} | _of_solutions(table, chosen, aggregate, threshold, areas)
                for name, chosen in _named(values)
            ]
    return found


def _named(values: list[str]) -> list[tuple[str, Flags]]:
    counts = Counter(values)
    alone = [name for name, _ in counts.most_common(_MOST)]
    shown = sorted(alone, key=lambda name: (not name, _number(name), name))
    array = np.array(values)
    found = [(name or "not said", array == name) for name in shown]
    rest = ~np.isin(array, alone)
    return [*found, (_OTHERS, rest)] if rest.any() else found


def _number(name: str) -> float:
    return float(name) if name.isdecimal() else math.inf


def _lengths(steps: Indices) -> list[tuple[str, Flags]]:
    """Solutions by their number of steps, in quarters as far as ties allow."""
    if not steps.size:
        return []
    edges = sorted({int(np.quantile(steps, share)) for share in (0.25, 0.5, 0.75, 1.0)})
    found, low = [], int(steps.min())
    for edge in edges:
        name = f"{low} steps" if low == edge else f"{low} to {edge} steps"
        found.append((name, (steps >= low) & (steps <= edge)))
        low = edge + 1
    return found


def _of_steps(table: ScoreTable, steps: Flags, threshold: float) -> dict[str, Any]:
    chosen = steps & table.judged
    scores, labels = table.scores[chosen], table.labels[chosen]
    right = is_right(labels)
    return {
        "steps": int(chosen.sum()),
        "wrong": _plain(1 - right.mean()) if right.size else None,
        "mean_score": _plain(scores.mean()) if scores.size else None,
        "step_auroc": _plain(auroc(scores, right)) if right.size else None,
        "ece": _plain(calibration_error(scores, right)),
        "right_steps_kept": _mean(scores[right] >= threshold),
        "wrong_steps_found": _mean(scores[~right] < threshold),
    }


def _of_solutions(
    table: ScoreTable,
    chosen: Flags,
    aggregate: Aggregate,
    threshold: float,
    areas: np.typing.NDArray[np.float64],
) -> dict[str, Any]:
    predicted = table.predicted_errors(threshold)
    used = chosen & (predicted != UNKNOWN) & (table.first_errors != UNKNOWN)
    error = table.first_errors != NO_ERROR
    match = predicted == table.first_errors
    values = table.aggregate(aggregate)
    known = chosen & ~(np.isnan(values) | np.isnan(table.right))
    problems = np.unique(table.problem[chosen])
    # A problem counts where all of its solutions belong here: within it nothing else is compared.
    whole = problems[
        np.bincount(table.problem[chosen], minlength=table.problems)[problems]
        == np.bincount(table.problem, minlength=table.problems)[problems]
    ]
    within = areas[whole][~np.isnan(areas[whole])]
    return {
        "solutions": int(chosen.sum()),
        "right": _mean(table.right[known]),
        "auroc_within_problem": _mean(within),
        "problems": int(within.size),
        "auroc_pooled": _plain(auroc(values[known], table.right[known] > 0))
        if known.any()
        else None,
        "on_errors": _mean(match[used & error]),
        "on_correct": _mean(match[used & ~error]),
        **{
            key: value
            for key, value in _of_steps(table, chosen[table.solution], threshold).items()
            if key in ("steps", "wrong", "mean_score", "step_auroc", "ece")
        },
    }


def _mean(values: np.typing.NDArray[Any]) -> float | None:
    return float(values.mean()) if values.size else None


def _plain(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
