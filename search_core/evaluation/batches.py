"""Many runs at once: their model calls are answered together, in large batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence

from search_core.protocols import Cancelled, RunCancelled, Solver, Verifier, Watch
from search_core.run.aside import aside
from search_core.run.calls import ModelCall, ModelReply, SolverCall, VerifierCall
from search_core.run.releasing import Releaser
from search_core.run.runner import Run


class ShareClock:
    """A run's own clock: it goes only while models work for this run.

    A call shared by many runs takes each of them its share of the requests, so that the
    seconds of all runs add up to what passed.
    """

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds


StartRun = Callable[[ShareClock], Run]


class _Active:
    """A run under way, stopped at a model call."""

    def __init__(
        self, start: StartRun, models: tuple[Solver, Verifier], cancelled: Cancelled
    ) -> None:
        self.clock = ShareClock()
        self.run = start(self.clock)
        self.releaser = Releaser(self.run, models)
        self._calls: Generator[ModelCall, ModelReply, None] = self.run.calls(cancelled)
        self.call: ModelCall | None = next(self._calls, None)

    def reply(self, reply: ModelReply, seconds: float) -> None:
        self.clock.advance(seconds)
        try:
            self.call = self._calls.send(reply)
        except StopIteration:
            self.call = None
            self.releaser.release_all()
        else:
            self.releaser.release_pruned()


def drive_together(
    starts: Sequence[StartRun],
    solver: Solver,
    verifier: Verifier,
    *,
    at_once: int,
    cancelled: Cancelled,
) -> Iterator[Run]:
    """Run all, `at_once` at a time, and yield each when it is finished.

    Raises:
        RunCancelled: `cancelled()` became True; runs under way are lost.
        Exception: Whatever a model raised.
    """
    waiting = iter(starts)
    active: list[_Active] = []
    try:
        while True:
            while len(active) < at_once and (start := next(waiting, None)) is not None:
                active.append(_Active(start, (solver, verifier), cancelled))
            if not active:
                return
            for batch in _batches(active):
                if cancelled():
                    raise RunCancelled
                _answer(batch, solver, verifier, cancelled)
            yield from (pending.run for pending in active if pending.call is None)
            active = [pending for pending in active if pending.call is not None]
    finally:
        for pending in active:
            pending.releaser.release_all()


def _batches(active: Sequence[_Active]) -> list[list[_Active]]:
    """Runs whose calls can be answered by one call."""
    batches: dict[object, list[_Active]] = {}
    for pending in active:
        if isinstance(pending.call, SolverCall):
            batches.setdefault(pending.call.sampling, []).append(pending)
        elif isinstance(pending.call, VerifierCall):
            batches.setdefault(None, []).append(pending)
    return list(batches.values())


def _answer(
    batch: Sequence[_Active], solver: Solver, verifier: Verifier, cancelled: Cancelled
) -> None:
    before = time.monotonic()
    calls = [pending.call for pending in batch if pending.call is not None]
    joined = _joined(calls)
    watch = Watch(cancelled)
    replies: ModelReply = aside(lambda: joined.answer(solver, verifier, watch), cancelled)
    seconds = time.monotonic() - before
    for message in watch.warnings():
        for pending in batch:
            pending.run.warn(message)
    position = 0
    for pending, call in zip(batch, calls, strict=True):
        count = len(call.requests)
        share = seconds * count / len(joined.requests)
        pending.reply(replies[position : position + count], share)
        position += count


def _joined(calls: Sequence[ModelCall]) -> ModelCall:
    """One call with the requests of all; they are all of one kind."""
    samplings = [call for call in calls if isinstance(call, SolverCall)]
    if samplings:
        requests = tuple(request for call in samplings for request in call.requests)
        return SolverCall(requests, samplings[0].sampling)
    scorings = [call for call in calls if isinstance(call, VerifierCall)]
    return VerifierCall(tuple(request for call in scorings for request in call.requests))
