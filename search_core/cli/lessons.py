"""`lessons`: check the lessons of Learn, look through them, and record their runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from search_core.cli.errors import bad_arguments
from search_core.cli.output import messages, plain
from search_core.lessons import FOLDER, check_lessons, read_lessons
from search_core.lessons.examination import read_examination
from search_core.lessons.preview import preview
from search_core.lessons.recording import record_lessons


def lessons(
    act: Annotated[
        Literal["check", "record"],
        typer.Argument(help="check: is every page true. record: make the runs anew."),
    ],
    names: Annotated[
        list[str] | None, typer.Argument(help="record: only these traces.", show_default=False)
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Where the lessons lie.", show_default=False)
    ] = FOLDER,
    preview_: Annotated[
        bool, typer.Option("--preview", help="check: write every page as text, too.")
    ] = False,
) -> None:
    """Check the lessons, or record their runs. A broken one is named with file and line."""
    with bad_arguments():
        read = read_lessons(folder)
        if act == "record":
            record_lessons(read, names or (), _say)
        runs = check_lessons(read)
        read_examination()
    if preview_:
        for lesson in read:
            typer.echo(plain(preview(lesson, runs)) + "\n")
    pages = sum(len(lesson.lesson.pages) for lesson in read)
    _say(f"{len(read)} lessons, {pages} pages, {len(runs)} runs: all as they say.")


def _say(text: str) -> None:
    messages().print(plain(text), markup=False, highlight=False)
