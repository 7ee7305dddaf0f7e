"""TRL's stepwise supervision: what its PRMTrainer eats, and its sets on the Hub hold.

{"prompt", "completions": [...], "labels": [true, false, ...]}, a label for each completion.
TRL's documentation speaks of floats, but its code makes whole numbers of them, so 0.7 becomes 0:
soft labels stand in a second column, "label_values", which this reads first.
Source: github.com/huggingface/trl, docs/source/dataset_formats.md, trl/experimental/prm.
"""

from __future__ import annotations

from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row

LABEL_VALUES = "label_values"
NEW_FROM = "new_from"
"""Another column of our own: index of the first step that no earlier row has."""


def _recognised(values: cells.Values) -> bool:
    return {"prompt", "completions", "labels"} <= set(values)


def _solutions(row: Row, _: Reading) -> Iterator[LabelledSolution]:
    values = row.values
    problem, steps = cells.text(values, "prompt"), cells.steps(values, "completions")
    labels = cells.shares(values.get("labels"), "labels", len(steps))
    if values.get(LABEL_VALUES) is not None:
        labels = cells.shares(values[LABEL_VALUES], LABEL_VALUES, len(steps))
    yield LabelledSolution(
        id=cells.short_text(values, "id") or "",
        problem=problem,
        steps=steps,
        labels=labels,
        answer=final_answer(steps),
        group=group_of(problem),
    )


TRL = FileKind(
    name="trl",
    title="TRL stepwise supervision",
    columns=frozenset({"id", "prompt", "completions", "labels", LABEL_VALUES, NEW_FROM}),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
    in_tables=frozenset({"completions", "labels", LABEL_VALUES}),
)
