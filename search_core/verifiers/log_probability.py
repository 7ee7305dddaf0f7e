"""The solver's own belief as a score: free, honest, and what a verifier must beat."""

from __future__ import annotations

import math
from collections.abc import Sequence

from search_core.protocols import Cancelled, ScoreRequest, StepScores, UsageError, VerifierInfo


class LogProbabilityVerifier:
    """Scores a step by the probability that the solver gave it, exp(sum of log-probabilities).

    It reads nothing and knows nothing that the solver did not. `prod` is its natural
    aggregate: the product of a path's scores is the probability of the whole path.
    """

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(name="log-probability", reads_logprobs=True)

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order; costs no tokens.

        Raises:
            ValueError: A request has another number of log-probabilities than of steps, or
                one that is not a number.
        """
        return [StepScores(_scores(request)) for request in requests]


def _scores(request: ScoreRequest) -> tuple[float, ...]:
    if len(request.logprobs) != len(request.steps):
        raise UsageError(
            f"Verifier log-probability got {len(request.logprobs)} log-probabilities for "
            f"{len(request.steps)} steps; expected one for each."
        )
    wanted = [logprob for logprob in request.logprobs[request.first :] if logprob is not None]
    if len(wanted) < len(request.steps) - request.first:
        raise UsageError(
            "The solver gave no log-probability of a step, and the score source log-probability "
            "goes by nothing else. Choose another score source."
        )
    if any(math.isnan(logprob) for logprob in wanted):
        raise UsageError(
            f"Verifier log-probability got a log-probability that is not a number: {wanted}."
        )
    return tuple(math.exp(min(0.0, logprob)) for logprob in wanted)
