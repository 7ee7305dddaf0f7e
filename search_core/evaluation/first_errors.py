"""How well scores find the first wrong step: F1 as ProcessBench defines it (arXiv 2412.06559).

The predicted first error is the first step that scores below a threshold. F1 is the harmonic
mean of two accuracies: of the error's exact place in solutions that have one, and of finding
none in those that have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from search_core.evaluation.attempts import Attempt
from search_core.evaluation.intervals import Values, statistic_with_interval
from search_core.labelled import NO_ERROR

THRESHOLD = 0.5
"""Where a verifier's folder says nothing else."""


def predicted_error(scores: Sequence[float], threshold: float) -> int:
    """Index of the first score below the threshold, `NO_ERROR` if there is none."""
    return next((index for index, score in enumerate(scores) if score < threshold), NO_ERROR)


def first_errors(
    families: Mapping[str, Sequence[Sequence[Attempt]]],
    threshold: float,
    *,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """F1 with its interval over problems, both accuracies and their counts, as JSON values.

    Args:
        families: For each family, each problem's attempts; those whose first error is
            unknown, or without scores, are left out.
    """
    counts = {
        name: np.array([_counts(problem, threshold) for problem in problems]).reshape(-1, 4)
        for name, problems in families.items()
    }
    estimate = statistic_with_interval(counts, f1_of_counts, draws=draws, seed=seed)
    with np.errstate(invalid="ignore"):
        totals = {name: values.sum(axis=0) for name, values in counts.items()}
        on_errors = [_share(total[0], total[1]) for total in totals.values()]
        on_sound = [_share(total[2], total[3]) for total in totals.values()]
    return {
        "f1": estimate.to_dict() if estimate else None,
        "with_error": _mean(on_errors),
        "without_error": _mean(on_sound),
        "solutions_with_error": int(sum(total[1] for total in totals.values())),
        "solutions_without_error": int(sum(total[3] for total in totals.values())),
    }


def f1_of_counts(sums: Values) -> Values:
    """F1 of [draws, 4]: found and all with an error, found and all without; NaN if one is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        erroneous, sound = sums[:, 0] / sums[:, 1], sums[:, 2] / sums[:, 3]
        f1: Values = 2 * erroneous * sound / (erroneous + sound)
    return np.where(erroneous + sound == 0, 0.0, f1)


def _counts(attempts: Sequence[Attempt], threshold: float) -> list[float]:
    counts = [0.0] * 4
    for attempt in attempts:
        if attempt.first_error is None or not attempt.scores:
            continue
        sound = attempt.first_error == NO_ERROR
        counts[2 * sound + 1] += 1
        counts[2 * sound] += predicted_error(attempt.scores, threshold) == attempt.first_error
    return counts


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _mean(shares: Sequence[float | None]) -> float | None:
    """None where one is not defined."""
    known = [share for share in shares if share is not None]
    return float(np.mean(known)) if known and len(known) == len(shares) else None
