"""A perfect verifier for the embedded families: what search could reach, to teach and to test."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.problem import Problem
from search_core.protocols import Cancelled, ScoreRequest, StepScores, VerifierInfo


class OracleVerifier:
    """Scores a step 1 if the path up to it can still become right, and 0 if it cannot.

    It holds every step against the families' exact checker: the step must be true and follow
    from those before it, and in Countdown the target must still be reachable. A finished
    solution scores 1 if it is right, as the app's own grading says, a false step or not.
    """

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(name="oracle")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order; costs no tokens.

        Raises:
            ValueError: A problem is not one of the embedded families.
        """
        from search_core.embedded import read_problem

        problems = {text: read_problem(text) for text in {request.problem for request in requests}}
        return [_scores(problems[request.problem], request) for request in requests]


def _scores(problem: Problem, request: ScoreRequest) -> StepScores:
    from search_core.embedded import grade, prospects

    scores = [float(prospect) for prospect in prospects(problem, request.steps)]
    if request.finished:
        scores[-1] = float(grade(problem, request.steps).correct)
    return StepScores(tuple(scores[request.first :]))
