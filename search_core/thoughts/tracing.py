"""A whole trace made of a chain of thought that somebody pasted or opened."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from search_core.log.events import MAX_DEPTH, Event
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
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies.places import is_move
from search_core.strategies.single_stream import MAX_PIECES, SINGLE_STREAM, SingleStreamOptions
from search_core.thoughts.pieces import fitting, split

SOLVER = "pasted text"
UNKNOWN_PROBLEM = "(The problem was not given.)"


def trace_of_text(text: str, problem: str = "") -> list[Event]:
    """Reads a long chain of thought as the tree that it says it walked.

    The log is that of a run of "single_stream" by a solver called "pasted text": the same
    decisions for the same reasons. It has no scores, no times, and costs nothing, for nobody
    knows what the text had cost: its token counts, log-probabilities and seconds are all 0.

    Args:
        text: With a thinking part (`search_core.answers.thinking`) or without; what follows
            the last one is the final answer.
        problem: What the text is about; "" if nobody said. A Countdown problem in the
            embedded wording has its Countdown stream graded, any other has no reference.

    Raises:
        ValueError: The text is empty, too long, or turns too often; or the problem is too
            long, or no Countdown problem although the stream is one.
    """
    pieces = fitting(split(_clean(text)), MAX_PIECES, MAX_DEPTH - 1)
    options = SingleStreamOptions(max_steps=MAX_DEPTH, most_pieces=len(pieces))
    recipe = Recipe(_problem(_clean(problem), pieces), SINGLE_STREAM, options)
    solver, verifier = _PastedText(pieces), _NoVerifier()
    run = Run(
        recipe,
        solver.info,
        verifier.info,
        run_id=secrets.token_urlsafe(12),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        clock=lambda: 0.0,
    )
    drive(run, solver, verifier)
    header, *rest = run.events
    # Nothing was sampled and nothing was limited: the header must not say how.
    return [header.model_copy(update={"sampling": {}, "limits": {}}), *rest]


def _problem(text: str, pieces: Sequence[str]) -> Problem:
    if not text.strip():
        return Problem(UNKNOWN_PROBLEM)
    if any(map(is_move, pieces)):
        from search_core.embedded import read_problem

        read = read_problem(text)
        return read if read.family == "countdown" else Problem(text)
    return Problem(text.strip())


def _clean(text: str) -> str:
    """Without lone surrogates, which no file can hold, and with one kind of line break."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


class _PastedText:
    """A solver that writes what is there already."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces
        self.info = SolverInfo(SOLVER)

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        places = [len(request.steps) for request in requests]
        last = len(self._pieces) - 1
        return [
            StepSample(self._pieces[at], 0, 0.0, "end" if at == last else "step") for at in places
        ]


class _NoVerifier:
    """Nobody scores; a single stream never asks."""

    info = VerifierInfo("none")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        return [StepScores((0.0,) * (len(request.steps) - request.first)) for request in requests]
