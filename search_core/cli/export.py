"""`export`: a run as a page of its own, a picture, a text, or a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from search_core.cli.errors import bad_arguments
from search_core.cli.output import messages, plain, results
from search_core.export import FORMATS, ExportError, export_trace
from search_core.export.formats import format_of
from search_core.log.traces import read_trace

_KINDS = ", ".join(f"{ending} ({entry.what})" for ending, entry in FORMATS.items())


def export(
    trace: Annotated[Path, typer.Argument(help="A trace file (NDJSON).", show_default=False)],
    to: Annotated[
        list[Path],
        typer.Option(
            help=f"The file to write; its name says which kind: {_KINDS}. May be given several "
            "times.",
            show_default=False,
        ),
    ],
    theme: Annotated[
        Literal["light", "dark"], typer.Option(help="Of .svg and .png; a page has both.")
    ] = "light",
) -> None:
    """Take a run away: as a page that opens anywhere, a picture, a text, or a graph."""
    with bad_arguments():
        # Every name before any work: who mistypes one gets no half of what was asked for.
        for path in to:
            format_of(path)
        if twice := {path for path in to if to.count(path) > 1}:
            raise ExportError(
                f"--to names {sorted(map(str, twice))[0]} twice; expected each file once."
            )
        read = read_trace(trace)
        for path in to:
            export_trace(read, path, theme)
            what = format_of(path).what
            results().print(plain(f"{path}: {what}."), markup=False, highlight=False)
    if read.notice:
        messages().print(plain(read.notice), markup=False, highlight=False)
