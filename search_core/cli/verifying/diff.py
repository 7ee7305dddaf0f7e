"""`verify diff`: did a verifier get worse? A regression test for a build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from search_core.cli.errors import RUN_FAILED, bad_arguments
from search_core.cli.output import plain, print_json, results
from search_core.verify.comparing.diff import USUAL, MetricChange, card_of, changes, read_report
from search_core.verify.schema import report_schema


def verify_diff(
    before: Annotated[
        Path, typer.Argument(help="Report that `verify --json` wrote.", show_default=False)
    ],
    after: Annotated[Path, typer.Argument(help="A later one.", show_default=False)],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="A number of a card, with dots; may be given several times. Default: those of "
            f"{', '.join(USUAL)} that both have."
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="How much worse each may be, in its own unit.", min=0)
    ] = 0.0,
    card: Annotated[
        str | None, typer.Option(help="Which card, where a report has several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Compare two reports; exit code 1 if a number got worse than the tolerance."""
    with bad_arguments():
        cards = [card_of(read_report(path), card, path) for path in (before, after)]
        found = changes(cards[0], cards[1], metric or [])
    worse = [change for change in found if change.is_worse(tolerance)]
    if as_json:
        print_json({"tolerance": tolerance, "worse": bool(worse), "metrics": [
            {"metric": c.metric, "before": c.before, "after": c.after, "better_by": c.better_by,
             "worse": c in worse} for c in found]})  # fmt: skip
    else:
        results().print(_table(found, tolerance))
    if worse:
        raise typer.Exit(RUN_FAILED)


def _table(found: list[MetricChange], tolerance: float) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for heading in ("before", "after", "better by", ""):
        table.add_column(heading, justify="right")
    for change in found:
        said = "✗ worse" if change.is_worse(tolerance) else "✓ kept"
        numbers = (f"{value:.4f}" for value in (change.before, change.after, change.better_by))
        table.add_row(Text(plain(change.metric)), *map(Text, numbers), Text(said))
    return table


def verify_schema() -> None:
    """Print the JSON schema of a report."""
    print_json(report_schema())
