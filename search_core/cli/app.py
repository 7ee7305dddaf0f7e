"""The command line's commands, each in its own file."""

from __future__ import annotations

import typer

from search_core.cli.bench import bench, bench_table
from search_core.cli.check import check
from search_core.cli.evaluate import evaluate
from search_core.cli.fidelity import fidelity
from search_core.cli.figure import figure
from search_core.cli.models import models
from search_core.cli.problems import problems
from search_core.cli.read import read
from search_core.cli.solve import solve
from search_core.cli.strategies import strategies

app = typer.Typer(
    name="python -m search_core",
    help="Search trees of a small language model, from the command line.",
    epilog="Exit codes: 0 done, 1 a run failed, 2 bad arguments or a broken file, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    solve,
    strategies,
    models,
    problems,
    evaluate,
    figure,
    check,
    fidelity,
    read,
    bench,
):
    app.command()(command)
app.command("bench-table")(bench_table)


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m search_core")
