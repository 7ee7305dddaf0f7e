"""What edits did to a verifier's scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search_core.evaluation.intervals import Resampling, share_with_interval
from search_core.verify.measures.ranking import values_of
from search_core.verify.stress.choosing import StressCase
from search_core.verify.stress.edits import EDITS

NOTICEABLE = 0.05
"""A score that moves by more has been lifted or lowered."""
Scores = Sequence[float | None]


def stress_results(
    cases: Sequence[StressCase],
    before: Mapping[str, Scores],
    after: Mapping[str, Scores],
    threshold: float,
    *,
    judges_solutions: bool,
    draws: int,
    seed: int,
) -> dict[str, Any] | None:
    """For each kind of edit: how many, mean change, and the rates of what must not happen.

    Args:
        before: Scores by the ids of originals; after: by the ids of edited solutions.
        threshold: A step that scores below it is called wrong.
        judges_solutions: Whether it judges finished solutions alone: then their one score counts,
            and of the edits that must lower a score only the question from elsewhere, since a
            wrong step may still end in a right answer.

    Returns:
        None where no edit was scored.
    """
    found = []
    for edit in EDITS:
        moves = []
        for case in cases:
            if case.edit.name != edit.name:
                continue
            if judges_solutions and edit.must_change and edit.name != "question from elsewhere":
                continue
            one = _score(before.get(case.original.id), case.edited.before, judges_solutions)
            two = _score(after.get(case.edited.solution.id), case.edited.after, judges_solutions)
            if one is not None and two is not None:
                moves.append((one, two))
        if moves:
            found.append(_of_kind(edit.name, edit.must_change, moves, threshold, draws, seed))
    if not found:
        return None
    made = ", ".join(each["name"] for each in found)
    return {
        "solutions": len({case.original.id for case in cases}),
        "noticeable": NOTICEABLE,
        "said": f"One edit of each kind in every solution that it fits: {made}. In the embedded "
        "families the checker confirmed every edit but those of wording (praise, padding, "
        "restatement, split); in other texts only edits were made that do what they are called "
        f"in any text. Lifted and lowered: by more than {NOTICEABLE:g}.",
        "edits": found,
    }


def _score(scores: Scores | None, at: int, whole: bool) -> float | None:
    if not scores:
        return None
    return scores[-1] if whole else scores[at]


def _of_kind(
    name: str,
    must_change: bool,
    moves: Sequence[tuple[float, float]],
    threshold: float,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    before, after = np.array(moves).T
    change = after - before
    # Each solution stands for another problem, so that solutions can be drawn.
    resampling = Resampling(len(moves), draws=draws, seed=seed)
    accepted = before >= threshold

    def share(flags: npt.NDArray[np.bool_]) -> dict[str, float] | None:
        return values_of(share_with_interval(int(flags.sum()), flags.size))

    return {
        "name": name,
        "must_change": must_change,
        "made": len(moves),
        "change": values_of(resampling.mean(change)),
        "inflated": share(change > NOTICEABLE),
        "lowered": share(change < -NOTICEABLE),
        "accepted_before": int(accepted.sum()),
        "unnoticed": share(after[accepted] >= threshold) if must_change else None,
    }
