"""The model calls that a run asks for; whoever drives the run answers them."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.log.events import Role
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    StepSample,
    StepScores,
    Verifier,
)


@dataclass(frozen=True, slots=True)
class SolverCall:
    """Sample one step for each request.

    Attributes:
        ids: Of the nodes that the steps will be; empty where their place is not known before
            they are written.
        role: What those nodes are for.
    """

    requests: tuple[SampleRequest, ...]
    sampling: Sampling
    ids: tuple[str, ...] = ()
    role: Role = "step"

    def answer(self, solver: Solver, verifier: Verifier, cancelled: Cancelled) -> list[StepSample]:
        return solver.sample(self.requests, self.sampling, cancelled)


@dataclass(frozen=True, slots=True)
class VerifierCall:
    """Score the newest steps of each path."""

    requests: tuple[ScoreRequest, ...]

    def answer(self, solver: Solver, verifier: Verifier, cancelled: Cancelled) -> list[StepScores]:
        return verifier.score(self.requests, cancelled)


ModelCall = SolverCall | VerifierCall
ModelReply = list[StepSample] | list[StepScores]
