"""Scores and labels of many solutions as arrays: what every measure reads.

Texts are not kept, so that a long file needs the memory of its numbers alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from search_core.evaluation.intervals import Values
from search_core.labelled import NO_ERROR, RIGHT_FROM, LabelledSolution
from search_core.log.events import Aggregate

UNKNOWN = -2
"""Index of a first error that nobody knows."""
AGGREGATES: tuple[Aggregate, ...] = ("last", "min", "prod", "mean")
Indices = npt.NDArray[np.int64]
Kind = Literal["split", "category", "family", "level", "generator"]
KINDS: tuple[Kind, ...] = ("family", "level", "split", "category", "generator")
_SHINGLE = 3
"""Words of a phrase whose return counts as repetition."""


@dataclass(frozen=True, slots=True)
class ScoredSolution:
    """A labelled solution with one verifier's scores, as many as it has steps; None: no score."""

    solution: LabelledSolution
    scores: tuple[float | None, ...]


@dataclass(frozen=True)
class ScoreTable:
    """Solutions [S] and their steps [T], one after the other. NaN: not known.

    Attributes:
        ids: Of the solutions.
        problem: Number of each solution's problem, from 0.
        problems: How many problems there are.
        first_step: Where each solution's steps begin [S].
        scores, labels: Of the steps, in [0, 1].
        step_lengths: Of the steps, in characters.
        first_errors: Index of the first wrong step; `NO_ERROR`, or `UNKNOWN`.
        right: Whether a solution is right, as 1 or 0: by its answer where that is known, else by
            its steps.
        by_answer: Whether `right` is by the answer.
        repeats: Share of each solution's phrases of three words that it said before.
        kinds: What each solution is, by `KINDS`; None: nobody says.
    """

    ids: list[str]
    problem: Indices
    problems: int
    first_step: Indices
    scores: Values
    labels: Values
    step_lengths: Values
    first_errors: Indices
    right: Values
    by_answer: npt.NDArray[np.bool_]
    repeats: Values
    kinds: dict[Kind, list[str | None]]

    @property
    def solutions(self) -> int:
        return len(self.ids)

    @cached_property
    def steps(self) -> Indices:
        """How many steps each solution has [S]."""
        return np.diff(np.append(self.first_step, self.scores.size))

    @cached_property
    def solution(self) -> Indices:
        """Number of each step's solution [T]."""
        return np.repeat(np.arange(self.solutions), self.steps)

    @cached_property
    def depth(self) -> Indices:
        """Each step's place in its solution, from 0 [T]."""
        return np.arange(self.scores.size) - self.first_step[self.solution]

    @cached_property
    def scored(self) -> npt.NDArray[np.bool_]:
        """Whether all steps of a solution have a score [S]."""
        if not self.solutions:
            return np.zeros(0, dtype=np.bool_)
        missing: npt.NDArray[np.bool_] = np.logical_or.reduceat(
            np.isnan(self.scores), self.first_step
        )
        return ~missing

    @cached_property
    def lengths(self) -> Values:
        """Characters of each solution [S]."""
        return self._reduced(np.add, self.step_lengths)

    @cached_property
    def judged(self) -> npt.NDArray[np.bool_]:
        """Steps that have both a score and a label [T]."""
        return ~(np.isnan(self.scores) | np.isnan(self.labels))

    def aggregate(self, how: Aggregate) -> Values:
        """Each solution's scores in one number [S]; NaN where a score that it needs is missing."""
        if not self.solutions:
            return np.zeros(0)
        if how == "last":
            last: Values = self.scores[self.first_step + self.steps - 1]
            return last
        if how == "min":
            return self._reduced(np.minimum, self.scores)
        if how == "prod":
            return self._reduced(np.multiply, self.scores)
        return self._reduced(np.add, self.scores) / self.steps

    def predicted_errors(self, threshold: float) -> Indices:
        """Index of each solution's first step that scores below the threshold; `NO_ERROR` where
        there is none, `UNKNOWN` where not all steps have a score."""
        if not self.solutions:
            return np.zeros(0, dtype=np.int64)
        none = self.scores.size
        below = np.where(self.scores < threshold, self.depth, none)
        first = np.minimum.reduceat(below, self.first_step)
        first = np.where(first == none, NO_ERROR, first)
        return np.where(self.scored, first, UNKNOWN)

    def by_problem(self, values: Values, *, of_steps: bool = False) -> Values:
        """Sums over each problem's solutions, or steps [problems, K].

        Args:
            values: One row of K for each solution, or step.
        """
        problem = self.problem[self.solution] if of_steps else self.problem
        return np.stack([tallied(problem, column, self.problems) for column in values.T], axis=1)

    @cached_property
    def of_problems(self) -> list[Indices]:
        """The numbers of each problem's solutions."""
        order = np.argsort(self.problem, kind="stable")
        ends = np.cumsum(np.bincount(self.problem, minlength=self.problems)).tolist()
        return [order[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def _reduced(self, how: Any, values: Values) -> Values:
        if not self.solutions:
            return np.zeros(0)
        reduced: Values = how.reduceat(values, self.first_step)
        return reduced


class TableBuilder:
    """Takes scored solutions one at a time, and makes a table of them."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._problems: dict[str, int] = {}
        self._whole = {name: array("q") for name in ("problem", "first_step", "first_errors")}
        self._real = {
            name: array("d") for name in ("scores", "labels", "step_lengths", "right", "repeats")
        }
        self._by_answer = array("b")
        self._kinds: dict[Kind, list[str | None]] = {kind: [] for kind in KINDS}
        self._names: dict[str, str] = {}

    def add(self, row: ScoredSolution) -> None:
        """One more.

        Raises:
            ValueError: It has another number of scores than steps.
        """
        solution = row.solution
        if len(row.scores) != len(solution.steps):
            raise ValueError(
                f"Solution {solution.id!r:.80} has {len(solution.steps)} steps and "
                f"{len(row.scores)} scores; there must be one for each step, or None."
            )
        self._ids.append(solution.id)
        name = solution.group or solution.problem
        self._whole["problem"].append(self._problems.setdefault(name, len(self._problems)))
        self._whole["first_step"].append(len(self._real["scores"]))
        first = solution.first_error
        self._whole["first_errors"].append(UNKNOWN if first is None else first)
        self._real["scores"].extend(map(_number, row.scores))
        labels = solution.labels or (None,) * len(solution.steps)
        self._real["labels"].extend(map(_number, labels))
        self._real["step_lengths"].extend(map(len, solution.steps))
        self._real["right"].append(_number(right_or_not(solution)))
        self._by_answer.append(solution.answer_right is not None)
        self._real["repeats"].append(repeated_share(solution.steps))
        for kind in KINDS:
            value = getattr(solution, kind)
            said = None if value is None else str(value)
            self._kinds[kind].append(said and self._names.setdefault(said, said))

    def table(self) -> ScoreTable:
        """What was taken so far."""
        whole, real = self._whole, self._real
        return ScoreTable(
            ids=list(self._ids),
            problems=len(self._problems),
            problem=np.array(whole["problem"], dtype=np.int64),
            first_step=np.array(whole["first_step"], dtype=np.int64),
            scores=np.array(real["scores"], dtype=np.float64),
            labels=np.array(real["labels"], dtype=np.float64),
            step_lengths=np.array(real["step_lengths"], dtype=np.float64),
            first_errors=np.array(whole["first_errors"], dtype=np.int64),
            right=np.array(real["right"], dtype=np.float64),
            by_answer=np.array(self._by_answer, dtype=np.bool_),
            repeats=np.array(real["repeats"], dtype=np.float64),
            kinds=self._kinds,
        )


def table_of(rows: Iterable[ScoredSolution]) -> ScoreTable:
    """The table of all rows."""
    builder = TableBuilder()
    for row in rows:
        builder.add(row)
    return builder.table()


def tallied(places: Indices, weights: Values, size: int) -> Values:
    """Sum of the weights at each place [size]."""
    return np.bincount(places, weights, minlength=size).astype(np.float64)


def right_or_not(solution: LabelledSolution) -> bool | None:
    """Whether a solution is right: by its answer where that is known, else by its steps."""
    if solution.answer_right is not None:
        return solution.answer_right
    return None if solution.first_error is None else solution.first_error == NO_ERROR


def repeated_share(steps: Sequence[str]) -> float:
    """Share of a solution's phrases of three words that stood in it before; 0 without any."""
    words = " ".join(steps).casefold().split()
    phrases = list(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))
    return 1 - len(set(phrases)) / len(phrases) if phrases else 0.0


def is_right(labels: Values) -> npt.NDArray[np.bool_]:
    """Whether labels, soft ones too, call a step right."""
    return labels >= RIGHT_FROM


def _number(value: float | bool | None) -> float:
    return float("nan") if value is None else float(value)
