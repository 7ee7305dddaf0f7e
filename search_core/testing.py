"""Models that are plain functions, so small that a search over them can be worked out by hand.

They implement the public `Solver` and `Verifier` protocols, so every strategy runs on them as
it runs on a real model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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

Steps = tuple[str, ...]


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


@dataclass
class FunctionSolver:
    """Continues a path by what `step(steps, index)` says: (text, how it ended).

    A step costs a token for each word and one for its end. `calls` counts batches.
    """

    step: Callable[[Steps, int], tuple[str, Ended]]
    info: SolverInfo = field(default_factory=lambda: SolverInfo("function"))
    calls: int = 0

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.calls += 1
        samples = []
        for request in requests:
            if cancelled():
                raise RunCancelled
            text, ended = self.step(request.steps, request.index)
            samples.append(
                StepSample(
                    text,
                    tokens=len(text.split()) + 1,
                    logprob=-chance("logprob", request.steps, text),
                    ended=ended,
                    prefilled=len(request.steps),
                )
            )
        return samples


@dataclass
class FunctionVerifier:
    """Scores each prefix of a path by what `judge(steps)` says. `calls` counts batches."""

    judge: Callable[[Steps], float]
    info: VerifierInfo = field(default_factory=lambda: VerifierInfo("function"))
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
