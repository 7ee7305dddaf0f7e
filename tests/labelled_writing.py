"""Rows of labelled files for the tests: as they are written, and read again."""

from __future__ import annotations

import json
from typing import Any

from search_core.labelled import (
    LabelledSolution,
    ReadingReport,
)
from search_core.labelled.kinds import KINDS, Reading
from search_core.labelled.report import WritingReport
from search_core.labelled.score_columns import with_scores
from search_core.labelled.writing import TARGETS, node_values
from search_core.log.traces import Trace
from search_core.problem_files.row import Row


def rows_of(target: str, *given: LabelledSolution) -> list[dict[str, Any]]:
    """What is written of solutions, as JSON brings it back."""
    made = TARGETS[target].of_solutions
    assert made is not None
    return [json.loads(json.dumps(row)) for row in made(given, WritingReport(target))]


def read_again(kind: str, row: dict[str, Any]) -> list[LabelledSolution]:
    assert KINDS[kind].recognised(row)
    reading = Reading("wrong", ReadingReport("a.jsonl", kind))
    found = [*KINDS[kind].solutions(Row("line 1", row), reading)]
    return with_scores(found, row) if KINDS[kind].takes_scores else found


def tree_rows(target: str, trace: Trace, **more: Any) -> list[dict[str, Any]]:
    made = TARGETS[target].of_tree
    assert made is not None
    known = node_values(trace, **more)
    return [json.loads(json.dumps(row)) for row in made(trace, known, WritingReport(target))]


def tree_of_row(kind: str, row: dict[str, Any]) -> Trace:
    read = KINDS[kind].trees
    assert read is not None
    reading = Reading("wrong", ReadingReport("a.jsonl", kind, "tree"))
    (trace,) = read(Row("line 1", row), reading)
    return trace
