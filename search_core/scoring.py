"""From step scores to decisions: aggregates, ranks and votes. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.log.events import Aggregate, Tally, VoteMethod

SCORE_DIGITS = 9
_DIGITS = f"%.{SCORE_DIGITS}g"
TIE = 1e-8
"""Numbers that were worked out from scores and differ by no more are equal: a score is known to
nine digits, and a sum of equal ones differs in its last digits with the order of addition."""
VOTE_METHODS: tuple[VoteMethod, ...] = ("majority", "weighted", "best")


def rounded(value: float) -> float:
    """The value to `SCORE_DIGITS` significant digits: short in a log, in the same order.

    Significant, not decimal: a product over 40 steps may be 1e-9 and must still rank. Nine
    tell any two numbers of single precision apart.
    """
    return float(_DIGITS % value)


def all_rounded(values: Sequence[float]) -> list[float]:
    """Each value as `rounded` gives it; many take two thirds of the time that each takes alone."""
    return [float(text) for text in (f"{_DIGITS} " * len(values) % tuple(values)).split()]


def aggregate_scores(scores: Sequence[float], how: Aggregate) -> float:
    """One number for a path's step scores, in [0, 1], as `rounded` gives it.

    Source: search-and-learn `aggregate_scores`; arXiv 2408.03314 found "last" best.

    Raises:
        ValueError: No scores, or an unknown aggregate.
    """
    if not scores:
        raise ValueError("A path without step scores cannot be aggregated; score it first.")
    if how == "last":
        value = scores[-1]
    elif how == "min":
        value = min(scores)
    elif how == "prod":
        # In one order whatever the path's, so that the same scores have the same product.
        value = math.prod(sorted(scores))
    elif how == "mean":
        value = math.fsum(scores) / len(scores)
    else:
        raise ValueError(f"Unknown aggregate {how!r}; expected last, min, prod or mean.")
    return rounded(value)


def best_first(values: Sequence[float], *, later_wins_ties: bool = False) -> list[int]:
    """Indices by falling value; equal values keep their order, or turn it round on request."""
    sign = -1 if later_wins_ties else 1
    return sorted(range(len(values)), key=lambda index: (-values[index], sign * index))


def first_best(values: Sequence[float]) -> int:
    """Index of the highest of some computed values; of those that tie with it, the first.

    Ties are told by their distance (`TIE`). Rounding both sides would not do: equal values that
    lie at an edge between two roundings fall on either side of it.

    Args:
        values: At least one.
    """
    highest = max(values)
    for index, value in enumerate(values):
        if highest - value <= TIE:
            return index
    raise ValueError(f"None of {values!r:.60} is a number.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A solution that takes part in a vote.

    Attributes:
        id: Its last node.
        answer: Extracted answer; None: it has no vote.
        group: Equivalence class of the answer.
        value: Aggregate of its scores, in [0, 1]; None when nothing scored it.
    """

    id: str
    answer: str | None
    group: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome of one vote: all answers best first, and the solution chosen."""

    method: VoteMethod
    tally: tuple[Tally, ...]
    chosen: Candidate | None


def vote(candidates: Sequence[Candidate], method: VoteMethod) -> Vote:
    """Judge candidates by one method.

    majority: one vote each. weighted: the sum of the scores of all solutions with the same
    answer. best: the highest single score. Of the winning answer's solutions the best-scoring
    one is chosen; a majority, which asks no verifier, chooses the first. Every tie goes to
    what came first.
    """
    groups: dict[int, list[Candidate]] = {}
    if method == "best":
        # The first of the best solutions wins, not the answer that was seen first.
        order = best_first([_value(candidate) for candidate in candidates])
        candidates = [candidates[index] for index in order]
    for candidate in candidates:
        if candidate.group is not None and candidate.answer is not None:
            groups.setdefault(candidate.group, []).append(candidate)
    tally = [
        Tally(group, str(members[0].answer), _votes(members, method), len(members))
        for group, members in groups.items()
    ]
    order = best_first([entry.votes for entry in tally])
    ranked = tuple(tally[index] for index in order)
    if not ranked:
        return Vote(method, (), None)
    winners = groups[ranked[0].group]
    place = 0 if method == "majority" else best_first([_value(c) for c in winners])[0]
    return Vote(method, ranked, winners[place])


def _votes(members: Sequence[Candidate], method: VoteMethod) -> float:
    if method == "majority":
        return float(len(members))
    values = [_value(member) for member in members]
    return rounded(math.fsum(values) if method == "weighted" else max(values))


def _value(candidate: Candidate) -> float:
    return 0.0 if candidate.value is None else candidate.value
