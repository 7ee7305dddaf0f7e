"""Answers the model calls of one run, from its first to its last."""

from __future__ import annotations

from search_core.runner import Run
from search_core.solvers.base import Cancelled, RunCancelled, Solver
from search_core.verifiers.base import Verifier


def never() -> bool:
    """A run that nobody cancels."""
    return False


def drive(run: Run, solver: Solver, verifier: Verifier, cancelled: Cancelled = never) -> None:
    """Answer all calls of one run.

    Raises:
        Exception: Whatever a model raised; the run's log says "failed" by then.
    """
    calls = run.calls()
    try:
        call = next(calls)
        while True:
            try:
                if cancelled():
                    raise RunCancelled
                reply = call.answer(solver, verifier, cancelled)
            except Exception as error:
                call = calls.throw(error)
            else:
                call = calls.send(reply)
    except StopIteration:
        return
