"""Scores on disk, one solution a line, so that scoring that was stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from search_core.evaluation.outcomes import short_hash
from search_core.labelled import LabelledSolution
from search_core.log.line_file import LineFile
from search_core.protocols import VerifierInfo

GivenScores = tuple[float | None, ...]


def row_key(solution: LabelledSolution) -> str:
    """Short hash of what a verifier reads of a row."""
    return short_hash([solution.problem, list(solution.steps)])


def verifier_key(info: VerifierInfo, told: Mapping[str, Any]) -> str:
    """Short hash of everything that a score depends on.

    Weights that are known by their hash are the same wherever they lie, so that scores are found
    again after a folder was moved.

    Args:
        told: How the verifier was asked for: its format and, as "path", where it is.
    """
    where = {name: value for name, value in told.items() if name != "path" or not info.revision}
    return short_hash([info.name, info.revision, info.dtype, info.scores, where])


class ScoresFile(LineFile[tuple[str, str], GivenScores | str]):
    """An append-only file of scores, or of why there are none, by row and verifier."""

    records = "rows"
    mistake = "holds no scores ({error}). Choose another --scores, or delete the file."

    def knows(self, row: str, verifier: str) -> bool:
        """Whether this row was scored by this verifier, or refused by it."""
        return (row, verifier) in self.keys

    def scores(self, row: str, verifier: str) -> GivenScores | None:
        """One for each step; None: not known, or refused."""
        found = self.get((row, verifier))
        return None if isinstance(found, str) else found

    def refusal(self, row: str, verifier: str) -> str:
        """Why the verifier did not score this row; "" if it did, or was not asked."""
        found = self.get((row, verifier))
        return found if isinstance(found, str) else ""

    def add(self, row: str, verifier: str, scores: GivenScores | str) -> None:
        """Keep one more, unless it is there already; raises as `keep` does.

        Args:
            scores: One for each step, or why there are none.
        """
        if not self.knows(row, verifier):
            self.keep((row, verifier), scores)

    def _line(self, key: tuple[str, str], value: GivenScores | str) -> str:
        what = {"refused": value} if isinstance(value, str) else {"scores": value}
        return json.dumps({"row": key[0], "verifier": key[1], **what}, separators=(",", ":"))

    def _record(self, values: Any) -> tuple[tuple[str, str], GivenScores | str]:
        key = str(values["row"]), str(values["verifier"])
        if "refused" in values:
            return key, str(values["refused"])
        scores = values["scores"]
        return key, tuple(None if score is None else float(score) for score in scores)
