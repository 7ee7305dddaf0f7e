"""Which solutions are edited, and where."""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search_core.labelled import NO_ERROR, LabelledSolution
from search_core.verify.stress.edits import EDITS, Edit, EditedSolution
from search_core.verify.stress.truth import did_what_it_must
from search_core.verify.table import right_or_not


@dataclass(frozen=True, slots=True)
class StressCase:
    """An edit of one solution.

    Attributes:
        edit: The kind.
        original: As it was.
        edited: As it is.
        sound: Whether the edited step was right before; None: nobody knows.
    """

    edit: Edit
    original: LabelledSolution
    edited: EditedSolution
    sound: bool | None


def chosen_solutions(
    rows: Iterable[LabelledSolution], count: int, seed: int
) -> list[LabelledSolution]:
    """About half of them right and half wrong, each of another problem as far as there are.

    The same rows and seed give the same solutions, in whatever order the rows come.

    Args:
        count: At most so many, at least 1.
    """
    best: dict[tuple[str, bool | None], tuple[str, LabelledSolution]] = {}
    for row in rows:
        place = hashlib.sha256(f"{seed}/{row.id}".encode()).hexdigest()
        key = row.group or row.problem, right_or_not(row)
        if key not in best or place < best[key][0]:
            best[key] = place, row
    groups: dict[bool | None, list[tuple[str, LabelledSolution]]] = {}
    for (_, right), kept in best.items():
        groups.setdefault(right, []).append(kept)
    share = -(-count // max(1, len(groups)))
    chosen = [
        row
        for each in groups.values()
        for _, row in heapq.nsmallest(share, each, key=lambda kept: kept[0])
    ]
    return chosen[:count] if len(chosen) > count else chosen


def stress_cases(solutions: Sequence[LabelledSolution], seed: int) -> list[StressCase]:
    """Every edit of every solution that it applies to.

    Edits that must lower a score are made of right steps alone; the others of right ones and, in
    solutions with an error, of the first wrong one.
    """
    cases = []
    for place, solution in enumerate(solutions):
        luck = random.Random(f"{seed}/{solution.id}")
        key = solution.group or solution.problem
        near = [*solutions[place + 1 : place + 40], *solutions[:place][-40:]]
        others = [
            other
            for other in near
            if (other.group or other.problem) != key and other.family == solution.family
        ]
        for edit in EDITS:
            case = _case(edit, solution, others, luck)
            if case is not None:
                cases.append(case)
    return cases


def path_cases(
    solution: LabelledSolution, at: int, others: Sequence[LabelledSolution], seed: int
) -> list[StressCase]:
    """Every edit that applies to one solution, at this step where it applies there.

    Args:
        others: Solutions of other problems, for what comes from elsewhere.
    """
    luck = random.Random(f"{seed}/{solution.id}")
    cases = (_case(edit, solution, others, luck, at) for edit in EDITS)
    return [case for case in cases if case is not None]


def _case(
    edit: Edit,
    solution: LabelledSolution,
    others: Sequence[LabelledSolution],
    luck: random.Random,
    at_first: int | None = None,
) -> StressCase | None:
    first = solution.first_error
    places = list(range(len(solution.steps)))
    luck.shuffle(places)
    if at_first is not None:
        places.sort(key=lambda place: place != at_first)
    sound: bool | None = None if first is None else first == NO_ERROR
    if edit.must_change:
        if first != NO_ERROR and first is not None:
            places = [place for place in places if place < first]
            sound = True
    elif first is not None and first != NO_ERROR:
        places = [first]
    for at in places:
        edited = edit.make(solution, at, others, luck)
        if edited is None:
            continue
        # A wrong step stays wrong whatever is said around it: only its wording was changed.
        exact = edit.must_change or sound is not False
        if exact and not did_what_it_must(edit, edited, solution.family):
            continue
        if not exact and edit.checked:
            continue
        return StressCase(edit, solution, edited, sound)
    return None
