"""PRMBench's PRMScore by class (arXiv 2501.03124; ssmisya/PRMBench
mr_eval/tasks/prmtest_classified/task.py, and its notebook draw_radar.ipynb for PRMScore).

Positive is the correct step. The totals leave out the class "correct", as the script does. Its
`first_error_acc` asks only whether the first wrong step was flagged, whatever was flagged before
it: it is not ProcessBench's accuracy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.verify.table import Indices, ScoreTable, is_right

CORRECT = "correct"
ONLY_F1 = frozenset({"multi_solutions"})
"""Classes without wrong steps, whose PRMScore is their F1."""


def prmbench(table: ScoreTable, threshold: float) -> dict[str, Any] | None:
    """The figures of each class and of all, as shares of 1.

    Steps without a label or a score are left out, as the script leaves out steps beyond those
    that a verifier scored. None if no row names a class.
    """
    classes = table.kinds["category"]
    names = [name for name in dict.fromkeys(classes) if name is not None]
    if not names or not table.judged.any():
        return None
    of_row = np.array([name or "" for name in classes])
    similar = _similarities(table, threshold, of_row)

    def figures(rows: Indices, prefix: str = "") -> dict[str, Any]:
        found = _figures(table, threshold, rows)
        differences = [similar[row] for row in rows.tolist() if row in similar]
        found["similarity"] = float(np.mean(differences)) if differences else None
        found["prmscore"] = _prmscore(found, only_f1=prefix in ONLY_F1)
        return found

    totals = np.flatnonzero((of_row != "") & (of_row != CORRECT))
    return {
        "threshold": threshold,
        "classes": {name: figures(np.flatnonzero(of_row == name), name) for name in names},
        "total": figures(totals),
        "undefined": "None stands where the script divides by zero or writes -1.",
    }


def _figures(table: ScoreTable, threshold: float, rows: Indices) -> dict[str, Any]:
    chosen = np.isin(table.solution, rows) & table.judged
    right, said = is_right(table.labels[chosen]), table.scores[chosen] >= threshold
    true_positive, false_positive = int((right & said).sum()), int((~right & said).sum())
    true_negative, false_negative = int((~right & ~said).sum()), int((right & ~said).sum())
    f1 = _f1(true_positive, false_positive, false_negative)
    negative = _f1(true_negative, false_negative, false_positive)
    at_first = chosen & (table.depth == table.first_errors[table.solution])
    flagged = table.scores[at_first] < threshold
    return {
        "rows": int(rows.size),
        "steps": int(chosen.sum()),
        "correct_step_acc": _share(true_positive, true_positive + false_negative),
        "wrong_step_acc": _share(true_negative, true_negative + false_positive),
        "total_step_acc": _share(true_positive + true_negative, int(chosen.sum())),
        "first_error_acc": _share(int(flagged.sum()), int(flagged.size)),
        "precision": f1[0],
        "recall": f1[1],
        "f1": f1[2],
        "negative_precision": negative[0],
        "negative_recall": negative[1],
        "negative_f1": negative[2],
    }


def _f1(hits: int, false_alarms: int, misses: int) -> tuple[float | None, ...]:
    """Precision, recall and F1 as the script computes them, its -1 as None."""
    precision = hits / (hits + false_alarms) if hits + false_alarms else -1.0
    recall = hits / (hits + misses) if hits + misses else -1.0
    # With a precision of -1 the script goes on: 0 where nothing is called positive, -1 elsewhere.
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else -1.0
    return tuple(None if value == -1 else value for value in (precision, recall, f1))


def _prmscore(figures: dict[str, Any], *, only_f1: bool) -> float | None:
    f1, negative = figures["f1"], figures["negative_f1"]
    if only_f1:
        return f1 if f1 is None else float(f1)
    return None if f1 is None or negative is None else 0.5 * f1 + 0.5 * negative


def _similarities(
    table: ScoreTable, threshold: float, of_row: np.typing.NDArray[np.str_]
) -> dict[int, float]:
    """How far the share of steps called right lies from that of the problem's correct row."""
    judged = table.judged
    said = np.bincount(
        table.solution[judged], table.scores[judged] >= threshold, minlength=table.solutions
    )
    steps = np.bincount(table.solution[judged], minlength=table.solutions)
    share = {row: said[row] / steps[row] for row in np.flatnonzero(steps).tolist()}
    problem = table.problem.tolist()
    correct = {
        problem[row]: share[row]
        for row in np.flatnonzero(of_row == CORRECT).tolist()
        if share.get(row)  # the script leaves out a correct row of which nothing is called right
    }
    return {
        row: abs(share[row] - correct[problem[row]])
        for row in share
        if of_row[row] not in ("", CORRECT) and problem[row] in correct
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
