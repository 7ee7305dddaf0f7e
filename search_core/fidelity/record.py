"""What a search did, in plain texts, and where that differs from what was recorded elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

TOLERANCE = 1e-8
"""Relative; a log keeps nine digits of a score."""


@dataclass
class RoundRecord:
    """One round, as path texts, in the order in which they were sampled.

    A path is its steps, each with the delimiter behind it; a path that ended has none at its
    end. `sampled_from` says for each sample what it continued. `completed` is in the order of
    completion. A merged or a dropped path is not among the kept.
    """

    sampled_from: list[str] = field(default_factory=list)
    sampled: list[str] = field(default_factory=list)
    looked_ahead: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SearchRecord:
    """One search.

    Attributes:
        strategy, options: What was run.
        rounds: What happened, round by round.
        completed: All solutions, in the order in which they were completed.
        completions: The candidates of the vote, in its order, repeated where the search
            repeats them: search-and-learn's column of this name.
        scores: The step scores of each candidate, up to the end of its lookahead.
        pred: The candidate that was chosen; None: there was none.
        votes: For each vote method [answer, votes, solutions], best first.
    """

    strategy: str
    options: dict[str, Any]
    rounds: list[RoundRecord]
    completed: list[str]
    completions: list[str]
    scores: list[list[float]]
    pred: str | None
    votes: dict[str, list[list[Any]]]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def differences(record: SearchRecord, expected: Mapping[str, Any]) -> list[str]:
    """Where a search differs from what is expected of it; nothing: it agrees.

    Args:
        expected: Any of the fields of `SearchRecord.to_dict()`. Only what is there is
            compared, in rounds too, so a recording may say as little as it knows.
    """
    return _differences(record.to_dict(), expected, "")


def _differences(found: Any, expected: Any, where: str) -> list[str]:
    parts: list[list[str]] = []
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, wanted in expected.items():
            if key in found:
                parts.append(_differences(found[key], wanted, f"{where} {key}"))
            else:
                parts.append([f"{where} {key}: nothing of this name is recorded".strip()])
    elif _is_list(expected) and _is_list(found) and len(expected) == len(found):
        for place, (got, wanted) in enumerate(zip(found, expected, strict=True)):
            parts.append(_differences(got, wanted, f"{where} {place}"))
    elif not _same(found, expected):
        parts.append([f"{where}: got {found!r:.300}, expected {expected!r:.300}".strip()])
    return [found_here for part in parts for found_here in part]


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same(found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=TOLERANCE)
    return found == expected
