"""Hard2Verify's figures (arXiv 2510.13744; the benchmark's own evaluation code), in percent.

Step level, response level and first error, each as the rate of right ones that are called right
(TPR), of wrong ones that are called wrong (TNR), their mean (balanced accuracy) and their harmonic
mean (balanced F1). Errors carry forward there: every step built on an error is labelled wrong.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from search_core.labelled import NO_ERROR
from search_core.verify.table import ScoreTable, is_right

Flags = npt.NDArray[np.bool_]


def hard2verify(table: ScoreTable, threshold: float) -> dict[str, Any] | None:
    """The figures of all rows whose every step has a label and a score; None without any."""
    if not table.solutions:
        return None
    labelled = ~np.logical_or.reduceat(np.isnan(table.labels), table.first_step)
    used = labelled & table.scored
    if not used.any():
        return None
    steps = used[table.solution]
    predicted = table.predicted_errors(threshold)[used]
    true = table.first_errors[used]
    sound = true == NO_ERROR
    return {
        "threshold": threshold,
        "step_level": _balanced(
            is_right(table.labels[steps]), table.scores[steps] >= threshold, guarded=False
        ),
        "response_level": _balanced(sound, predicted == NO_ERROR, guarded=False),
        "first_error": _rates(
            predicted[sound] == NO_ERROR, predicted[~sound] == true[~sound], guarded=True
        ),
        "left_out": int((~used).sum()),
    }


def _balanced(right: Flags, said: Flags, *, guarded: bool) -> dict[str, Any]:
    return _rates(said[right], ~said[~right], guarded=guarded)


def _rates(on_right: Flags, on_wrong: Flags, *, guarded: bool) -> dict[str, Any]:
    """Figures of what was found among right and among wrong ones.

    Args:
        guarded: Whether the script gives 0 where both rates are 0, as it does for first errors.
    """
    if not on_right.size or not on_wrong.size:
        rates = [float(np.mean(x) * 100) if x.size else None for x in (on_right, on_wrong)]
        which = "right" if not on_right.size else "wrong"
        return {
            "tpr": rates[0],
            "tnr": rates[1],
            "balanced_accuracy": None,
            "balanced_f1": None,
            "undefined": f"There is no {which} one.",
        }
    tpr, tnr = float(np.mean(on_right)), float(np.mean(on_wrong))
    both = tpr + tnr
    f1 = 2 * (tpr * tnr) / both if both else (0.0 if guarded else None)
    return {
        "tpr": 100 * tpr,
        "tnr": 100 * tnr,
        "balanced_accuracy": 100 * (tpr + tnr) / 2,
        "balanced_f1": None if f1 is None else 100 * f1,
        "undefined": "Both rates are 0: the reference divides by zero." if f1 is None else "",
    }
