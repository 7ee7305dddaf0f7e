"""The first figures of a report on a terminal; the rest is in the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli.output import plain
from search_core.verify.findings import findings
from search_core.verify.page.headlines import headline_rows
from search_core.verify.verdict import verdict

_MARKS = {"good": "✓", "bad": "✗", "open": "?"}


def print_report(console: Console, values: Mapping[str, Any]) -> None:
    """One column a verifier, one row a figure."""
    cards = values["cards"]
    for name, card in cards.items():
        said = verdict(name, card)
        console.print(plain(f"{_MARKS[said.state]} {said.whole}"), markup=False, highlight=False)
    table = Table(title="Report cards", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in cards:
        table.add_column(plain(name), justify="right")
    for label, *cells in headline_rows(cards):
        table.add_row(Text(label), *(Text(plain(cell)) for cell in cells))
    console.print(table)
    for name, card in cards.items():
        for finding in findings(card):
            told = f"{_MARKS[finding.state]} {name}: {finding.sentence}"
            console.print(plain(told), markup=False, highlight=False)
