"""What goes wrong on a command line, and with which exit code it ends."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from search_core.cli.output import messages, plain
from search_core.engine.checkpoints.checkpoint import ModelLoadError

RUN_FAILED = 1
BAD_ARGUMENT = 2
STOPPED = 130
"""128 + SIGINT, as shells expect of a program that Ctrl-C ended."""


@contextmanager
def bad_arguments() -> Iterator[None]:
    """Turn what arguments can cause into a usage error: a message, exit code 2, no traceback.

    Reading arguments, files and models belongs inside; a search that fails is another matter.
    """
    try:
        yield
    except OSError as error:
        path = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error)
        raise typer.BadParameter(plain(f"{path}{reason}. Check the path.")) from error
    except (ValueError, ModelLoadError) as error:
        raise typer.BadParameter(plain(str(error))) from error


@contextmanager
def failed_runs(*, debug: bool) -> Iterator[None]:
    """Turn a failure during a run into a message and exit code 1; `debug` adds the traceback."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if debug:
            messages().print(plain(traceback.format_exc()), markup=False, highlight=False)
        hint = "" if debug else " Add --debug for the traceback."
        messages().print(
            plain(f"Failed: {type(error).__name__}: {error}{hint}"),
            style="red",
            markup=False,
            highlight=False,
        )
        raise typer.Exit(RUN_FAILED) from error
