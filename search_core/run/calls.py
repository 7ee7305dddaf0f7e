"""The model calls that a run asks for; whoever drives the run answers them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
from search_core.run.replies import ProtocolError, checked_samples, checked_scores

T = TypeVar("T")


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
        """The solver's reply, checked. Raises as `sampled`."""
        return sampled(solver, self.requests, self.sampling, cancelled)


@dataclass(frozen=True, slots=True)
class VerifierCall:
    """Score the newest steps of each path."""

    requests: tuple[ScoreRequest, ...]

    def answer(self, solver: Solver, verifier: Verifier, cancelled: Cancelled) -> list[StepScores]:
        """The verifier's reply, checked. Raises as `scored`."""
        return scored(verifier, self.requests, cancelled)


class Checked:
    """A solver or a verifier whose replies were checked when they came: they are known to fit."""


ModelCall = SolverCall | VerifierCall
ModelReply = list[StepSample] | list[StepScores]


def sampled(
    solver: Solver, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
) -> list[StepSample]:
    """One step for each request, whosever the solver is: all of them pass here.

    Raises:
        RunCancelled: `cancelled()` became True.
        ProtocolError: The solver's reply does not fit the requests, or it tried to end the program.
        Exception: Whatever else it raised.
    """
    if isinstance(solver, Checked):
        return solver.sample(requests, sampling, cancelled)
    name = solver.info.name
    return _kept_alive(
        lambda: checked_samples(solver.sample(requests, sampling, cancelled), len(requests), name),
        f"Solver {name}",
        f"{len(requests)} steps",
    )


def scored(
    verifier: Verifier, requests: Sequence[ScoreRequest], cancelled: Cancelled
) -> list[StepScores]:
    """Scores for each request. As `sampled`."""
    if isinstance(verifier, Checked):
        return verifier.score(requests, cancelled)
    name = verifier.info.name
    wanted = [len(request.steps) - request.first for request in requests]
    return _kept_alive(
        lambda: checked_scores(verifier.score(requests, cancelled), wanted, name),
        f"Verifier {name}",
        f"{sum(wanted)} scores",
    )


def _kept_alive(work: Callable[[], T], who: str, expected: str) -> T:
    """A model may fail; it may not end the program, nor the thread that it was lent."""
    try:
        return work()
    except Exception:
        raise
    except BaseException as error:
        # Ctrl-C comes to the main thread, wherever that is; anywhere else a model raised it.
        pressed = isinstance(error, KeyboardInterrupt)
        if pressed and threading.current_thread() is threading.main_thread():
            raise
        raise ProtocolError(
            f"{who} tried to end the program ({type(error).__name__}); expected {expected}, or an "
            "ordinary error."
        ) from error
