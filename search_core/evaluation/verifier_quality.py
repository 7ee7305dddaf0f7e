"""How well scores tell right solutions from wrong ones.

The gate is the AUROC *within* problems: search compares attempts at one problem with each
other. Pooled AUROC and calibration can look fine while the scores only know which problems
are hard.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search_core.evaluation.attempts import Attempt
from search_core.evaluation.calibration import BINS, bin_of
from search_core.evaluation.first_errors import THRESHOLD, first_errors
from search_core.evaluation.intervals import Values, mean_with_interval

Flags = npt.NDArray[np.bool_]


def auroc(scores: Values, right: Flags) -> float:
    """Chance that a right solution scores above a wrong one; ties count half.

    NaN unless there are both right and wrong ones.
    """
    if right.all() or not right.any():
        return math.nan
    wrong = np.sort(scores[~right])
    below = np.searchsorted(wrong, scores[right], side="left")
    up_to = np.searchsorted(wrong, scores[right], side="right")
    return float((below + up_to).mean() / 2 / wrong.size)


def calibration_error(scores: Values, right: Flags) -> float:
    """Expected calibration error in ten equal bins of [0, 1]; NaN without scores."""
    if scores.size == 0:
        return math.nan
    bins = bin_of(scores)
    gaps = [abs(scores[bins == index].sum() - right[bins == index].sum()) for index in range(BINS)]
    return float(sum(gaps) / scores.size)


def verifier_quality(
    families: Mapping[str, Sequence[Sequence[Attempt]]],
    *,
    draws: int,
    seed: int,
    threshold: float | None = THRESHOLD,
) -> dict[str, Any]:
    """Measures of the scores and of the solver's own log-probability, as JSON values.

    Args:
        families: For each family, each problem's attempts; those without scores are left out.
        threshold: A step that scores below it counts as an error; None: steps have no
            scores of their own.
    """
    attempts = {name: _arrays(problems) for name, problems in families.items()}

    def measured(names: Sequence[str]) -> dict[str, Any]:
        chosen = {name: families[name] for name in names}
        return {
            **_measures({name: attempts[name] for name in names}, draws, seed),
            "first_error": None
            if threshold is None
            else first_errors(chosen, threshold, draws=draws, seed=seed),
        }

    return {
        "threshold": threshold,
        "families": {name: measured([name]) for name in families},
        "average": measured(list(families)),
    }


_Arrays = list[tuple[Values, Values, Flags]]


def _arrays(problems: Sequence[Sequence[Attempt]]) -> _Arrays:
    """For each problem: scores, log-probabilities (NaN: not known), right or wrong."""
    scored = [[a for a in attempts if a.aggregate is not None] for attempts in problems]
    return [
        (
            np.array([a.aggregate for a in attempts], dtype=np.float64),
            np.array([a.logprob for a in attempts], dtype=np.float64),
            np.array([a.right for a in attempts], dtype=np.bool_),
        )
        for attempts in scored
    ]


def _measures(families: Mapping[str, _Arrays], draws: int, seed: int) -> dict[str, Any]:
    within: dict[str, dict[str, Values]] = {"verifier": {}, "log_probability": {}}
    pooled: dict[str, list[float]] = {"verifier": [], "log_probability": []}
    calibration, shares, count, mixed = [], [], 0, 0
    for name, problems in families.items():
        both = [(s, p, r) for s, p, r in problems if r.any() and not r.all()]
        mixed += len(both)
        scores, logprobs, right = (
            np.concatenate([problem[i] for problem in problems]) if problems else np.array([])
            for i in range(3)
        )
        right = right.astype(np.bool_)
        count += right.size
        within["verifier"][name] = np.array([auroc(s, r) for s, _, r in both])
        # What was not given for some cannot be held against the verifier's scores of all.
        likely = not np.isnan(logprobs).any()
        within["log_probability"][name] = np.array([auroc(p, r) for _, p, r in both if likely])
        pooled["verifier"].append(auroc(scores, right))
        pooled["log_probability"].append(auroc(logprobs, right) if likely else math.nan)
        calibration.append(calibration_error(scores, right))
        shares.append(float(right.mean()) if right.size else math.nan)
    estimates = {
        source: mean_with_interval(values, draws=draws, seed=seed)
        for source, values in within.items()
    }
    return {
        "auroc_within_problem": {
            source: estimate.to_dict() if estimate else None
            for source, estimate in estimates.items()
        },
        "auroc_pooled": {source: _average(values) for source, values in pooled.items()},
        "calibration_error": _average(calibration),
        "right": _average(shares),
        "solutions": count,
        "problems_with_right_and_wrong": mixed,
    }


def _average(values: Sequence[float]) -> float | None:
    """The mean, or None where it is not defined for every family."""
    mean = float(np.mean(values)) if values else math.nan
    return None if math.isnan(mean) else mean
