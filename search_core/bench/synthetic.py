"""A tree of any size without any model: what the page is measured with."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events import Event
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)
from search_core.search import search
from search_core.seeds import node_seed

_WIDTH = 4


class _SyntheticSolver:
    """Writes steps of ordinary length that never end."""

    info = SolverInfo("synthetic solver")

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        return [self._step(request) for request in requests]

    def _step(self, request: SampleRequest) -> StepSample:
        number = request.seed % 90 + 10
        text = f"{number} + {request.index} = {number + request.index}, way {request.seed % 10**6}"
        return StepSample(text, tokens=18, logprob=-2.5, ended="step", prefilled=4, reused=60)


class _SyntheticVerifier:
    """Scores that depend on the path alone."""

    info = VerifierInfo("synthetic verifier")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        return [StepScores((self._score(request),), tokens=20) for request in requests]

    def _score(self, request: ScoreRequest) -> float:
        return node_seed(0, "/".join(request.steps)) % 10_000 / 10_000


def synthetic_log(nodes: int) -> list[Event]:
    """Log of a beam search with at least so many nodes.

    Raises:
        ValueError: More nodes than the largest beam search has.
    """
    n = 64 if nodes <= 64 * 100 else 256
    rounds = -(-nodes // n)
    if rounds > 100:
        raise ValueError(f"{nodes} nodes were asked for; at most {256 * 100} can be made.")
    problem = Problem("Use 3, 7, 8 and 25 to make 24.", answer="24")
    result = search(
        problem,
        "beam_search",
        solver=_SyntheticSolver(),
        verifier=_SyntheticVerifier(),
        n=n,
        beam_width=_WIDTH,
        max_steps=rounds,
    )
    return result.events
