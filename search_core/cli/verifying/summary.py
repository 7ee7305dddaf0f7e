"""The first figures of a report on a terminal; the rest is in the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli.output import plain

_NONE = "–"


def print_report(console: Console, values: Mapping[str, Any]) -> None:
    """One column a verifier, one row a figure."""
    cards = values["cards"]
    table = Table(title="Report cards", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in cards:
        table.add_column(plain(name), justify="right")
    for label, *cells in headline_rows(cards):
        table.add_row(Text(label), *(Text(plain(cell)) for cell in cells))
    console.print(table)
    for name, card in cards.items():
        if card["best_of_n"] and card["best_of_n"]["more_samples_hurt"]:
            peak = card["best_of_n"]["peak"]
            told = f"{name}: from N = {peak['n']} on, more samples hurt."
            console.print(plain(told), markup=False, highlight=False)


def headline_rows(cards: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The figures that one looks at first: a label, and a cell for each card."""
    rows: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = [
        ("AUROC within a problem, solutions", lambda c: _ci(_within(c, "solutions"))),
        ("AUROC pooled (misleads)", lambda c: _ci(c["ranking"]["solutions"]["pooled"])),
        ("AUROC within a problem, steps", lambda c: _ci(_within(c, "steps"))),
        ("First-error F1, pooled, %", lambda c: _f1(c["benchmarks"]["processbench"])),
        ("ECE of steps", lambda c: _ci((c["reliability"]["steps"] or {}).get("ece"))),
        ("ECE of solutions", lambda c: _ci((c["reliability"]["solutions"] or {}).get("ece"))),
        ("Cut steps that were wrong", lambda c: _ci(_cut(c))),
        ("Best-of-N at the peak", lambda c: _peak(c["best_of_n"])),
    ]
    return [[label, *(cell(card) for card in cards.values())] for label, cell in rows]


def _within(card: Mapping[str, Any], what: str) -> Any:
    found = card["ranking"][what]["within_problem"]
    return found and found["auroc"]


def _cut(card: Mapping[str, Any]) -> Any:
    return card["cuts"] and card["cuts"]["by_threshold"]["precision"]


def _f1(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return _NONE
    f1 = found["pooled"]["f1"]
    return "undefined" if f1 is None else f"{f1:.1f}"


def _peak(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return _NONE
    return f"{found['peak']['value']:.3f} at N={found['peak']['n']} of {found['largest_n']}"


def _ci(estimate: Mapping[str, float] | None) -> str:
    if estimate is None:
        return _NONE
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"
