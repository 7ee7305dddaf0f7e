"""What was read of a file, what was left out of it and why, and what a reader should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from search_core.problem_files.complaints import counted, said_of_bad

MOST_COMPLAINTS = 1_000
"""Bad rows that a report keeps by name; the others are counted."""
_MOST_NOTES = 50
_NAMES_TOLD = 8


class LabelledFileError(ValueError):
    """Nothing of a file can be used; the message says why, and what to do."""


@dataclass
class ReadingReport:
    """What has been read of a file so far.

    Attributes:
        name: Of the file.
        kind: Name of its kind, as `read_labelled` takes it.
        item: What is read, in one word: "solution" or "tree".
        rows: Rows that were looked at, bad ones included.
        read: Solutions, or trees, that were read.
        left_out: Rows that cannot be used.
        complaints: Of the first `MOST_COMPLAINTS` of them: "line 3 is not JSON".
        notes: How often something happened that a reader should know.
        other_columns: Columns that a row of this kind does not have, and that were left alone.
        more: Whether the file goes on where reading stopped.
        remark: What everybody should know who reads labels of this kind.
    """

    name: str
    kind: str
    item: str = "solution"
    rows: int = 0
    read: int = 0
    left_out: int = 0
    complaints: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    other_columns: dict[str, None] = field(default_factory=dict)
    more: bool = False
    remark: str = ""

    def leave_out(self, where: str, why: str) -> None:
        """A row cannot be used."""
        self.left_out += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(f"{where} {why}".rstrip("."))

    def note(self, what: str, times: int = 1) -> None:
        """Something happened that a reader should know: "Neutral ratings, read as wrong"."""
        if what in self.notes or len(self.notes) < _MOST_NOTES:
            self.notes[what] += times

    def said(self) -> str:
        """All of it in a few sentences."""
        first = "The first " if self.more else ""
        told = [f"{first}{counted(self.read, self.item)} of {self.name}, read as {self.kind}."]
        told.append(self.remark)
        told += [f"{what}: {times:,}." for what, times in self.notes.items()]
        if self.other_columns:
            names = ", ".join(f"{name!r:.40}" for name in list(self.other_columns)[:_NAMES_TOLD])
            told.append(f"Left alone: the columns {names}.")
        told.append(said_of_bad(self.left_out, self.complaints))
        return " ".join(filter(None, told))

    def values(self) -> dict[str, Any]:
        """The same as JSON values, with every complaint that is kept."""
        return {
            "name": self.name,
            "kind": self.kind,
            "rows": self.rows,
            f"{self.item}s": self.read,
            "rows_left_out": self.left_out,
            "rows_left_out_named": list(self.complaints),
            "remark": self.remark,
            "notes": dict(self.notes),
            "columns_left_alone": list(self.other_columns),
            "more": self.more,
        }
