"""Answers the model calls of one run, from its first to its last."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from search_core.protocols import Cancelled, RunCancelled, Solver, Verifier, Watch, watch_of
from search_core.run.aside import aside, never
from search_core.run.calls import ModelCall, ModelReply, SolverCall
from search_core.run.limits import LimitReached
from search_core.run.releasing import Releaser
from search_core.run.runner import Run

__all__ = ["drive", "never"]


def drive(
    run: Run,
    solver: Solver,
    verifier: Verifier,
    cancelled: Cancelled = never,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Answer all calls of one run.

    What the models warn of goes into its log, and what it pruned is let go by them. Once it is
    cancelled, or its time is over, it waits for nobody: a model that does not listen goes on by
    itself, and what the run holds there is let go when it is done.

    Args:
        clock: Seconds, monotone: what the run's limit of them is held against during a call.

    Raises:
        Exception: Whatever a model raised; the run's log says "failed" by then.
        KeyboardInterrupt: It came while a model worked; the log says "cancelled" by then.
    """
    watch = watch_of(cancelled)
    # What nobody can cancel needs no thread that can be left.
    stopping = never if cancelled is never else _stopping(run, watch, clock)
    releaser = Releaser(run, (solver, verifier))
    calls = run.calls(stopping)
    try:
        call = next(calls)
        while True:
            _announce(watch, call)
            try:
                if watch():
                    raise RunCancelled
                work: Callable[[], ModelReply] = partial(call.answer, solver, verifier, watch)
                reply = aside(work, stopping, left=releaser.release_all)
            except Exception as error:
                _write_warnings(run, watch.warnings())
                call = calls.throw(error)
            except KeyboardInterrupt:
                with suppress(StopIteration):
                    calls.throw(RunCancelled())
                raise
            else:
                _write_warnings(run, watch.warnings())
                call = calls.send(reply)
            releaser.release_pruned()
    except StopIteration:
        return
    finally:
        watch.begin(())
        releaser.release_all()


def _stopping(run: Run, watch: Watch, clock: Callable[[], float]) -> Cancelled:
    """Whether a run is to stop, asked while it waits."""
    started, most = clock(), run.recipe.limits.seconds

    def stopping() -> bool:
        if clock() - started > most:
            raise LimitReached(f"The run has used its {most:g} seconds.")
        return watch()

    return stopping


def _announce(watch: Watch, call: ModelCall) -> None:
    # What the last call wrote is in the log by now, so nothing is missing in between.
    if isinstance(call, SolverCall):
        watch.begin(call.ids, call.role)
    else:
        watch.begin(())


def _write_warnings(run: Run, messages: list[str]) -> None:
    for message in messages:
        run.warn(message)
