"""Scores on disk, one solution a line, so that scoring that was stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from search_core.evaluation.outcomes import short_hash
from search_core.evaluation.store import StoreError
from search_core.labelled import LabelledSolution
from search_core.log.files import append_all, why_not_written
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


class ScoresFile:
    """An append-only file of scores, by row and verifier.

    A row is written whole or not at all: a last line without its end was being written when the
    program died, and is cut off. Scores of other verifiers and rows stay, and are used again.

    Args:
        path: None: nothing is kept on disk.

    Raises:
        ValueError: The file holds something else.
        OSError: It cannot be read or written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._known: dict[tuple[str, str], GivenScores | str] = {}
        self._file = None
        if path is not None:
            whole = self._read(path) if path.exists() else 0
            self._file = path.open("ab", buffering=0)
            self._file.truncate(whole)

    def __enter__(self) -> ScoresFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def knows(self, row: str, verifier: str) -> bool:
        """Whether this row was scored by this verifier, or refused by it."""
        return (row, verifier) in self._known

    def scores(self, row: str, verifier: str) -> GivenScores | None:
        """One for each step; None: not known, or refused."""
        found = self._known.get((row, verifier))
        return None if isinstance(found, str) else found

    def refusal(self, row: str, verifier: str) -> str:
        """Why the verifier did not score this row; "" if it did, or was not asked."""
        found = self._known.get((row, verifier))
        return found if isinstance(found, str) else ""

    def add(self, row: str, verifier: str, scores: GivenScores | str) -> None:
        """Keep one more, unless it is there already.

        Args:
            scores: One for each step, or why there are none.

        Raises:
            StoreError: It cannot be written.
        """
        if self.knows(row, verifier):
            return
        if self._file is not None:
            what = {"refused": scores} if isinstance(scores, str) else {"scores": scores}
            line = json.dumps({"row": row, "verifier": verifier, **what}, separators=(",", ":"))
            try:
                append_all(self._file, line + "\n")
            except OSError as error:
                raise StoreError(
                    f"{self.path} can no longer be written: {why_not_written(error)}. It keeps "
                    f"{len(self._known):,} rows; run it again to go on from there."
                ) from error
        self._known[row, verifier] = scores

    def _read(self, path: Path) -> int:
        """Read all whole lines; the number of bytes that they take."""
        whole = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    key, scores = _read_line(json.loads(line))
                except (ValueError, TypeError, KeyError) as error:
                    raise ValueError(
                        f"{path}, line {number} holds no scores ({error}). Choose another "
                        "--scores, or delete the file."
                    ) from error
                self._known[key] = scores
                whole += len(line)
        return whole


def _read_line(values: Any) -> tuple[tuple[str, str], GivenScores | str]:
    key = str(values["row"]), str(values["verifier"])
    if "refused" in values:
        return key, str(values["refused"])
    return key, tuple(None if score is None else float(score) for score in values["scores"])
