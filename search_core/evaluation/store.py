"""Outcomes and rollouts on disk, one a line, so that an evaluation that was stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from types import TracebackType
from typing import Any

from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.rollouts import Rollouts
from search_core.log.files import append_all, why_not_written

StoredRecord = Outcome | Rollouts
"""What one line holds."""


class StoreError(RuntimeError):
    """An outcome cannot be kept; the message says why, and what to do."""


class OutcomeStore:
    """An append-only file of outcomes, found again by their keys.

    Each line is on disk before the next run starts. Outcomes of other settings may lie in
    the same file: they are kept, and used when their settings come back.

    Raises:
        ValueError: The file holds something else.
        OSError: It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, StoredRecord] = {}
        whole = self._read() if path.exists() else 0
        # Without a buffer of ours nothing is left over that closing would have to write.
        self._file = path.open("ab", buffering=0)
        self._file.truncate(whole)

    def __enter__(self) -> OutcomeStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        except OSError as failure:
            # Whoever could not add an outcome has been told already.
            if error is None:
                raise StoreError(
                    f"{self.path} is not whole: {why_not_written(failure)}."
                ) from failure

    @property
    def keys(self) -> Set[str]:
        """Of all outcomes that are known."""
        return self._known.keys()

    def get(self, key: str) -> StoredRecord | None:
        """The outcome of this key, if it is known."""
        return self._known.get(key)

    def add(self, outcome: StoredRecord) -> None:
        """Keep one more.

        Raises:
            StoreError: It cannot be written.
        """
        try:
            append_all(self._file, outcome.to_json() + "\n")
        except OSError as error:
            raise StoreError(
                f"{self.path} can no longer be written: {why_not_written(error)}. It keeps "
                f"{len(self._known):,} outcomes; run it again to go on from there."
            ) from error
        self._known[outcome.key] = outcome

    def _read(self) -> int:
        """Read all whole lines; the number of bytes that they take.

        A last line without its line break was being written when the program died.
        """
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            try:
                outcome = _record(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(
                    f"{self.path}, line {number} is no outcome of an evaluation ({error}). "
                    "Choose another --out, or delete the file."
                ) from error
            self._known[outcome.key] = outcome
        return whole


def _record(values: dict[str, Any]) -> StoredRecord:
    if "points" in values:
        points = tuple((float(score), float(value)) for score, value in values["points"])
        return Rollouts(**{**values, "points": points})
    return Outcome.from_values(values)
