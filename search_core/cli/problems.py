"""`problems`: problems of the embedded families, as NDJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from search_core.cli.errors import bad_arguments
from search_core.cli.output import messages
from search_core.evaluation.problems import draw_problems, problem_line
from search_core.log.files import write_whole


def problems(
    family: Annotated[str, typer.Option(help="expression, word or countdown.")],
    level: Annotated[
        int | None, typer.Option(help="Difficulty. Default: all levels in equal parts.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many problems.")] = 10,
    seed: Annotated[int, typer.Option(help="Same seed, same problems.")] = 0,
    split: Annotated[
        str, typer.Option(help="train, verifier or test; none shares a problem with another.")
    ] = "test",
    out: Annotated[Path | None, typer.Option(help="Write here. Default: standard output.")] = None,
) -> None:
    """Draw problems of one embedded family, one JSON object a line."""
    with bad_arguments():
        levels = None if level is None else [level]
        drawn = draw_problems([family], levels, count, seed, split)
        text = "".join(problem_line(problem) + "\n" for problem in drawn)
        if out is not None:
            write_whole(out, text)
    if out is None:
        typer.echo(text, nl=False)
    else:
        messages().print(f"{len(drawn)} problems in {out}", markup=False, highlight=False)
