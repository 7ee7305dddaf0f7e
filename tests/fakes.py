"""Fake models for tests: small worlds in which every step and score is a plain function."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from search_core.cost import ModelShape
from search_core.solvers.base import (
    Cancelled,
    ModelInfo,
    RunCancelled,
    SampleRequest,
    Sampling,
    StepSample,
)
from search_core.verifiers.base import ScoreRequest, StepScores

SHAPE = ModelShape(body_parameters=1000, layers=2, attention_width=16, hidden=16, outputs=50)


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


@dataclass
class FakeSolver:
    """Continues a path by what `world(steps, index)` says: (text, how it ended)."""

    world: Callable[[tuple[str, ...], int], tuple[str, str]]
    info: ModelInfo = field(default_factory=lambda: ModelInfo("fake solver", shape=SHAPE))
    calls: int = 0

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.calls += 1
        samples = []
        for request in requests:
            if cancelled():
                raise RunCancelled
            text, ended = self.world(request.steps, request.index)
            samples.append(
                StepSample(
                    text,
                    tokens=len(text.split()) + 1,
                    logprob=-chance("logprob", request.steps, text),
                    ended=ended,  # type: ignore[arg-type]
                    prefilled=len(request.steps),
                )
            )
        return samples


@dataclass
class FakeVerifier:
    """Scores each prefix by what `judge(steps)` says."""

    judge: Callable[[tuple[str, ...]], float]
    info: ModelInfo = field(default_factory=lambda: ModelInfo("fake verifier", shape=SHAPE))
    calls: int = 0

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        self.calls += 1
        replies = []
        for request in requests:
            if cancelled():
                raise RunCancelled
            prefixes = [request.steps[: end + 1] for end in range(len(request.steps))]
            scores = tuple(self.judge(prefix) for prefix in prefixes[request.first :])
            replies.append(StepScores(scores, tokens=3 * len(scores)))
        return replies


@dataclass(frozen=True)
class World:
    """A random world: how often paths end or are cut off, how many different steps there are."""

    seed: int = 0
    words: int = 5
    ends: float = 0.3
    cut_off: float = 0.05
    scores: int = 8

    def step(self, steps: tuple[str, ...], index: int) -> tuple[str, str]:
        word = int(chance(self.seed, "word", steps, index) * self.words)
        luck = chance(self.seed, "end", steps, word)
        if luck < self.ends:
            return f"The answer is {word}.", "end"
        if luck < self.ends + self.cut_off:
            return f"step {word} and then", "length"
        return f"step {word}", "step"

    def score(self, steps: tuple[str, ...]) -> float:
        """Few different values, so that ties are common."""
        return int(chance(self.seed, "score", steps) * self.scores) / max(1, self.scores - 1)

    def solver(self) -> FakeSolver:
        return FakeSolver(self.step)

    def verifier(self) -> FakeVerifier:
        return FakeVerifier(self.score)


class FakeClock:
    """Advances by a tenth of a second at each look."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> float:
        return next(self._ticks) / 10
