"""One solution scored by one verifier: its steps, its first error, and what its aggregates make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from search_core.labelled.solution import NO_ERROR
from search_core.log.events import Aggregate
from search_core.protocols import Cancelled, KeepsPaths, RunCancelled, ScoreRequest, Verifier
from search_core.run.calls import scored
from search_core.run.driving import never
from search_core.scoring import aggregate_scores
from search_core.verify.table import AGGREGATES

_RUN = "one solution"


@dataclass(frozen=True, slots=True)
class SolutionScores:
    """What one verifier says of one solution.

    Attributes:
        name: Of the verifier.
        threshold: A step that scores below it is called wrong, in [0, 1].
        scores: One for each step, in [0, 1]; None where there is none (an outcome verifier scores
            the last alone). Empty: it refused.
        first_error: Index of the first step below the threshold from 0 on, or -1 for none.
        aggregates: The solution's value by each aggregate, of those steps that have a score.
        refused: Why it gave no scores; "" if it did.
    """

    name: str
    threshold: float
    scores: tuple[float | None, ...] = ()
    first_error: int = NO_ERROR
    aggregates: Mapping[Aggregate, float] = field(default_factory=dict)
    refused: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def scored_solution(
    problem: str,
    steps: Sequence[str],
    verifier: Verifier,
    *,
    name: str = "",
    threshold: float = 0.5,
    finished: bool = True,
    cancelled: Cancelled = never,
) -> SolutionScores:
    """Ask a verifier for every step's score.

    A verifier that cannot read the text (too long for it, say) refuses, which is an answer.

    Args:
        steps: At least one.
        name: What the verifier is called here; "" for its own name.
        finished: Whether the last step ends the solution.

    Raises:
        RunCancelled: `cancelled()` became True.
        ValueError: There are no steps.
    """
    if not steps:
        raise ValueError("There are no steps; expected at least one.")
    name = name or verifier.info.name
    if verifier.info.reads_logprobs:
        why = "It goes by the solver's log-probabilities, which a text does not have."
        return SolutionScores(name, threshold, refused=why)
    whole = verifier.info.scores == "solutions"
    first = len(steps) - 1 if whole else 0
    unknown = (None,) * len(steps)
    request = ScoreRequest(problem, tuple(steps), first, finished or whole, unknown, run=_RUN)
    try:
        (reply,) = scored(verifier, [request], cancelled)
    except RunCancelled:
        raise
    except ValueError as error:
        return SolutionScores(name, threshold, refused=str(error)[:500] or type(error).__name__)
    finally:
        if isinstance(verifier, KeepsPaths):
            verifier.release(_RUN, problem)
    scores = (None,) * first + tuple(reply.scores)
    known = [score for score in scores if score is not None]
    below = (place for place, score in enumerate(scores) if score is not None and score < threshold)
    return SolutionScores(
        name,
        threshold,
        scores,
        next(below, NO_ERROR),
        {how: aggregate_scores(known, how) for how in AGGREGATES} if known else {},
    )
