"""What stands in for steps that nobody wrote: an end that every strategy leaves aside."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    SolverInfo,
    StepSample,
    StepScores,
    Verifier,
    VerifierInfo,
)
from search_core.run.calls import Checked
from search_core.run.runner import Run

UNWRITTEN = "(not written)"
_UNLIKELY = -1e4


class Unwritten:
    """Answers for a solver and a verifier that nobody asks.

    A step that was never written is cut off where it begins, and what was never scored scores 0:
    the search goes on among what is known, and `since` says from where on that is a guess.
    """

    def __init__(self, run: Run, solver: SolverInfo, verifier: VerifierInfo) -> None:
        self._run = run
        self.since: int | None = None
        """Number of the first event that somebody would have to be asked for; None: none."""
        self._infos = solver, verifier

    # Both are made when they are asked for: kept here, they and this would hold each other, and
    # with them the whole run, until the cyclic collector goes through all that there is.
    @property
    def solver(self) -> Solver:
        """Stands in for the solver."""
        return _UnwrittenSteps(self, self._infos[0])

    @property
    def verifier(self) -> Verifier:
        """Stands in for the verifier."""
        return _UnscoredSteps(self, self._infos[1])

    def needed(self) -> None:
        """Somebody would have to be asked now."""
        if self.since is None:
            self.since = self._run.tree.seq + 1


class _UnwrittenSteps(Checked):
    def __init__(self, owner: Unwritten, info: SolverInfo) -> None:
        self._owner, self.info = owner, info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self._owner.needed()
        nothing = StepSample(UNWRITTEN, 0, _UNLIKELY, "unknown", thought="", flops=0.0, repeats="")
        return [nothing] * len(requests)


class _UnscoredSteps(Checked):
    def __init__(self, owner: Unwritten, info: VerifierInfo) -> None:
        self._owner, self.info = owner, info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        replies = []
        for request in requests:
            if not request.steps[-1].endswith(UNWRITTEN):
                self._owner.needed()
            replies.append(StepScores((0.0,) * (len(request.steps) - request.first)))
        return replies
