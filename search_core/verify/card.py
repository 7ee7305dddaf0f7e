"""One verifier's report card: every measure of one set of scored solutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from search_core.evaluation.first_errors import THRESHOLD
from search_core.evaluation.intervals import Resampling
from search_core.labelled import NO_ERROR
from search_core.log.events import Aggregate
from search_core.verify.benchmarks import hard2verify, prmbench, processbench
from search_core.verify.measures.best_of_n import best_of_n
from search_core.verify.measures.breakdowns import breakdowns
from search_core.verify.measures.correlations import correlations
from search_core.verify.measures.cuts import cuts
from search_core.verify.measures.mistakes import MistakeList
from search_core.verify.measures.ranking import ranking
from search_core.verify.measures.reliability import reliability
from search_core.verify.measures.thresholds import threshold_sweep
from search_core.verify.table import UNKNOWN, ScoredSolution, ScoreTable, TableBuilder, is_right


@dataclass(frozen=True, slots=True)
class JudgedVerifier:
    """Whose scores they are.

    Attributes:
        name: What the report calls it; unique within it.
        threshold: A step that scores below it counts as called wrong, in [0, 1].
        about: Identity and provenance as JSON values.
    """

    name: str
    threshold: float = THRESHOLD
    about: Mapping[str, Any] = field(default_factory=dict)


class CardBuilder:
    """Takes rows one at a time and makes a card of them.

    Args:
        verifier: Whose scores the rows hold.
    """

    def __init__(self, verifier: JudgedVerifier) -> None:
        self.verifier = verifier
        self._table = TableBuilder()
        self._mistakes = MistakeList(verifier.threshold)

    def add(self, row: ScoredSolution) -> None:
        """One more. Raises as `TableBuilder.add`."""
        self._table.add(row)
        self._mistakes.add(row)

    def table(self) -> ScoreTable:
        """The rows so far as arrays."""
        return self._table.table()

    def card(self, table: ScoreTable, aggregate: Aggregate, resampling: Resampling) -> Any:
        """The card as JSON values.

        Args:
            table: What `table` gave.
            aggregate: What makes one number of a solution's scores.
            resampling: Over the table's problems.
        """
        threshold = self.verifier.threshold
        judges_steps = _judges_steps(table)
        of_steps = as_judged(table)
        # An outcome verifier's solutions have no aggregate other than their one score.
        aggregate = aggregate if judges_steps else "last"
        return {
            "verifier": dict(self.verifier.about),
            "judges": "steps" if judges_steps else "solutions",
            "threshold": threshold,
            "aggregate": aggregate,
            "scored": {
                "solutions": int((~np.isnan(table.aggregate("last"))).sum()),
                "steps": int((~np.isnan(table.scores)).sum()),
            },
            "benchmarks": {
                "processbench": processbench(of_steps, threshold, resampling),
                "prmbench": prmbench(of_steps, threshold),
                "hard2verify": hard2verify(of_steps, threshold),
            },
            "thresholds": threshold_sweep(of_steps, threshold),
            "ranking": ranking(of_steps, aggregate, resampling),
            "reliability": reliability(of_steps, aggregate, resampling),
            "cuts": cuts(of_steps, threshold, resampling),
            "best_of_n": best_of_n(of_steps, aggregate, resampling),
            "correlations": correlations(of_steps, aggregate, resampling),
            "breakdowns": breakdowns(of_steps, aggregate, threshold),
            "mistakes": self._mistakes.values(),
        }


def as_judged(table: ScoreTable) -> ScoreTable:
    """The table without labels of steps where scores are those of whole solutions: such a score
    says nothing of the last step."""
    if _judges_steps(table):
        return table
    return replace(
        table,
        labels=np.full(table.scores.size, np.nan),
        first_errors=np.full(table.solutions, UNKNOWN, dtype=np.int64),
    )


def about_rows(table: ScoreTable) -> dict[str, Any]:
    """What the rows are, whoever scored them."""
    labelled = ~np.isnan(table.labels)
    return {
        "solutions": table.solutions,
        "problems": table.problems,
        "steps": int(table.scores.size),
        "labelled_steps": int(labelled.sum()),
        "wrong_steps": int((~is_right(table.labels[labelled])).sum()),
        "solutions_with_error": int((table.first_errors >= 0).sum()),
        "solutions_without_error": int((table.first_errors == NO_ERROR).sum()),
        "first_error_unknown": int((table.first_errors == UNKNOWN).sum()),
        "right_answers": int((table.by_answer & (table.right == 1)).sum()),
        "wrong_answers": int((table.by_answer & (table.right == 0)).sum()),
        "right_answer_on_wrong_step": int(
            (table.by_answer & (table.right == 1) & (table.first_errors >= 0)).sum()
        ),
    }


def _judges_steps(table: ScoreTable) -> bool:
    """Whether there are scores of other steps than last ones."""
    several = table.steps > 1
    if not several.any():
        return bool(table.scored.any())
    last = np.zeros(table.scores.size, dtype=np.bool_)
    last[table.first_step + table.steps - 1] = True
    return bool((~np.isnan(table.scores[~last])).any())
