"""Plain rows: a problem, its steps, and labels, scores or answers as far as they are known.

{"problem", "steps": [...], "labels": [...], "scores": {"a verifier": [...]}, ...}; all but problem
and steps may be left out. Labels are true, false, a share from 0 to 1, or null. `answer` is the
right answer, as in a file of problems; `given_answer` is what the solution answers. A column
"scores:NAME" holds the scores of one more verifier, which suits tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of, is_right
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row

SCORES = "scores"
SCORES_OF = "scores:"
_MOST_VERIFIERS = 32


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
        scores=_scores(values, len(steps)),
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


def _scores(values: cells.Values, count: int) -> dict[str, tuple[float | None, ...]]:
    """The scores by verifier; a list without a name is that of a verifier called "scores"."""
    found: dict[str, Any] = {}
    inside = values.get(SCORES)
    if isinstance(inside, Mapping):
        found.update(inside)
    elif inside is not None:
        found[SCORES] = inside
    for name, column in values.items():
        if name.startswith(SCORES_OF) and column is not None:
            found[name.removeprefix(SCORES_OF)] = column
    if len(found) > _MOST_VERIFIERS:
        raise ValueError(
            f"has scores of {len(found)} verifiers; at most {_MOST_VERIFIERS} are read"
        )
    for name in found:
        cells.short_text({"a verifier's name": name}, "a verifier's name")
    return {
        name: cells.shares(column, f"scores of {name}", count)
        for name, column in found.items()
        if column is not None
    }


PLAIN = FileKind(
    name="plain",
    title="Plain rows",
    columns=frozenset(
        {
            *("id", "problem", "steps", "labels", "first_error", "scores", "answer"),
            *("given_answer", "answer_right", "group", "split", "category", "family", "level"),
            "generator",
        }
    ),
    recognised=_recognised,
    solutions=_solutions,
    in_tables=frozenset({"steps", "labels", "first_error", "scores", "answer_right", "level"}),
    prefixes=(SCORES_OF,),
)
