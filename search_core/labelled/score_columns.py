"""Columns of scores that a row of any published form may have besides its own.

"scores" holds a list, one score for each step, or an object of lists by verifier,
{"mine": [0.9, 0.2]}; a column "scores:mine" is the same, which suits tables. So a verifier that
cannot run here can be judged all the same, whatever form the labels came in. Where a row gives
several solutions, the list holds a list for each, in their order; one list alone is the first's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from search_core.labelled import cells
from search_core.labelled.solution import LabelledSolution

SCORES = "scores"
SCORES_OF = "scores:"
_MOST_VERIFIERS = 32


def is_score_column(name: str) -> bool:
    """Whether a column of this name holds scores."""
    return name == SCORES or name.startswith(SCORES_OF)


def with_scores(
    solutions: Sequence[LabelledSolution], values: cells.Values
) -> list[LabelledSolution]:
    """A row's solutions with what its columns of scores say of them.

    Raises:
        ValueError: The scores are not one for each step; the message is the end of a sentence
            about the row.
    """
    found = list(solutions)
    for name, column in _columns(values).items():
        for place, scores in enumerate(_of_each(column, len(found))):
            if scores is not None:
                solution = found[place]
                read = cells.shares(scores, f"scores of {name}", len(solution.steps))
                found[place] = replace(solution, scores={**solution.scores, name: read})
    return found


def _columns(values: cells.Values) -> dict[str, Any]:
    """The scores by verifier; a list without a name is that of a verifier called "scores"."""
    found: dict[str, Any] = {}
    inside = values.get(SCORES)
    if isinstance(inside, Mapping):
        found.update(inside)
    elif inside is not None:
        found[SCORES] = inside
    for name, column in values.items():
        if name.startswith(SCORES_OF):
            found[name.removeprefix(SCORES_OF)] = column
    found = {name: column for name, column in found.items() if column is not None}
    if len(found) > _MOST_VERIFIERS:
        raise ValueError(
            f"has scores of {len(found)} verifiers; at most {_MOST_VERIFIERS} are read"
        )
    for name in found:
        cells.short_text({"a verifier's name": name}, "a verifier's name")
    return found


def _of_each(column: Any, count: int) -> Sequence[Any]:
    """What the column holds for each of a row's solutions."""
    if not isinstance(column, list | tuple):
        return [column]
    if not any(isinstance(inner, list | tuple) for inner in column):
        return [column]
    if len(column) != count:
        raise ValueError(
            f"has {len(column):,} lists of scores for {count:,} solution{'s' * (count != 1)}; one "
            "is expected for each"
        )
    return column
