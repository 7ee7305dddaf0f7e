"""What was read or written of a file, what was left out and why, and what one should know of it."""

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
    """Nothing of a file can be used; the message says why, and what to do.

    Attributes:
        kind: Name of the file's kind, where that was told all the same; "" where not.
    """

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(kw_only=True)
class LeftOut:
    """What cannot be used, and what else one should know.

    Attributes:
        left_out: Rows that cannot be used.
        complaints: Of the first `MOST_COMPLAINTS` of them: "line 3 is not JSON".
        notes: How often something happened that one should know.
        remark: What everybody should know, whatever the rows hold.
    """

    left_out: int = 0
    complaints: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    remark: str = ""

    def leave_out(self, where: str, why: str) -> None:
        """A row cannot be used."""
        self.left_out += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(f"{where} {why}".rstrip("."))

    def note(self, what: str, times: int = 1) -> None:
        """Something happened that one should know: "Neutral ratings, read as wrong"."""
        if what in self.notes or len(self.notes) < _MOST_NOTES:
            self.notes[what] += times

    def said_besides(self) -> str:
        """The remark, the notes, and what was left out, in a few sentences."""
        told = [self.remark, *(f"{what}: {times:,}." for what, times in self.notes.items())]
        return " ".join(filter(None, [*told, said_of_bad(self.left_out, self.complaints)]))

    def values_besides(self) -> dict[str, Any]:
        """The same as JSON values, with every complaint that is kept."""
        return {
            "rows_left_out": self.left_out,
            "rows_left_out_named": list(self.complaints),
            "remark": self.remark,
            "notes": dict(self.notes),
        }


@dataclass
class ReadingReport(LeftOut):
    """What has been read of a file so far.

    Attributes:
        name: Of the file.
        kind: Name of its kind, as `read_labelled` takes it.
        item: What is read, in one word: "solution" or "tree".
        rows: Rows that were looked at, bad ones included.
        read: Solutions, or trees, that were read.
        other_columns: Columns that a row of this kind does not have, and that were left alone.
        more: Whether the file goes on where reading stopped.
    """

    name: str
    kind: str
    item: str = "solution"
    rows: int = 0
    read: int = 0
    other_columns: dict[str, None] = field(default_factory=dict)
    more: bool = False

    def said(self) -> str:
        """All of it in a few sentences."""
        first = "The first " if self.more else ""
        told = f"{first}{counted(self.read, self.item)} of {self.name}, read as {self.kind}."
        if self.other_columns:
            names = ", ".join(f"{name!r:.40}" for name in list(self.other_columns)[:_NAMES_TOLD])
            told += f" Left alone: the columns {names}."
        return f"{told} {self.said_besides()}".rstrip()

    def values(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "rows": self.rows,
            f"{self.item}s": self.read,
            "columns_left_alone": list(self.other_columns),
            "more": self.more,
            **self.values_besides(),
        }


@dataclass
class WritingReport(LeftOut):
    """What has been written so far.

    Attributes:
        kind: Name of the kind of rows, as `convert` takes it.
        written: Rows, or files where each row is one.
    """

    kind: str
    written: int = 0

    def said(self) -> str:
        """All of it in a few sentences."""
        told = f"{counted(self.written, 'row')} written as {self.kind}."
        return f"{told} {self.said_besides()}".rstrip()

    def values(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {"kind": self.kind, "rows": self.written, **self.values_besides()}
