"""Worlds told in whole texts, as search-and-learn's solver and verifier see them.

A prefix is the solution so far, without the problem: its steps, each with the delimiter
"\\n\\n" behind it; "" is the start. A path that ended has no delimiter behind its last step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from search_core.log.events import Ended
from search_core.protocols import (
    Cancelled,
    RunCancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)

DELIMITER = "\n\n"
IndexBy = Literal["text", "node", "slot"]
"""What the sample index counts.

text: the samples drawn so far from the same prefix text, in the order of the prompts. In beam
    search and DVTS counting in one round and over the whole run is the same, because a prefix
    text comes up in one round only.
node: the samples drawn so far from the same node of the tree. Differs from "text" only where
    duplicates are not merged: each of two paths with the same text then has its own count.
slot: the place of the prompt in its batch.
"""
Onward = Literal["first", "same", "count"]
"""The index of the later steps of a path that is written to its end in one call (best-of-N; the
last round). first: 0. same: that of the path's first step in this call. count: as for any step.
"""


class WorldError(ValueError):
    """A world said what cannot be a step, or a recorded one does not know what it was asked."""


@dataclass(frozen=True)
class TextWorld:
    """A deterministic solver and verifier.

    Attributes:
        step: From prefix and sample index to the step's text and whether it ended the solution.
            Samples at temperature 0 (lookahead) always have index 0, and are not counted. The
            delimiter behind an unfinished step may be there or not.
        score: From prefix to a score, 0 to 1.
    """

    step: Callable[[str, int], tuple[str, bool]]
    score: Callable[[str], float]


def text_of(steps: Sequence[str], *, ended: bool) -> str:
    """A path as search-and-learn sees it."""
    text = "".join(step + DELIMITER for step in steps)
    return text.removesuffix(DELIMITER) if ended else text


class TextSolver:
    """A text world's solver.

    It is told by `begin` what comes next, because the world's index may depend on whether a
    batch starts new steps or goes on with paths of the batch before.
    """

    def __init__(self, world: TextWorld, index_by: IndexBy, onward: Onward) -> None:
        self.info = SolverInfo("text world")
        self._world, self._index_by, self._onward = world, index_by, onward
        self._drawn: Counter[str] = Counter()
        self._to_end = False
        self._going_on: list[int] | None = None

    def begin(self, *, to_end: bool) -> None:
        """The next batch starts new steps; with `to_end`, those after it go on from them."""
        self._to_end, self._going_on = to_end, None

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        if cancelled():
            raise RunCancelled
        samples, indices = [], []
        for slot, request in enumerate(requests):
            prefix = text_of(request.steps, ended=False)
            greedy = sampling.temperature == 0
            indices.append(0 if greedy else self._index(prefix, request.index, slot))
            text, ended = _checked(*self._world.step(prefix, indices[-1]), prefix)
            samples.append(StepSample(text, tokens=len(text.split()) + 1, logprob=0.0, ended=ended))
        if self._to_end:
            done = [sample.ended == "end" for sample in samples]
            self._going_on = [i for i, over in zip(indices, done, strict=True) if not over]
        return samples

    def _index(self, prefix: str, by_node: int, slot: int) -> int:
        if self._going_on is not None and self._onward != "count":
            return self._going_on[slot] if self._onward == "same" else 0
        if self._index_by == "node":
            return by_node
        if self._index_by == "slot":
            return slot
        self._drawn[prefix] += 1
        return self._drawn[prefix] - 1


class TextVerifier:
    """A text world's verifier.

    Args:
        empty_end: Score of an end without any text. The reference sees the same text as
            before, without a step more; None: what the world says of that text.
    """

    def __init__(self, world: TextWorld, empty_end: float | None) -> None:
        self.info = VerifierInfo("text world")
        self._world, self._empty_end = world, empty_end

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        if cancelled():
            raise RunCancelled
        return [StepScores(tuple(self._scores(request))) for request in requests]

    def _scores(self, request: ScoreRequest) -> list[float]:
        scores = []
        for place in range(request.first, len(request.steps)):
            ended = request.finished and place == len(request.steps) - 1
            if ended and not request.steps[place]:
                before = self._world.score(text_of(request.steps[:place], ended=False))
                given = self._empty_end if place else None
                scores.append(before if given is None else given)
            else:
                scores.append(self._world.score(text_of(request.steps[: place + 1], ended=ended)))
        return scores


def _checked(text: object, ended: object, prefix: str) -> tuple[str, Ended]:
    """A world's step without its delimiter.

    Raises:
        WorldError: It cannot be a step.
    """
    if not isinstance(text, str) or not isinstance(ended, bool):
        raise WorldError(
            f"The world continues {prefix!r:.80} by {text!r:.80} and {ended!r:.20}; "
            "expected a text and true or false."
        )
    step = text if ended else text.removesuffix(DELIMITER)
    if DELIMITER in step:
        raise WorldError(
            f"The world continues {prefix!r:.80} by {text!r:.80}, which is more than one step; "
            "a step ends at its first blank line."
        )
    return step, "end" if ended else "step"
