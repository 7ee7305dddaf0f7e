"""Answers the model calls of one run, from its first to its last."""

from __future__ import annotations

from search_core.answers import never
from search_core.protocols import Cancelled, RunCancelled, Solver, Verifier, Watch, watch_of
from search_core.run.calls import ModelCall, SolverCall
from search_core.run.releasing import Releaser
from search_core.run.runner import Run

__all__ = ["drive", "never"]


def drive(run: Run, solver: Solver, verifier: Verifier, cancelled: Cancelled = never) -> None:
    """Answer all calls of one run.

    What the models warn of goes into its log, and what it pruned is let go by them.

    Raises:
        Exception: Whatever a model raised; the run's log says "failed" by then.
    """
    watch = watch_of(cancelled)
    releaser = Releaser(run, (solver, verifier))
    calls = run.calls(watch)
    try:
        call = next(calls)
        while True:
            _announce(watch, call)
            try:
                if watch():
                    raise RunCancelled
                reply = call.answer(solver, verifier, watch)
            except Exception as error:
                _write_warnings(run, watch.warnings())
                call = calls.throw(error)
            else:
                _write_warnings(run, watch.warnings())
                call = calls.send(reply)
            releaser.release_pruned()
    except StopIteration:
        return
    finally:
        watch.begin(())
        releaser.release_all()


def _announce(watch: Watch, call: ModelCall) -> None:
    # What the last call wrote is in the log by now, so nothing is missing in between.
    if isinstance(call, SolverCall):
        watch.begin(call.ids, call.role)
    else:
        watch.begin(())


def _write_warnings(run: Run, messages: list[str]) -> None:
    for message in messages:
        run.warn(message)
