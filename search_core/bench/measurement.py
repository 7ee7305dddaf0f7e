"""One figure of a benchmark: several runs, and what they are held against."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """Several values of one quantity.

    Attributes:
        values: At least one.
        aim: What the median should not exceed, or should reach where `more` is better; None
            where there is no such bound.
        group: The heading under which it stands.
    """

    name: str
    unit: str
    values: Sequence[float]
    aim: float | None = None
    more: bool = False
    group: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def share_of_aim(self) -> float | None:
        """Median by aim, or aim by median where more is better: at most 1 when it is met."""
        if self.aim is None:
            return None
        if self.more:
            return self.aim / self.median if self.median else None
        return self.median / self.aim

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "group": self.group,
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "runs": len(self.values),
            "aim": self.aim,
            "more_is_better": self.more,
            "share_of_aim": self.share_of_aim,
        }


def cells(values: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """A measurement as `to_dict` gives it, for people: name, median, range, aim, of the aim."""
    unit = f" {values['unit']}" if values["unit"] else ""
    aim, share = values["aim"], values["share_of_aim"]
    bound = "at least" if values["more_is_better"] else "at most"
    return (
        values["name"],
        f"{_number(values['median'])}{unit}",
        f"{_number(values['min'])} to {_number(values['max'])}",
        "" if aim is None else f"{bound} {aim:g}{unit}",
        "" if aim is None or share is None else ("met" if share <= 1 else "missed"),
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
