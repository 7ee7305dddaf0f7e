"""Plain rows and rows of ProcessBench, of solutions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from search_core.labelled.report import WritingReport
from search_core.labelled.solution import LabelledSolution


def plain_row(solution: LabelledSolution) -> dict[str, Any]:
    """A row as `read_labelled` takes it, with all that is known: nothing gets lost."""
    row: dict[str, Any] = {
        "id": solution.id,
        "problem": solution.problem,
        "steps": list(solution.steps),
        "labels": list(solution.labels) or None,
        "scores": {name: list(scores) for name, scores in solution.scores.items()} or None,
        "answer": solution.reference,
        "given_answer": solution.answer,
        "answer_right": solution.answer_right,
        "group": solution.group or None,
        "split": solution.split,
        "category": solution.category,
        "family": solution.family,
        "level": solution.level,
        "generator": solution.generator,
    }
    return {name: value for name, value in row.items() if value is not None}


def plain_rows(solutions: Iterable[LabelledSolution], _: WritingReport) -> Iterator[dict[str, Any]]:
    """A row for each solution."""
    return map(plain_row, solutions)


def processbench_rows(
    solutions: Iterable[LabelledSolution], report: WritingReport
) -> Iterator[dict[str, Any]]:
    """A row for each solution whose first error is known."""
    for solution in solutions:
        if solution.first_error is None:
            report.leave_out(solution.id, "has no known first error")
            continue
        if solution.answer_right is None:
            report.note("Answers of which nobody knows whether they are right, written as null")
        row = {
            "id": solution.id,
            "generator": solution.generator,
            "problem": solution.problem,
            "steps": list(solution.steps),
            "final_answer_correct": solution.answer_right,
            "label": solution.first_error,
        }
        yield row if solution.split is None else {**row, "split": solution.split}
