"""One figure of a benchmark: several runs, and what they are held against."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """Several values of one quantity.

    Attributes:
        values: At least one.
        aim: What the median should not exceed; None where there is no such bound.
    """

    name: str
    unit: str
    values: Sequence[float]
    aim: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def share_of_aim(self) -> float | None:
        """Median by aim: at most 1 when the aim is met."""
        return None if self.aim is None else self.median / self.aim

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "runs": len(self.values),
            "aim": self.aim,
            "share_of_aim": self.share_of_aim,
        }
