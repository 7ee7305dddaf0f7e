"""What an evaluation measured, as bars: read from `assets/results`, never typed in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from search_core.lessons.schema import MeasuredRows

RESULTS = Path(__file__).resolve().parents[2] / "assets" / "results"


class MeasuredError(ValueError):
    """There is no such measurement; the message says which there are."""


@dataclass(frozen=True)
class Bar:
    """A part of the problems that was solved, 0 to 1, with its 95 % interval.

    Attributes:
        label: What the page calls it.
        row: What the evaluation calls it.
    """

    label: str
    row: str
    value: float
    low: float
    high: float

    @property
    def percent(self) -> int:
        """Rounded, as the page writes it."""
        return round(100 * self.value)


@dataclass(frozen=True)
class MeasuredBars:
    """Bars of one evaluation.

    Attributes:
        problems: How many problems it tried.
        command: What it was made by.
    """

    bars: tuple[Bar, ...]
    problems: int
    command: str

    @property
    def numbers(self) -> set[str]:
        """Numbers that a caption may say."""
        budgets = {number for bar in self.bars for number in re.findall(r"\d+", bar.row)}
        return {str(bar.percent) for bar in self.bars} | budgets | {str(self.problems), "100"}


def read_measured(measured: MeasuredRows, folder: Path = RESULTS) -> MeasuredBars:
    """The rows that a page shows.

    Raises:
        MeasuredError: There is no such file, or no such row in it.
    """
    path = folder / measured.data
    if not path.is_file():
        raise MeasuredError(f"there is no evaluation {path}.")
    found = _evaluation(path)
    rows = {row["name"]: row["average"]["accuracy"] for row in found["rows"]}
    for row in measured.bars.values():
        if row not in rows:
            raise MeasuredError(f"{path} has no row {row!r}; it has {', '.join(rows)}.")
    bars = tuple(
        Bar(label, row, rows[row]["value"], rows[row]["low"], rows[row]["high"])
        for label, row in measured.bars.items()
    )
    return MeasuredBars(bars, sum(found["problems"].values()), found["command"])


@cache
def _evaluation(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
