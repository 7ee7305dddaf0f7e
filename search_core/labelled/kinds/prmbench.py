"""PRMBench: a solution into which an error of one kind was put, and all wrong steps.

{"original_question", "modified_question", "original_process", "modified_process", "error_steps",
"idx", "classification"}. Steps are counted **from 1**. A row of "redundency" (published so) yields
its original solution too, which is right, of the class "correct". An idx is the same problem in
every class, so it is unique only together with the class.
Source: arXiv 2501.03124; github.com/ssmisya/PRMBench, docs/data_format.md and
mr_eval/tasks/prmtest_classified/task.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row

CORRECT = "correct"
_WITH_ORIGINAL = "redundency"


def _recognised(values: cells.Values) -> bool:
    return {"modified_question", "modified_process"} <= set(values)


def _solutions(row: Row, _: Reading) -> Iterator[LabelledSolution]:
    values = row.values
    steps = cells.steps(values, "modified_process")
    labels = _labels(values, len(steps))
    idx, of_class = cells.short_text(values, "idx"), cells.short_text(values, "classification")
    yield _solution(values, "modified_question", steps, labels, idx, of_class)
    if of_class == _WITH_ORIGINAL:
        original = cells.steps(values, "original_process")
        sound = (1.0,) * len(original)
        yield _solution(values, "original_question", original, sound, idx, CORRECT)


def _solution(
    values: cells.Values,
    question: str,
    steps: tuple[str, ...],
    labels: tuple[float | None, ...],
    idx: str | None,
    of_class: str | None,
) -> LabelledSolution:
    problem = cells.text(values, question)
    return LabelledSolution(
        id="_".join(filter(None, (of_class, idx))),
        problem=problem,
        steps=steps,
        labels=labels,
        answer=final_answer(steps),
        group=idx or group_of(problem),
        category=of_class,
    )


def _labels(values: cells.Values, count: int) -> tuple[float | None, ...]:
    wrong = set()
    given = values.get("error_steps")
    for number in [] if given is None else cells.listed(values, "error_steps"):
        index = cells.whole({"error_steps": number}, "error_steps")
        if index is None or not 1 <= index <= count:
            raise ValueError(
                f"has {index} in 'error_steps', and {count} steps; expected 1 to {count}"
            )
        wrong.add(index - 1)
    return tuple(float(index not in wrong) for index in range(count))


PRMBENCH = FileKind(
    name="prmbench",
    title="PRMBench",
    columns=frozenset(
        {
            *("original_question", "modified_question", "original_process", "modified_process"),
            *("modified_steps", "error_steps", "reason", "idx", "question", "classification"),
        }
    ),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
)
