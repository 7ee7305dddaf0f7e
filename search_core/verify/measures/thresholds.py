"""What would another threshold give? The first-error measures along the whole range."""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.labelled import NO_ERROR
from search_core.verify.benchmarks.processbench import f1_of
from search_core.verify.table import UNKNOWN, ScoreTable, is_right

THRESHOLDS = tuple(round(step / 100, 2) for step in range(5, 100, 5))


def threshold_sweep(table: ScoreTable, threshold: float) -> dict[str, Any] | None:
    """First-error F1 and step rates at each threshold, with the best one; None without labels.

    Args:
        threshold: The one that is used elsewhere in the report; it is among the points.
    """
    points = [
        point
        for each in sorted({*THRESHOLDS, threshold})
        if (point := _at(table, each)) is not None
    ]
    if not points:
        return None
    defined = [point for point in points if point["f1"] is not None]
    best = max(defined, key=lambda point: float(point["f1"]), default=None)
    return {
        "points": points,
        "best": best and best["threshold"],
        "warning": "The best threshold was found on these rows: on others it will do worse.",
    }


def _at(table: ScoreTable, threshold: float) -> dict[str, Any] | None:
    predicted = table.predicted_errors(threshold)
    used = (table.first_errors != UNKNOWN) & (predicted != UNKNOWN)
    judged = table.judged
    if not judged.any():
        return None
    error, match = table.first_errors != NO_ERROR, predicted == table.first_errors
    right, said = is_right(table.labels[judged]), table.scores[judged] >= threshold
    return {
        "threshold": threshold,
        **{
            key: value
            for key, value in f1_of(match[used & error], match[used & ~error]).items()
            if key in ("f1", "on_errors", "on_correct")
        },
        "first_error_accuracy": float(100 * match[used].mean()) if used.any() else None,
        "right_steps_kept": _percent(said[right]),
        "wrong_steps_found": _percent(~said[~right]),
    }


def _percent(flags: np.typing.NDArray[np.bool_]) -> float | None:
    return float(100 * flags.mean()) if flags.size else None
