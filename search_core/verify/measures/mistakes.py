"""The list that matters: where the verifier is wrong and most sure of it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from search_core.labelled import RIGHT_FROM
from search_core.verify.table import ScoredSolution, right_or_not

MOST_LISTED = 50
HIDDEN = "(published encrypted, so that no model learns it: not written here)"
_LONGEST = 2_000
"""Characters of a text that a report keeps."""


@dataclass(frozen=True)
class Mistake:
    """A step, or a whole solution, that the verifier got wrong.

    Attributes:
        row: The solution with its scores.
        step: Index of the step; None: the solution as a whole (an outcome verifier's score).
        score: The verifier's, in [0, 1].
        label: What is said of it, in [0, 1].
    """

    row: ScoredSolution
    step: int | None
    score: float
    label: float

    @property
    def sureness(self) -> float:
        """How far the score lies from the label, 0 to 1."""
        return abs(self.score - self.label)

    def values(self) -> dict[str, Any]:
        """JSON values, long texts cut off and said to be; secret texts are left out."""
        solution = self.row.solution
        hidden = solution.secret
        return {
            "id": cut(solution.id, 200),
            "problem": HIDDEN if hidden else cut(solution.problem),
            "steps": [HIDDEN if hidden else cut(step) for step in solution.steps],
            "scores": list(self.row.scores),
            "labels": list(solution.labels),
            "step": self.step,
            "score": self.score,
            "label": self.label,
            "family": solution.family,
            "category": solution.category,
        }


class MistakeList:
    """Keeps the surest mistakes of all rows that it is shown; one of each solution.

    Args:
        threshold: A step that scores below it is called wrong.
        most: How many are kept.
    """

    def __init__(self, threshold: float, most: int = MOST_LISTED) -> None:
        self._threshold, self._most = threshold, most
        self._kept: list[tuple[float, int, Mistake]] = []
        self._seen = 0
        self.too_sure_of_wrong = 0
        self.too_sure_of_right = 0

    def add(self, row: ScoredSolution) -> None:
        """Look at one more."""
        found = list(self._of_steps(row)) or list(self._of_solution(row))
        for mistake in found:
            if mistake.label < RIGHT_FROM:
                self.too_sure_of_wrong += 1
            else:
                self.too_sure_of_right += 1
        if not found:
            return
        surest = max(found, key=lambda mistake: mistake.sureness)
        self._seen += 1
        # Of equals the first stays: the same file gives the same list.
        heapq.heappush(self._kept, (surest.sureness, -self._seen, surest))
        if len(self._kept) > self._most:
            heapq.heappop(self._kept)

    def values(self) -> dict[str, Any]:
        """The list, surest first, and how many mistakes there were."""
        ordered = sorted(self._kept, reverse=True, key=lambda kept: kept[:2])
        return {
            "wrong_called_right": self.too_sure_of_wrong,
            "right_called_wrong": self.too_sure_of_right,
            "solutions": self._seen,
            "listed": [mistake.values() for *_, mistake in ordered],
        }

    def _of_steps(self, row: ScoredSolution) -> list[Mistake]:
        return [
            Mistake(row, index, score, label)
            for index, (score, label) in enumerate(
                zip(row.scores, row.solution.labels, strict=False)
            )
            if score is not None
            and label is not None
            and None not in row.scores
            and (score >= self._threshold) != (label >= RIGHT_FROM)
        ]

    def _of_solution(self, row: ScoredSolution) -> list[Mistake]:
        """By the last step's score, where steps have no scores or no labels of their own."""
        right, score = right_or_not(row.solution), row.scores[-1]
        if right is None or score is None:
            return []
        judged_by_step = bool(row.solution.labels) and None not in row.scores
        if judged_by_step or (score >= self._threshold) == right:
            return []
        return [Mistake(row, None, score, float(right))]


def cut(text: str, longest: int = _LONGEST) -> str:
    """A text's beginning, said to be one."""
    return text if len(text) <= longest else f"{text[:longest]} … ({len(text):,} characters)"
