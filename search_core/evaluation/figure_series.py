"""What the figure of an evaluation shows: lines over budgets, single points, and a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_core.evaluation.svg import SvgSymbol
from search_core.picture.palette import variables

AVERAGE = "average"


@dataclass(frozen=True)
class Look:
    """How a series is drawn: shape first, dashes second, colour third."""

    symbol: SvgSymbol
    colour: str
    dash: str = ""
    width: float = 3
    hollow: bool = False


@dataclass(frozen=True)
class Mark:
    """One row of the results in one panel; shares from 0 to 1. N is 1 for greedy."""

    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class FigureSeries:
    """Rows that belong together, by panel, each with rising N."""

    label: str
    look: Look
    marks: Mapping[str, Sequence[Mark]]


@dataclass(frozen=True)
class FigureContent:
    """Everything that the figure shows.

    Attributes:
        panels: "average" and the families.
        lines: Best-of-N by each vote; the most important is drawn last.
        points: Greedy, and each search.
        level: The rival's one answer; None without a rival.
    """

    panels: Sequence[str]
    lines: Sequence[FigureSeries]
    points: Sequence[FigureSeries]
    level: FigureSeries | None


def shown(values: Mapping[str, Any]) -> FigureContent:
    """Read the results of an evaluation.

    Raises:
        ValueError: They are not what `evaluate` writes.
    """
    try:
        return _shown(values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"These are no results of `evaluate` ({type(error).__name__}: {error}). Give the "
            "file that its --out names."
        ) from error


def _shown(values: Mapping[str, Any]) -> FigureContent:
    panels = [AVERAGE, *values["problems"]]
    looks = _looks()
    rows = [row for row in values["rows"] if row["average"]["accuracy"] is not None]
    own = [row for row in rows if not row["rival"]]
    lines = [
        _series(label, looks[judge], panels, [r for r in own if _is(r, "best_of_n", judge)])
        for judge, label in (
            ("any", "any right (oracle)"),
            ("majority", "majority"),
            ("best", "best score"),
            ("weighted", "weighted vote"),
        )
    ]
    names = dict.fromkeys(row["strategy"] for row in own if row["strategy"] != "best_of_n")
    points = [
        _series(
            name.replace("_", " ").replace("dvts", "DVTS"),
            looks.get(name, looks["other"]),
            panels,
            [r for r in own if _is(r, name, r["options"].get("judge", "majority"))],
        )
        for name in names
    ]
    rivals = [row for row in rows if row["rival"]]
    level = (
        _series(f"{rivals[0]['rival']}, greedy", looks["rival"], panels, rivals[:1])
        if rivals
        else None
    )
    return FigureContent(panels, [line for line in lines if line.marks[AVERAGE]], points, level)


def _is(row: Mapping[str, Any], strategy: str, judge: str) -> bool:
    return bool(row["strategy"] == strategy and row["judge"] == judge)


def _series(
    label: str, look: Look, panels: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> FigureSeries:
    ordered = sorted(rows, key=lambda row: row["n"] or 1)

    def marks(panel: str) -> list[Mark]:
        parts = [row["average"] if panel == AVERAGE else row["families"][panel] for row in ordered]
        return [
            Mark(row["n"] or 1, *(float(part["accuracy"][key]) for key in ("value", "low", "high")))
            for row, part in zip(ordered, parts, strict=True)
        ]

    return FigureSeries(label, look, {panel: marks(panel) for panel in panels})


def _looks() -> dict[str, Look]:
    """The figure has its own light ground, so its colours are the light ones."""
    colours = {name: colour or "" for name, colour in variables("light").items()}
    ink = colours["palette-ink"]
    return {
        "any": Look("circle", colours["palette-muted"], "2 7", 3, hollow=True),
        "majority": Look("x", colours["series-solver-fill"], "10 5"),
        "best": Look("diamond", colours["series-verifier-fill"], "", 3),
        "weighted": Look("square", colours["state-kept-fill"], "", 4.5),
        "greedy": Look("circle", ink),
        "beam_search": Look("triangle-up", colours["grade-right-line"]),
        "dvts": Look("triangle-down", colours["grade-wrong-line"]),
        "other": Look("star", colours["state-chosen-fill"]),
        "rival": Look("square", ink, "14 8", 2.5),
    }
