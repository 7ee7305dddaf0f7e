"""`convert`: what a file of labelled solutions or trees holds, and the same as rows of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from search_core.cli import flags, labelled_flags
from search_core.cli.errors import bad_arguments
from search_core.cli.output import plain, print_json, results
from search_core.labelled import read_labelled
from search_core.labelled.writing import TARGETS, ValueSource
from search_core.labelled.writing import convert as converted
from search_core.problem_files.lines import lines_of

_TARGETS = "; ".join(f"{target.name}: {target.what}" for target in TARGETS.values())


def convert(
    file: Annotated[
        Path,
        typer.Argument(
            help="A file of labelled solutions, or of trees, in one of the published forms.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(help=f"Kind of rows to write. {_TARGETS}.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write here: a .jsonl file, or for trace and sessions a folder.",
            show_default=False,
        ),
    ] = None,
    kind: labelled_flags.Kind = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help='A person\'s labels of a trace\'s steps: lines {"node": "0.1", "label": 1}.',
            show_default=False,
        ),
    ] = None,
    values: Annotated[
        ValueSource | None,
        typer.Option(
            help="Of a tree's steps: labels of people or of a checker, or the verifier's scores. "
            "Default: labels where there are any.",
            show_default=False,
        ),
    ] = None,
    neutral: labelled_flags.Neutral = "wrong",
    first: labelled_flags.First = None,
    skip_bad_rows: Annotated[
        bool,
        typer.Option(
            "--skip-bad-rows", help="Go on without the rows that cannot be used; they are named."
        ),
    ] = False,
    json_: flags.Json = False,
) -> None:
    """Say what a file of labelled solutions or trees holds; with --to, write it in another form."""
    with bad_arguments():
        if (to is None) != (out is None):
            raise ValueError("--to and --out belong together: what is written, and where.")
        if to is None or out is None:
            solutions = read_labelled(file, kind, neutral=neutral, most=first)
            for _ in solutions:
                pass  # what counts is the report
            said, told = solutions.report.said(), solutions.report.values()
        else:
            conversion = converted(
                file,
                to,
                out,
                kind=kind,
                labels=None if labels is None else _labels(labels),
                values=values,
                neutral=neutral,
                most=first,
                all_rows=not skip_bad_rows,
            )
            said, told = conversion.said(), conversion.values()
    if json_:
        print_json(told)
    else:
        results().print(plain(said), markup=False, highlight=False)


def _labels(path: Path) -> dict[str, float]:
    """Labels by node id, of lines with "node" and "label"; a later line counts.

    Raises:
        ValueError: A line is none.
        OSError: The file cannot be opened.
    """
    found: dict[str, float] = {}
    with path.open("rb") as file:
        for line in lines_of(file, newline="\n"):
            if not line.text.strip() and not line.mistake:
                continue
            try:
                row = json.loads(line.text)
                found[row["node"]] = float(row["label"])
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                raise ValueError(
                    f"Line {line.number} of {path.name} is no label; expected "
                    '{"node": "0.1", "label": 1}.'
                ) from error
    return found
