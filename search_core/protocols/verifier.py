"""What a verifier is: it scores the steps of a path, each in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from search_core.protocols.identity import VerifierInfo
from search_core.protocols.watch import Cancelled
from search_core.records import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Score the newest steps of one path.

    Attributes:
        problem: Problem text.
        steps: The whole path, without delimiters. Not empty.
        first: Index of the first step whose score is wanted (0 <= first < len(steps)).
        finished: Whether the last step ended the solution.
        logprobs: The solver's log-probability of each step (same length as `steps`); None: not
            known.
        run: Id of the run that asks; see `SampleRequest.run`.
        ids: Of each step its node in that run; they change nothing of the scores. Empty: nobody
            says.
    """

    problem: str
    steps: tuple[str, ...]
    first: int
    finished: bool
    logprobs: tuple[float | None, ...]
    run: str = ""
    ids: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class StepScores:
    """Scores of `steps[first:]`, each in [0, 1].

    Attributes:
        scores: One for each wanted step; None where the verifier came to no verdict, which is never
            taken for 0.
        tokens: Tokens that the verifier computed: those that it read, and those that it wrote
            before it judged.
        reused: Tokens served from a cache.
        flops: What that took; None: as much as one pass over `tokens` after `reused`.
        reasons: What it wrote before each verdict, for people to read; none if it wrote nothing.
        again: How many of the scores, the first ones, are of an earlier run: tokens and FLOPs are
            those of the others.
    """

    scores: tuple[float | None, ...]
    tokens: int = 0
    reused: int = 0
    flops: float | None = None
    reasons: tuple[str, ...] = ()
    again: int = 0


class Verifier(Protocol):
    """Scores steps given the problem and all steps before them.

    A verifier whose `info.scores` is "solutions" (an outcome verifier) is asked only for the
    last step of finished solutions: that score is the solution's.
    """

    @property
    def info(self) -> VerifierInfo: ...

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order.

        Raises:
            RunCancelled: `cancelled()` became True.
        """
        ...
