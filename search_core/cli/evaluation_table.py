"""The results of an evaluation as tables for people, on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli.output import plain, short_number

_SOURCES = {"verifier": "scores", "log_probability": "log-probability"}
_NONE = "–"


@dataclass(frozen=True)
class Sheet:
    """A table before it is drawn: the first cell of each row says what the row is."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def print_evaluation(console: Console, values: dict[str, Any]) -> None:
    """All tables, on a terminal."""
    for sheet in sheets(values):
        table = Table(
            title=plain(sheet.title), title_justify="left", box=None, padding=(0, 2, 0, 0)
        )
        table.add_column("", no_wrap=True)
        for heading in sheet.headings:
            table.add_column(plain(heading), justify="right")
        for row in sheet.rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        console.print(table)
        console.print()


def markdown(values: dict[str, Any]) -> str:
    """All tables as Markdown, each after its title."""
    return "\n".join(_markdown_lines(sheets(values)))


def _markdown_lines(tables: Iterator[Sheet]) -> Iterator[str]:
    for sheet in tables:
        yield f"**{_cell(sheet.title)}**\n"
        yield _line(["", *sheet.headings])
        yield _line([":--", *("--:" for _ in sheet.headings)])
        yield from map(_line, sheet.rows)
        yield ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Text that stays in its cell. A name such as best_of_n is no emphasis."""
    return plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("_", "\\_")


def sheets(values: dict[str, Any]) -> Iterator[Sheet]:
    """Accuracy, cost, equal tokens, the rival, and the verifier's own measures."""
    rows = [row for row in values["rows"] if _worth_a_line(row)]
    yield _accuracy(values, rows)
    if values["baselines"]:
        yield _differences(values, rows)
    yield _cost(rows)
    if values["equal_tokens"]:
        yield _equal_tokens(values["equal_tokens"])
    if values["crossing"]:
        yield _crossing(values["crossing"])
    quality = values["verifier_quality"]
    if quality:
        yield _ranking(quality)
        yield _calibration(quality)


def _worth_a_line(row: dict[str, Any]) -> bool:
    """Every judge of best-of-N that can differ; of the others only their own.

    The JSON has them all.
    """
    if row["n"] == 1:
        return bool(row["judge"] == "majority")
    own = row["options"].get("judge", row["judge"])
    return row["strategy"] == "best_of_n" or bool(row["judge"] == own)


def _accuracy(values: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Sheet:
    counts = ", ".join(f"{count} {name}" for name, count in values["problems"].items())
    title = f"Right, in % of problems ({counts}), with 95 % intervals"
    families = list(values["problems"])
    cells = [[row["name"], *_accuracies(row, families)] for row in rows]
    return Sheet(title, ["average", *families], cells)


def _differences(values: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Sheet:
    baselines = values["baselines"]
    cells = [
        [
            row["name"],
            *(_percent(row["average"]["difference"].get(name), signed=True) for name in baselines),
        ]
        for row in rows
    ]
    title = "Difference in percentage points, on average, with paired 95 % intervals"
    return Sheet(title, [f"minus {name}" for name in baselines], cells)


def _cost(rows: Sequence[dict[str, Any]]) -> Sheet:
    cells = []
    for row in rows:
        average = row["average"]
        counts = (average[name] for name in ("tokens", "solver_flops", "verifier_flops"))
        cells.append([row["name"], *map(short_number, counts), f"{average['seconds']:.3f}"])
    headings = ("tokens", "solver FLOPs", "verifier FLOPs", "seconds")
    return Sheet("Cost of one problem, on average", headings, cells)


def _equal_tokens(searches: Sequence[dict[str, Any]]) -> Sheet:
    cells = []
    for search in searches:
        for part, one in {"average": search["average"], **search["families"]}.items():
            k = _NONE if one["k"] is None else str(one["k"])
            for judge, compared in one["judges"].items():
                cells.append(
                    [
                        f"{search['row']}/{judge}, {part}",
                        k if one["enough"] else f"{k} (too few)",
                        short_number(one["tokens"]),
                        short_number(one["best_of_k_tokens"]),
                        _percent(compared["accuracy"]),
                        _percent(compared["best_of_k"]),
                        _percent(compared["difference"], signed=True),
                    ]
                )
    title = "Search beside best-of-k that writes at least as many tokens; right, in %"
    headings = ("k", "tokens", "best-of-k", "search", "best-of-k", "difference")
    return Sheet(title, headings, cells)


def _crossing(crossing: dict[str, Any]) -> Sheet:
    cells = []
    for part, one in {"average": crossing["average"], **crossing["families"]}.items():
        reached = one["flops"] is not None
        cells.append(
            [
                part,
                f"{100 * one['accuracy']:.1f}",
                short_number(one["rival_flops"]),
                short_number(one["flops"]) if reached else "never",
                f"{one['times_rival']:.2f}" if reached else _NONE,
                " to ".join(one["between"]) if reached else _NONE,
            ]
        )
    title = f"FLOPs at which best-of-N by weighted vote does as well as {crossing['rival']}"
    headings = ("its %", "its FLOPs", "FLOPs needed", "times its", "reached at")
    return Sheet(title, headings, cells)


def _ranking(quality: dict[str, Any]) -> Sheet:
    cells = []
    for part, measured in {**quality["families"], "average": quality["average"]}.items():
        for source, title in _SOURCES.items():
            cells.append(
                [
                    f"{part}, {title}",
                    _fraction(measured["auroc_within_problem"][source]),
                    str(measured["problems_with_right_and_wrong"]),
                    _number(measured["auroc_pooled"][source]),
                ]
            )
    headings = ("AUROC within a problem", "problems", "AUROC pooled")
    title = f"Ranking of finished solutions, {quality['attempts']} of {quality['from']}"
    return Sheet(title, headings, cells)


def _calibration(quality: dict[str, Any]) -> Sheet:
    rollouts: Mapping[str, Any] = quality["rollouts"] or {"families": {}, "average": None}
    cells = []
    for part, measured in {**quality["families"], "average": quality["average"]}.items():
        errors = measured["first_error"] or {}
        rolled = rollouts["average"] if part == "average" else rollouts["families"].get(part)
        cells.append(
            [
                part,
                _fraction(errors.get("f1")),
                _number(errors.get("with_error")),
                _number(errors.get("without_error")),
                _fraction(rolled["ece"]) if rolled else _NONE,
                str(rolled["prefixes"]) if rolled else _NONE,
                _number(measured["calibration_error"]),
            ]
        )
    below = quality["threshold"]
    title = "Finding the first error" + (f" (score below {below:g})" if below else "")
    headings = (
        "F1",
        "with error",
        "without",
        "ECE against rollouts",
        "prefixes",
        "ECE of solutions",
    )
    return Sheet(f"{title}, and calibration", headings, cells)


def _accuracies(row: dict[str, Any], families: Sequence[str]) -> list[str]:
    """On average, and of each family; empty where the row was not run on it."""
    parts = [row["average"], *(row["families"].get(name, {}) for name in families)]
    return [_percent(part.get("accuracy")) for part in parts]


def _percent(estimate: dict[str, float] | None, *, signed: bool = False) -> str:
    if estimate is None:
        return ""
    sign = "+" if signed else ""
    value, low, high = (100 * estimate[key] for key in ("value", "low", "high"))
    return f"{value:{sign}.1f} [{low:{sign}.0f}, {high:{sign}.0f}]"


def _fraction(estimate: dict[str, float] | None) -> str:
    if estimate is None:
        return _NONE
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"
