"""The results of an evaluation as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli.output import plain, short_number

_SOURCES = {"verifier": "scores", "log_probability": "log-probability"}


def print_evaluation(console: Console, values: dict[str, Any]) -> None:
    """Rows averaged over families, accuracy of each family, and the verifier's measures."""
    rows = [row for row in values["rows"] if _worth_a_line(row)]
    console.print(_accuracy_table(values, rows))
    console.print(_cost_table(rows))
    if values["verifier_quality"]:
        console.print(_quality_table(values["verifier_quality"]))


def _accuracy_table(values: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Table:
    families = list(values["problems"])
    baselines = values["baselines"]
    counts = ", ".join(f"{count} {name}" for name, count in values["problems"].items())
    table = _table(
        f"Right, in % of problems ({counts}), with 95 % intervals",
        ("average", *families, *(f"minus {name}" for name in baselines)),
    )
    for row in rows:
        average = row["average"]
        cells = [row["name"], _percent(average["accuracy"])]
        cells += [_percent(row["families"][name]["accuracy"]) for name in families]
        cells += [_percent(average["difference"].get(name), signed=True) for name in baselines]
        table.add_row(*_texts(cells))
    return table


def _cost_table(rows: Sequence[dict[str, Any]]) -> Table:
    headings = ("tokens", "solver FLOPs", "verifier FLOPs", "seconds")
    table = _table("Cost of one problem, on average", headings)
    for row in rows:
        average = row["average"]
        counts = (average[name] for name in ("tokens", "solver_flops", "verifier_flops"))
        cells = [row["name"], *map(short_number, counts), f"{average['seconds']:.3f}"]
        table.add_row(*_texts(cells))
    return table


def _worth_a_line(row: dict[str, Any]) -> bool:
    """Every judge of best-of-N; of the others only their own. The JSON has them all."""
    own = row["options"].get("judge", row["judge"])
    return row["strategy"] == "best_of_n" or bool(row["judge"] == own)


def _quality_table(quality: dict[str, Any]) -> Table:
    headings = ("AUROC within a problem", "problems", "AUROC pooled", "calibration error")
    table = _table(f"Scores of finished solutions, from {quality['from']}", headings)
    parts = {**quality["families"], "average": quality["average"]}
    for family, measured in parts.items():
        for source, title in _SOURCES.items():
            error = measured["calibration_error"] if source == "verifier" else None
            cells = (
                f"{family}, {title}",
                _fraction(measured["auroc_within_problem"][source]),
                str(measured["problems_with_right_and_wrong"]),
                _number(measured["auroc_pooled"][source]),
                _number(error),
            )
            table.add_row(*_texts(cells))
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _texts(cells: Sequence[str]) -> list[Text]:
    return [Text(plain(cell)) for cell in cells]


def _percent(estimate: dict[str, float] | None, *, signed: bool = False) -> str:
    if estimate is None:
        return ""
    sign = "+" if signed else ""
    value, low, high = (100 * estimate[key] for key in ("value", "low", "high"))
    return f"{value:{sign}.1f} [{low:{sign}.0f}, {high:{sign}.0f}]"


def _fraction(estimate: dict[str, float] | None) -> str:
    if estimate is None:
        return "–"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
