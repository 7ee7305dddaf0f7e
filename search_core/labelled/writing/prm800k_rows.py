"""Rows of PRM800K, of solutions and of trees: siblings are the completions of a step.

A row is one path with all candidates of each of its steps, and a tree has many paths: a group of
siblings is whole in the first row that comes by, and later rows have of it the chosen step alone,
rated again, since a step without a rating is taken for a wrong one by TRL's conversion. A rating
is 1, 0 or -1, for a value above, at and below a half; a value that is none of 1, 0.5 and 0 stands
beside it in `label_value`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from search_core.labelled.kinds.prm800k import LABEL_VALUE, SOLVED, STOPPED, WHY_STOPPED
from search_core.labelled.report import WritingReport
from search_core.labelled.solution import NO_ERROR, LabelledSolution
from search_core.labelled.writing.values import NodeValues, is_step
from search_core.log.events import ROOT
from search_core.log.traces import Trace
from search_core.log.tree import Node, Tree

_FINISH = {why: reason for reason, why in WHY_STOPPED.items()}


def of_solutions(
    solutions: Iterable[LabelledSolution], report: WritingReport
) -> Iterator[dict[str, Any]]:
    """A row for each solution that has a label, with one completion of each step."""
    for solution in solutions:
        if not any(label is not None for label in solution.labels):
            report.leave_out(solution.id, "has no labels")
            continue
        pairs = zip(solution.steps, solution.labels, strict=True)
        steps = [_step([_completion(text, label)], 0) for text, label in pairs]
        wrong = solution.first_error not in (NO_ERROR, None)
        yield _row(solution.problem, solution.reference, steps, "found_error" if wrong else SOLVED)


def of_tree(trace: Trace, known: NodeValues, report: WritingReport) -> Iterator[dict[str, Any]]:
    """Rows that have every step of a tree once among their rated completions."""
    tree = trace.tree
    reference = trace.started.problem.answer
    rated: set[str] = set()
    solved = [node for node in tree.steps() if node.state == "completed"]
    for end in solved:
        path = [node.id for node in tree.path(end.id)]
        if rated.issuperset([ROOT, *path[:-1]]):
            report.note("Solutions that earlier rows say all of, among their completions")
            continue
        yield _row(tree.root.text, reference, _steps(tree, path, known, rated), SOLVED)
    for parent in [tree.root, *tree.steps()]:
        if parent.id not in rated and _children(tree, parent):
            path = [node.id for node in tree.path(parent.id)] + _onward(tree, parent, rated)
            steps = _steps(tree, path, known, rated)
            last = tree.nodes[path[-1]] if path else tree.root
            yield _row(tree.root.text, reference, steps, _finish(tree, last))


def _onward(tree: Tree, parent: Node, rated: set[str]) -> list[str]:
    """The path on from a parent through steps that lead on and were not rated by another row."""
    path: list[str] = []
    while True:
        onward = [
            child
            for child in _children(tree, parent)
            if child.id not in rated and (child.children or child.state == "kept")
        ]
        if not onward:
            return path
        # A kept step first: it is what the search chose.
        parent = min(onward, key=lambda child: child.state != "kept")
        path.append(parent.id)


def _steps(
    tree: Tree, path: Sequence[str], known: NodeValues, rated: set[str]
) -> list[dict[str, Any]]:
    """The steps along a path, and the candidates after its end, of which none was chosen."""
    found = []
    at = ROOT
    for chosen in [*path, None]:
        children = _children(tree, tree.nodes[at])
        if at in rated:
            children = [child for child in children if child.id == chosen]
        if children:
            completions = [
                _completion(child.text, known.values.get(child.id)) for child in children
            ]
            ids = [child.id for child in children]
            found.append(_step(completions, None if chosen is None else ids.index(chosen)))
        rated.add(at)
        if chosen is not None:
            at = chosen
    return found


def _children(tree: Tree, node: Node) -> list[Node]:
    return [child for child in map(tree.nodes.__getitem__, node.children) if is_step(child)]


def _finish(tree: Tree, last: Node) -> str:
    """Why the path ended: as the tree says, where people stopped."""
    for child in _children(tree, last):
        if child.decision is not None and tree.decisions[child.decision].rule == STOPPED:
            return _FINISH.get(tree.decisions[child.decision].why, "give_up")
    return "give_up"


def _completion(text: str, value: float | None) -> dict[str, Any]:
    rating = None if value is None else (value > 0.5) - (value < 0.5)
    completion = {"text": text, "rating": rating, "flagged": None}
    return completion if value in (None, 0.0, 0.5, 1.0) else {**completion, LABEL_VALUE: value}


def _step(completions: list[dict[str, Any]], chosen: int | None) -> dict[str, Any]:
    return {"completions": completions, "human_completion": None, "chosen_completion": chosen}


def _row(
    problem: str, reference: str | None, steps: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    return {
        "labeler": None,
        "timestamp": None,
        "generation": None,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": problem,
            "ground_truth_solution": None,
            "ground_truth_answer": reference,
        },
        "label": {"steps": steps, "total_time": None, "finish_reason": reason},
    }
