"""A useless verifier: what a search does that listens to noise."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.protocols import Cancelled, ScoreRequest, StepScores, VerifierInfo
from search_core.seeds import node_seed, unit_numbers


class RandomVerifier:
    """Scores each step by a number that is spread evenly over 0 to 1 and means nothing.

    The number follows from the text of the path, so that the same run gives the same tree.
    """

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(name="random")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order; costs no tokens."""
        return [StepScores(tuple(_scores(request))) for request in requests]


def _scores(request: ScoreRequest) -> list[float]:
    return [
        unit_numbers(node_seed(0, repr((request.problem, request.steps[:end]))), "score", 1)[0]
        for end in range(request.first + 1, len(request.steps) + 1)
    ]
