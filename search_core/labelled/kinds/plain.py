"""Plain rows: a problem, its steps, and labels, scores or answers as far as they are known.

{"problem", "steps": [...], "labels": [...], "scores": {"a verifier": [...]}, ...}; all but problem
and steps may be left out. Labels are true, false, a share from 0 to 1, or null. `answer` is the
right answer, as in a file of problems; `given_answer` is what the solution answers. Of scores see
`score_columns`.
"""

from __future__ import annotations

from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of, is_right
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row


def _recognised(values: cells.Values) -> bool:
    return "problem" in values and "steps" in values


def _solutions(row: Row, _: Reading) -> Iterator[LabelledSolution]:
    values = row.values
    problem, steps = cells.text(values, "problem"), cells.steps(values, "steps")
    answer = cells.optional_text(values, "given_answer") or final_answer(steps)
    reference = cells.optional_text(values, "answer")
    right = cells.flag(values, "answer_right")
    yield LabelledSolution(
        id=cells.short_text(values, "id") or "",
        problem=problem,
        steps=steps,
        labels=_labels(values, len(steps)),
        answer=answer,
        reference=reference,
        answer_right=is_right(answer, reference) if right is None else right,
        group=cells.short_text(values, "group") or group_of(problem),
        split=cells.short_text(values, "split"),
        category=cells.short_text(values, "category"),
        family=cells.short_text(values, "family"),
        level=cells.whole(values, "level"),
        generator=cells.short_text(values, "generator"),
    )


def _labels(values: cells.Values, count: int) -> tuple[float | None, ...]:
    """The labels of the steps; empty where there are none at all."""
    if values.get("labels") is not None:
        labels = cells.shares(values["labels"], "labels", count)
        return labels if any(label is not None for label in labels) else ()
    first_error = cells.whole(values, "first_error")
    if first_error is None:
        return ()
    return cells.labels_from_first_error(first_error, count, "first_error")


PLAIN = FileKind(
    name="plain",
    title="Plain rows",
    columns=frozenset(
        {
            *("id", "problem", "steps", "labels", "first_error", "answer"),
            *("given_answer", "answer_right", "group", "split", "category", "family", "level"),
            "generator",
        }
    ),
    recognised=_recognised,
    solutions=_solutions,
    in_tables=frozenset({"steps", "labels", "first_error", "answer_right", "level"}),
    takes_scores=True,
)
