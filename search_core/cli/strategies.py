"""`strategies`: what can be run, with every option and its range."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli import flags
from search_core.cli.output import print_json, results
from search_core.cli.strategy_flags import default_text, flag_name, range_text
from search_core.strategies import STRATEGIES, Strategy


def strategies(json_: flags.Json = False) -> None:
    """List the strategies: what each does and does not do, and its options."""
    if json_:
        print_json([_values(strategy) for strategy in STRATEGIES.values()])
        return
    for strategy in STRATEGIES.values():
        _show(results(), strategy)


def _values(strategy: Strategy) -> dict[str, Any]:
    return {
        "name": strategy.name,
        "title": strategy.title,
        "does": strategy.does,
        "does_not": strategy.does_not,
        "source": strategy.source,
        "uses_verifier": strategy.uses_verifier,
        "options": [asdict(spec) for spec in strategy.options.specs()],
        "as_published": dict(strategy.as_published),
    }


def _show(console: Console, strategy: Strategy) -> None:
    console.print(Text(f"{strategy.title}  ", style="bold") + Text(f"--strategy {strategy.name}"))
    console.print(Text(strategy.does))
    console.print(Text(f"Not: {strategy.does_not}"))
    console.print(Text(f"Source: {strategy.source}", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("option", "default", "range", "what it does"):
        table.add_column(heading, overflow="fold")
    for spec in strategy.options.specs():
        cells = (flag_name(spec.name), default_text(spec), range_text(spec), spec.help)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if strategy.as_published:
        preset = ", ".join(
            f"{name}={_shown(value)}" for name, value in strategy.as_published.items()
        )
        console.print(Text(f"--as-published: {preset}", style="dim"))
    console.print()


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
