"""`read`: a long chain of thought becomes a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from search_core.cli import flags
from search_core.cli.check import check
from search_core.cli.errors import bad_arguments
from search_core.cli.output import plain, print_json, results
from search_core.cli.summary import print_summary, summary_values
from search_core.log.encodings import decoded
from search_core.log.events import FORMAT
from search_core.log.traces import write_trace
from search_core.log.tree import Tree
from search_core.thoughts import trace_of_text
from search_core.thoughts.pieces import MAX_CHARACTERS

_BYTES_OF_HEADER = 1000
# A character takes at most four bytes: no larger file can be short enough.
_MAX_BYTES = 4 * MAX_CHARACTERS


def read(
    text: Annotated[
        Path,
        typer.Argument(
            help="A chain of thought: a .txt or .md file, UTF-8. A trace is read as `check` does.",
            show_default=False,
        ),
    ],
    problem: Annotated[str, typer.Option(help="What the text is about.")] = "",
    trace: Annotated[
        Path | None, typer.Option(help="Write the trace here (NDJSON).", show_default=False)
    ] = None,
    json_: flags.Json = False,
) -> None:
    """Read a long chain of thought as the tree that it says it walked.

    Turns are told by how paragraphs begin ("Wait", "Alternatively", "Let me go back to step
    3"): a reading of the text, and not what the model did inside.
    """
    with bad_arguments():
        if _is_trace(text):
            if problem or trace is not None:
                raise ValueError(f"{text} is a trace already: leave --problem and --trace out.")
            check(text, json_=json_)
            return
        events = trace_of_text(_text(text), problem)
        if trace is not None:
            write_trace(events, trace)
    tree = Tree.from_events(events)
    if json_:
        print_json(summary_values(tree) | ({"trace": str(trace)} if trace else {}))
        return
    print_summary(results(), tree)
    if trace is not None:
        results().print(plain(f"{'trace':<9}{trace}"), markup=False, highlight=False)


def _is_trace(path: Path) -> bool:
    with path.open("rb") as file:
        beginning = file.read(_BYTES_OF_HEADER)
    return beginning.lstrip().startswith(b"{") and FORMAT.encode() in beginning


def _text(path: Path) -> str:
    size = path.stat().st_size
    if size > _MAX_BYTES:
        raise ValueError(f"{path} has {size:,} bytes; at most {_MAX_BYTES:,} are read.")
    return decoded(path.read_bytes())
