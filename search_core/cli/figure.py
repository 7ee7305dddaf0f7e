"""`figure`: the results of an evaluation as one picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from search_core.cli.errors import bad_arguments
from search_core.cli.output import plain, results
from search_core.evaluation.figure import evaluation_figure
from search_core.log.files import write_whole


def figure(
    file: Annotated[
        Path,
        typer.Argument(help="Results that `evaluate` wrote (JSON).", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="The picture, an SVG file.")],
) -> None:
    """Draw accuracy over budget from an evaluation's results, as SVG."""
    with bad_arguments():
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} is not JSON ({error}); expected evaluate's --out.") from error
        write_whole(out, evaluation_figure(values))
    results().print(plain(f"Figure in {out}."), markup=False, highlight=False)
