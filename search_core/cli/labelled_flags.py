"""Flags of the commands that read a file of labelled solutions: `convert` and `verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from search_core.labelled import KINDS, NeutralRating

Kind = Annotated[
    str | None,
    typer.Option(
        help=f"Kind of the file: {', '.join(KINDS)}. Default: told by what it holds.",
        show_default=False,
    ),
]
Neutral = Annotated[NeutralRating, typer.Option(help="What a neutral rating of PRM800K counts as.")]
First = Annotated[
    int | None,
    typer.Option(
        help="Only the file's first solutions, or trees. Default: all.", min=1, show_default=False
    ),
]
