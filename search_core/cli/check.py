"""`check`: is this trace whole, and what happened in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from search_core.cli import flags
from search_core.cli.errors import bad_arguments
from search_core.cli.output import print_json, results
from search_core.cli.summary import print_summary, summary_values
from search_core.log.traces import read_trace


def check(
    trace: Annotated[Path, typer.Argument(help="A trace file (NDJSON).", show_default=False)],
    json_: flags.Json = False,
) -> None:
    """Validate a trace and print its summary. A broken one ends with exit code 2."""
    with bad_arguments():
        read = read_trace(trace)
    tree = read.tree
    if json_:
        print_json(summary_values(tree) | {"events": len(read.events), "notice": read.notice})
        return
    print_summary(results(), tree)
    notice = f" {read.notice}" if read.notice else ""
    results().print(f"Valid: {len(read.events)} events.{notice}", markup=False, highlight=False)
