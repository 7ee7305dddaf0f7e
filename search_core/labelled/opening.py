"""What the page opens: a trace, or the first tree of a file of another kind."""

from __future__ import annotations

from pathlib import Path

from search_core.labelled.reading import read_trees
from search_core.labelled.report import LabelledFileError
from search_core.log.traces import OpenedLimits, Trace, TraceError, read_folded
from search_core.log.tree import Tree


def read_tree(path: Path, limits: OpenedLimits) -> tuple[Trace, Tree]:
    """The tree of a file with its trace, whose notice says what else the file holds.

    Raises:
        TraceError: It is no trace, and no file of trees of another kind, or too large.
        OSError: It cannot be opened.
    """
    try:
        return read_folded(path, limits)
    except TraceError as problem:
        try:
            file = read_trees(path, most=1)
        except LabelledFileError as error:
            # Of a file whose kind is known it says more than that the first line is no header.
            raise (TraceError(str(error)) if error.kind else problem) from error
        if file.kind.name == "trace":
            raise
    try:
        (first,) = file
    except LabelledFileError as error:
        raise TraceError(str(error)) from error
    if len(first.events) > limits.events:
        raise TraceError(
            f"Its tree has {len(first.events):,} events; at most {limits.events:,} are read."
        )
    return Trace(first.events, file.report.said()), first.tree
