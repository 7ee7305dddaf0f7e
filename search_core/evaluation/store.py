"""Outcomes and rollouts on disk, one a line, so that an evaluation that was stopped can go on."""

from __future__ import annotations

from typing import Any

from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.rollouts import Rollouts
from search_core.log.line_file import LineFile

StoredRecord = Outcome | Rollouts
"""What one line holds."""


class OutcomeStore(LineFile[str, StoredRecord]):
    """An append-only file of outcomes, found again by their keys.

    Each line is on disk before the next run starts.
    """

    records = "outcomes"
    mistake = "is no outcome of an evaluation ({error}). Choose another --out, or delete the file."

    def add(self, outcome: StoredRecord) -> None:
        """Keep one more; raises as `keep` does."""
        self.keep(outcome.key, outcome)

    def _line(self, key: str, value: StoredRecord) -> str:
        return value.to_json()

    def _record(self, values: dict[str, Any]) -> tuple[str, StoredRecord]:
        if "points" in values:
            points = tuple((float(score), float(value)) for score, value in values["points"])
            rollouts = Rollouts(**{**values, "points": points})
            return rollouts.key, rollouts
        outcome = Outcome.from_values(values)
        return outcome.key, outcome
