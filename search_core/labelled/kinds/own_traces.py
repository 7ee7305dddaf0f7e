"""Our own traces: a whole search, whose finished solutions come with its verifier's scores.

Steps of the embedded families are labelled by their exact checkers; of other problems nobody
knows whether a step is right. Paths that did not end are no solutions, and are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from search_core.embedded import FAMILIES
from search_core.embedded.corruption import step_labels
from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, group_of
from search_core.labelled.report import LabelledFileError
from search_core.labelled.solution import LabelledSolution
from search_core.log.events import FORMAT, ProblemRecord
from search_core.log.traces import Trace, TraceError, read_trace
from search_core.log.tree import Node, Tree
from search_core.problem import Problem
from search_core.problem_files.row import Row

_TRACE = "trace"


def _rows(path: Path) -> Iterator[Row]:
    """The file as one row."""
    try:
        yield Row("the trace", {_TRACE: read_trace(path)})
    except TraceError as error:
        raise LabelledFileError(f"{path.name} is no whole trace: {error}") from error


def _recognised(values: cells.Values) -> bool:
    return values.get("kind") == "started" and values.get("format") == FORMAT


def _trees(row: Row, reading: Reading) -> Iterator[Trace]:
    trace: Trace = row.values[_TRACE]
    if trace.notice:
        reading.report.note(trace.notice.rstrip("."))
    yield trace


def _solutions(row: Row, reading: Reading) -> Iterator[LabelledSolution]:
    for trace in _trees(row, reading):
        yield from solutions_of(trace, reading)


def solutions_of(trace: Trace, reading: Reading) -> Iterator[LabelledSolution]:
    """The finished solutions of a tree, with its verifier's scores."""
    tree, header = trace.tree, trace.started
    solutions = [node for node in tree.steps() if node.state == "completed"]
    open_ends = [node for node in tree.steps() if not node.children and node.state != "completed"]
    if open_ends:
        reading.report.note("Paths that did not end, which are no solutions", len(open_ends))
    for node in solutions:
        path = tree.path(node.id)
        steps = tuple(step.text for step in path)
        yield LabelledSolution(
            id=node.id,
            problem=header.problem.text,
            steps=steps,
            labels=_labels(header.problem, steps),
            scores=_scores(tree, path),
            answer=node.answer,
            reference=header.problem.answer,
            answer_right=node.right,
            group=group_of(header.problem.text),
            family=header.problem.family,
            level=header.problem.level,
            generator=header.solver.name or None,
        )


def _labels(record: ProblemRecord, steps: tuple[str, ...]) -> tuple[float | None, ...]:
    if record.family not in FAMILIES:
        return ()
    problem = Problem(record.text, record.answer, record.family, record.level)
    return tuple(step_labels(problem, steps))


def _scores(tree: Tree, path: list[Node]) -> dict[str, tuple[float | None, ...]]:
    scores = tuple(step.score for step in path)
    if tree.started is None or all(score is None for score in scores):
        return {}
    return {tree.started.verifier.name: scores}


TRACES = FileKind(
    name="trace",
    title="A trace of Espalier",
    columns=frozenset({_TRACE}),
    recognised=_recognised,
    solutions=_solutions,
    trees=_trees,
    rows=_rows,
)
