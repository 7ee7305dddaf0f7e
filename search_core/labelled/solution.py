"""One solution with what is known of each of its steps: the row of every file of labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_ERROR = -1
"""The index of the first error where there is none, as ProcessBench and Hard2Verify write it."""
RIGHT_FROM = 0.5
"""A step is called right from this label on: labels may be soft (a share of rollouts)."""


@dataclass(frozen=True, slots=True)
class LabelledSolution:
    """A solution, its steps, and labels and scores for as many of them as are known.

    Attributes:
        id: Names the row in its file; unique within it.
        problem: The problem's text.
        steps: The steps' texts; at least one.
        labels: A label for each step, in [0, 1]: 1 right, 0 wrong, between them the share of
            rollouts that succeeded. None: nobody knows (steps after a first error, in files that
            name the first alone). Empty: no step has a label.
        scores: By verifier, a score in [0, 1] for each step; None where there is none.
        answer: The final answer, as the file has it or as it was read from the last step.
        reference: The right answer, where the file has it.
        answer_right: Whether the final answer is right. No statement about the steps: a right
            answer may stand on a wrong step.
        group: What a ranking compares: solutions with the same group solve the same problem.
        split: The part of a benchmark to which it belongs, such as "gsm8k".
        category: The kind of error that a benchmark names, such as "redundancy".
        family: Embedded problem family, where it is one.
        level: Difficulty, where it is known.
        generator: Who wrote the solution, where it is known.
        secret: Whether it is from a benchmark that is published encrypted, so that no model
            learns it: its texts must not be written to any file.
    """

    id: str
    problem: str
    steps: tuple[str, ...]
    labels: tuple[float | None, ...] = ()
    scores: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    answer: str | None = None
    reference: str | None = None
    answer_right: bool | None = None
    group: str = ""
    split: str | None = None
    category: str | None = None
    family: str | None = None
    level: int | None = None
    generator: str | None = None
    secret: bool = False

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError(f"Solution {self.id!r} has no steps; at least one is needed.")
        columns = {"labels": self.labels} if self.labels else {}
        for name, values in {**columns, **self.scores}.items():
            if len(values) != len(self.steps):
                raise ValueError(
                    f"Solution {self.id!r} has {len(self.steps)} steps and {len(values)} "
                    f"values of {name!r}; there must be one for each step."
                )
            outside = [value for value in values if value is not None and not 0 <= value <= 1]
            if outside:
                raise ValueError(
                    f"Solution {self.id!r} has the value {outside[0]!r} in {name!r}; labels and "
                    "scores lie between 0 and 1."
                )

    @property
    def first_error(self) -> int | None:
        """Index of the first wrong step from 0 on, `NO_ERROR`, or None where nobody knows."""
        for index, label in enumerate(self.labels):
            if label is None:
                return None
            if label < RIGHT_FROM:
                return index
        return NO_ERROR if self.labels else None
