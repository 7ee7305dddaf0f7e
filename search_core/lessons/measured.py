"""What was measured, as bars or a curve: read from the measurements, never typed in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from search_core.lessons.schema import MeasuredRows

RESULTS = Path(__file__).resolve().parents[2] / "assets" / "results"
CARDS = RESULTS.parent / "models"
_TRAINING = "python -m search_core.embedded train --out models"
_CARD_PAGES = "results_models"


class MeasuredError(ValueError):
    """There is no such measurement; the message says which there are."""


@dataclass(frozen=True)
class Bar:
    """A part of the problems that was solved, 0 to 1, with its 95 % interval.

    Attributes:
        label: What the page calls it.
        row: What the evaluation calls it.
        solver_flops, verifier_flops: For one problem, on average; None: not measured.
    """

    label: str
    row: str
    value: float
    low: float
    high: float
    solver_flops: float | None = None
    verifier_flops: float | None = None

    @property
    def percent(self) -> int:
        """Rounded, as the page writes it."""
        return round(100 * self.value)

    @property
    def gigaflops(self) -> str:
        """Of solver and verifier for one problem, as the page writes it; "": not measured."""
        if self.solver_flops is None or self.verifier_flops is None:
            return ""
        return f"{(self.solver_flops + self.verifier_flops) / 1e9:.1f}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The solver's and the verifier's GFLOPs for one problem; (): not measured."""
        if self.solver_flops is None or self.verifier_flops is None:
            return ()
        return f"{self.solver_flops / 1e9:.1f}", f"{self.verifier_flops / 1e9:.1f}"


@dataclass(frozen=True)
class MeasuredBars:
    """Rows of one measurement.

    Attributes:
        problems: How many problems it tried.
        command: What it was made by.
        data: The file, from the repository's root.
        guide: Page of the guide that says how.
        against: What the others are drawn against.
        ceiling: What none of them can exceed.
    """

    bars: tuple[Bar, ...]
    problems: int
    command: str
    data: str
    guide: str
    against: Bar | None = None
    ceiling: Bar | None = None

    @property
    def numbers(self) -> set[str]:
        """Numbers that a caption may say."""
        rows = [*self.bars, *(bar for bar in (self.against, self.ceiling) if bar)]
        found = {str(self.problems), "100"}
        for bar in rows:
            if bar.low == bar.high:
                found.add(f"{bar.low:.2f}")
            found |= {str(bar.percent), bar.gigaflops, *bar.parts, *re.findall(r"\d+", bar.row)}
        return found - {""}


def read_measured(measured: MeasuredRows, folder: Path = RESULTS) -> MeasuredBars:
    """The rows that a page shows.

    Raises:
        MeasuredError: There is no such file, or no such row in it, or its work was not measured.
    """
    of_card = not measured.data.endswith(".json")
    path = CARDS / measured.data / "espalier.json" if of_card else folder / measured.data
    if not path.is_file():
        raise MeasuredError(f"there is no evaluation {path}.")
    found = _read(path)
    if of_card:
        rows = _rows_of_card(found, measured)
    elif measured.quantity == "rollouts":
        rows = _rows_of_rollouts(found, measured)
    else:
        rows = _rows_of_evaluation(found, measured)
    wanted = {**measured.bars, **measured.against, **measured.ceiling}
    for name in wanted.values():
        if name not in rows:
            raise MeasuredError(f"{path} has no row {name!r}; it has {', '.join(rows)}.")
    bars = {label: _bar(label, name, rows[name]) for label, name in wanted.items()}
    if (measured.quantity == "flops" or measured.against) and not all(
        bar.gigaflops for bar in bars.values()
    ):
        raise MeasuredError(f"{path} says nothing of FLOPs; name an evaluation that counts them.")
    problems = found["measured"] if of_card else found["problems"]
    return MeasuredBars(
        bars=tuple(bars[label] for label in measured.bars),
        problems=problems[measured.family]["problems"]
        if of_card
        else sum(problems.values())
        if measured.family == "average"
        else problems[measured.family],
        command=_TRAINING if of_card else found["command"],
        data=f"assets/{path.relative_to(RESULTS.parent).as_posix()}"
        if path.is_relative_to(RESULTS.parent)
        else path.name,
        guide=_CARD_PAGES if of_card else "results",
        against=next((bars[label] for label in measured.against), None),
        ceiling=next((bars[label] for label in measured.ceiling), None),
    )


_Row = Mapping[str, Any]


def _rows_of_evaluation(found: _Row, measured: MeasuredRows) -> dict[str, _Row]:
    """Rows of an evaluation by name; those that were not measured on this family are left out."""
    family = measured.family
    parts = {
        row["name"]: row["average"] if family == "average" else row["families"].get(family)
        for row in found["rows"]
    }
    return {
        name: {**part, **part["accuracy"]}
        for name, part in parts.items()
        if part is not None and part["accuracy"] is not None
    }


def _rows_of_rollouts(found: _Row, measured: MeasuredRows) -> dict[str, _Row]:
    """Prefixes by the verifier's score, as "0.4 to 0.5"; low and high are its mean score."""
    families = found["verifier_quality"]["rollouts"]["families"]
    if measured.family not in families:
        raise MeasuredError(f"rollouts are told by family: {', '.join(families)}.")
    bins = families[measured.family]["bins"]
    return {
        f"{place / len(bins):.1f} to {(place + 1) / len(bins):.1f}": {
            "value": part["value"],
            "low": part["score"],
            "high": part["score"],
        }
        for place, part in enumerate(bins)
    }


def _rows_of_card(found: _Row, measured: MeasuredRows) -> dict[str, _Row]:
    """Rows of a card: of a verifier's, as "n=4 best by score"; of a stream's, as "greedy at 10"."""
    if measured.family not in found["measured"]:
        families = ", ".join(found["measured"])
        raise MeasuredError(f"a card has no {measured.family} family; it has {families}.")
    of_family = found["measured"][measured.family]
    if "by way" in of_family:
        ways = {name: way["solved"] for name, way in of_family["by way"].items()}
        return {name: {**solved, "value": solved["mean"]} for name, solved in ways.items()}
    return {
        f"{budget} {judge}": {**accuracy, "value": accuracy["mean"]}
        for budget, judges in of_family.items()
        if budget.startswith("n=")
        for judge, accuracy in judges.items()
    }


def _bar(label: str, name: str, row: _Row) -> Bar:
    flops = row.get("solver_flops"), row.get("verifier_flops")
    return Bar(label, name, row["value"], row["low"], row["high"], *flops)


@cache
def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
