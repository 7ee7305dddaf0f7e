"""ProcessBench: one solution a row, with the index of its first error (arXiv 2412.06559).

{"id", "generator", "problem", "steps": [...], "final_answer_correct": bool, "label": int}; the
label counts from 0 and is -1 where every step is right. The split is the id's beginning, as in
"gsm8k-0". A right final answer says nothing about the steps.
Source: github.com/QwenLM/ProcessBench, README and code/run_eval.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row


def _recognised(values: cells.Values) -> bool:
    return (
        "labels" not in values
        and {"problem", "steps", "label"} <= set(values)
        and isinstance(values["label"], int)
    )


def _solutions(row: Row, _: Reading) -> Iterator[LabelledSolution]:
    values = row.values
    problem, steps = cells.text(values, "problem"), cells.steps(values, "steps")
    label = cells.whole(values, "label")
    if label is None:
        raise ValueError("has no whole number in 'label'")
    found = cells.short_text(values, "id") or ""
    split, dash, number = found.rpartition("-")
    yield LabelledSolution(
        id=found,
        problem=problem,
        steps=steps,
        labels=cells.labels_from_first_error(label, len(steps), "label"),
        answer=final_answer(steps),
        answer_right=cells.flag(values, "final_answer_correct"),
        group=group_of(problem),
        split=cells.short_text(values, "split") or (split if dash and number.isdigit() else None),
        generator=cells.short_text(values, "generator"),
    )


PROCESSBENCH = FileKind(
    name="processbench",
    title="ProcessBench",
    columns=frozenset(
        {"id", "generator", "problem", "steps", "final_answer_correct", "label", "split"}
    ),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
    in_tables=frozenset({"steps", "label", "final_answer_correct"}),
)
