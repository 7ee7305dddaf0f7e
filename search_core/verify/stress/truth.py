"""Whether an edit did what it must: exactly in the embedded families, by its meaning elsewhere."""

from __future__ import annotations

from search_core.embedded import FAMILIES, UnknownProblemError, read_problem
from search_core.embedded.corruption import step_labels
from search_core.labelled import LabelledSolution
from search_core.problem import Problem
from search_core.verify.stress.edits import ARITHMETIC, EMBEDDED_ALONE, Edit, EditedSolution

_BY_MEANING = frozenset({"self-praise", "padding", "restatement", "split step"})
"""Edits of wording, for which the checker, which reads one wording alone, has no eyes."""


def did_what_it_must(edit: Edit, edited: EditedSolution, family: str | None) -> bool:
    """Whether this edit may be counted as one of its kind.

    Args:
        family: The solution's embedded family; None: its text may be anything.
    """
    if family not in FAMILIES:
        return edit.name not in EMBEDDED_ALONE and (not edit.checked or edit.name in ARITHMETIC)
    if edit.name in _BY_MEANING:
        return True
    problem = _problem(edited.solution)
    if problem is None:
        return False
    label = step_labels(problem, edited.solution.steps)[edited.after]
    return label == (0.0 if edit.must_change else 1.0)


def _problem(solution: LabelledSolution) -> Problem | None:
    try:
        return read_problem(solution.problem)
    except UnknownProblemError:
        return None
