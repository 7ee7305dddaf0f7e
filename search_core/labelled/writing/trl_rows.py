"""Rows of TRL's stepwise supervision, of solutions and of trees.

TRL's code makes whole numbers of labels, so 0.7 would become 0: `labels` are true or false, and
values between them stand in `label_values`. Every completion needs a label, so a row ends before
the first step that has none.

A tree gives a row for each path, pruned ones among them, as TRL's own conversion of PRM800K does.
Paths share their beginnings; `new_from` is the index of the first step that no earlier row has, so
that whoever weights steps counts each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from search_core.labelled.kinds.trl import LABEL_VALUES, NEW_FROM
from search_core.labelled.report import WritingReport
from search_core.labelled.solution import LabelledSolution
from search_core.labelled.writing.values import (
    NodeValues,
    hard,
    is_soft,
    leaves,
)
from search_core.log.traces import Trace
from search_core.log.tree import Node

_CUT = "Steps without a label, left out with all after them"


def of_solutions(
    solutions: Iterable[LabelledSolution], report: WritingReport
) -> Iterator[dict[str, Any]]:
    """A row for each solution whose first step has a label."""
    for solution in solutions:
        labels = _known(solution.labels)
        if not labels:
            report.leave_out(solution.id, "has no label of its first step")
            continue
        if len(labels) < len(solution.steps):
            report.note(_CUT, len(solution.steps) - len(labels))
        row = _row(solution.problem, solution.steps[: len(labels)], labels)
        yield {"id": solution.id, **row}


def of_tree(trace: Trace, known: NodeValues, report: WritingReport) -> Iterator[dict[str, Any]]:
    """A row for each path of a tree; none that is the beginning of another."""
    tree = trace.tree
    paths: dict[str, list[Node]] = {}  # by where they end
    for leaf in leaves(tree):
        path = tree.path(leaf.id)
        labels = _known(known.values.get(node.id) for node in path)
        if len(labels) < len(path):
            report.note(_CUT, len(path) - len(labels))
        if labels:
            paths[path[len(labels) - 1].id] = path[: len(labels)]
    passed = {node.id for path in paths.values() for node in path[:-1]}
    written: set[str] = set()
    for end, path in paths.items():
        if end in passed:
            continue  # another row begins with all of this one
        new_from = next(at for at, node in enumerate(path) if node.id not in written)
        written.update(node.id for node in path)
        labels = [known.values[node.id] for node in path]
        row = _row(tree.root.text, tuple(node.text for node in path), labels)
        yield {"id": end, **row, NEW_FROM: new_from}


def _row(problem: str, steps: tuple[str, ...], labels: list[float]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "prompt": problem,
        "completions": list(steps),
        "labels": [hard(label) for label in labels],
    }
    return row | ({LABEL_VALUES: labels} if any(map(is_soft, labels)) else {})


def _known(labels: Iterable[float | None]) -> list[float]:
    """The labels up to the first that is not known."""
    found: list[float] = []
    for label in labels:
        if label is None:
            break
        found.append(label)
    return found
