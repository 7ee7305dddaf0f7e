"""ProcessBench's F1 (arXiv 2412.06559; QwenLM/ProcessBench code/run_eval.py), in percent.

Three ways to average splits are in use, and a number without its name is worth nothing: the paper
gives the mean of the splits' F1 (macro), Hugging Face's fork the mean weighted by each split's
rows. The accuracies are called `on_errors` and `on_correct` here; the fork calls them precision
and recall, which they are not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search_core.evaluation.first_errors import f1_of_counts
from search_core.evaluation.intervals import Resampling, Values
from search_core.labelled import NO_ERROR
from search_core.verify.table import UNKNOWN, ScoreTable

WHOLE = "all"
"""The split of rows that name none."""


def processbench(
    table: ScoreTable, threshold: float, resampling: Resampling
) -> dict[str, Any] | None:
    """F1 of each split, their macro mean and their problem-weighted mean.

    Rows whose first error or scores are not known are left out. None if no row is left.
    """
    predicted = table.predicted_errors(threshold)
    used = (table.first_errors != UNKNOWN) & (predicted != UNKNOWN)
    if not used.any():
        return None
    match = predicted == table.first_errors
    error = table.first_errors != NO_ERROR
    names = np.array([split or WHOLE for split in table.kinds["split"]])
    counts = np.stack([match & error, error, match & ~error, ~error], axis=1).astype(np.float64)
    splits = {}
    for name in dict.fromkeys(names[used].tolist()):
        chosen = used & (names == name)
        splits[name] = {
            **f1_of(match[chosen & error], match[chosen & ~error]),
            "interval": _interval(table.by_problem(counts * chosen[:, None]), resampling),
        }
    f1s = [split["f1"] for split in splits.values()]
    rows = [split["errors"] + split["correct"] for split in splits.values()]
    whole = None in f1s
    return {
        "threshold": threshold,
        "splits": splits,
        "macro_f1": None if whole else float(np.mean(f1s)),
        "weighted_f1": None if whole else _weighted(f1s, rows),
        "pooled": {
            **f1_of(match[used & error], match[used & ~error]),
            "interval": _interval(table.by_problem(counts * used[:, None]), resampling),
        },
        "undefined": "A split's F1 is not defined." if whole else "",
        "left_out": int((~used).sum()),
    }


def f1_of(on_errors: np.typing.NDArray[np.bool_], on_correct: Any) -> dict[str, Any]:
    """The reference script's arithmetic on matches of rows with and without an error."""
    first = float(np.mean(on_errors) * 100) if on_errors.size else None
    second = float(np.mean(on_correct) * 100) if on_correct.size else None
    f1, why = None, ""
    if first is None or second is None:
        why = f"There is no row {'with' if first is None else 'without'} an error."
    elif first + second == 0:
        why = "Both accuracies are 0: the reference divides by zero."
    else:
        f1 = 2 * first * second / (first + second)
    return {
        "on_errors": first,
        "on_correct": second,
        "f1": f1,
        "errors": int(on_errors.size),
        "correct": int(on_correct.size),
        "undefined": why,
    }


def _weighted(f1s: list[float], rows: list[int]) -> float:
    """In the fork's order: each F1 by its share of all rows, added up."""
    total, weighted = sum(rows), 0.0
    for f1, count in zip(f1s, rows, strict=True):
        weighted += f1 * (count / total)
    return weighted


def _interval(counts: Values, resampling: Resampling) -> dict[str, float] | None:
    def percent(sums: Values) -> Values:
        return 100 * f1_of_counts(sums)

    estimate = resampling.interval(counts, percent)
    return estimate.to_dict() if estimate else None
