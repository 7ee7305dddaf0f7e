"""Runs on a ZeroGPU Space: each is one bounded GPU call, in a forked worker.

The main process has no GPU. It places the models while it starts, as `spaces` wants it; a run
then asks for the GPU for a number of seconds that its estimate sets, is driven in the worker
(`worker.py`), and its events come back in batches into the same registry as any other
run's: pages follow, refresh and reconnect as ever. `spaces` itself is handed in; this module
imports nothing of it.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from search_core.log.events import Event
from search_core.models import ModelPair
from search_core.protocols import Watch
from search_core.run.estimate import estimate, seconds_on_gpu
from search_core.serving.order import Listener, Order
from search_core.serving.zero_gpu.errors import GpuError, explained
from search_core.serving.zero_gpu.log_end import ending
from search_core.serving.zero_gpu.ticket import Ticket
from search_core.serving.zero_gpu.worker import EventBatch, search_in_worker

LEAST_SECONDS, MOST_SECONDS = 15, 120
"""Of one GPU call. ZeroGPU takes no free visitor's call much longer than the latter."""
_START_SECONDS = 10
"""For the worker to start and take the weights to the GPU, before the run's own time."""
_EVENTS_READ = 2000
"""Of the run that is steered: so many a second are driven again in the worker, at least."""

_log = logging.getLogger(__name__)


class ZeroGpu:
    """Drives the runs of placed pairs in GPU workers.

    Args:
        decorator: `spaces.GPU`: called with `duration=`, it makes of a generator function one
            that runs in a worker.
        pairs: The models that need the GPU, by name.
        least, most: Seconds of one GPU call, at least and at most.
    """

    def __init__(
        self,
        decorator: Callable[..., Any],
        pairs: Mapping[str, ModelPair],
        *,
        least: int = LEAST_SECONDS,
        most: int = MOST_SECONDS,
    ) -> None:
        if not 0 < least <= most:
            raise ValueError(
                f"A GPU call may take {least} to {most} s; expected 0 < least <= most."
            )
        self._pairs = dict(pairs)
        self._least, self._most = least, most
        # Made before the app is launched: `spaces` looks for such a function then.
        self._on_gpu: Callable[[Ticket], Iterator[EventBatch]] = decorator(duration=_seconds_of)(
            self._search
        )

    def place(self) -> None:
        """Load all models, in the main process and before the app is launched.

        One that cannot be loaded does not keep the page from opening: its runs say why.
        """
        for name, pair in self._pairs.items():
            try:
                _ = pair.solver, pair.verifier
            except Exception:
                _log.exception("The models of %s could not be loaded", name)

    def takes(self, pair: ModelPair) -> bool:
        """Whether this pair was placed here."""
        return self._name_of(pair) is not None

    def seconds(self, order: Order) -> int:
        """How long the GPU is asked for: start-up and twice the estimate, within the bounds.

        A steered run asks for as long as one that knows nothing: what of it is known already only
        the worker finds out.
        """
        expected = estimate(order.recipe.problem, order.recipe.options, order.pair.card)
        lazy_solver, lazy_verifier = order.pair.parts
        solver, verifier = lazy_solver.loaded, lazy_verifier.loaded
        computing = seconds_on_gpu(
            expected,
            solver.info.weight_bytes if solver is not None else None,
            verifier.info.weight_bytes if verifier is not None else None,
            verifier.info.writes if verifier is not None else 0,
        )
        known = order.steering.recorded.events if order.steering is not None else ()
        needed = _START_SECONDS + 2 * computing + len(known) / _EVENTS_READ
        return round(min(max(needed, self._least), self._most))

    def drive(self, order: Order, listener: Listener, watch: Watch) -> None:
        """Drive a run in a worker until it is over.

        Raises:
            GpuError: There was no GPU for it, or the worker died, or the run failed there.
        """
        name = self._name_of(order.pair)
        if name is None:
            raise ValueError("This pair of models was not placed on the GPU.")
        seen: list[Event] = []

        def listen(event: Event) -> None:
            seen.append(event)
            listener(event)

        seconds = self.seconds(order)
        try:
            with _stop_file() as stop:
                ticket = Ticket.of(_within(order, seconds), name, stop, seconds)
                self._follow(ticket, stop, listen, watch)
        except Exception as error:
            told = error if isinstance(error, GpuError) else explained(error, seconds)
            for event in ending(seen, str(told)):
                listener(event)
            raise told from error

    def _follow(self, ticket: Ticket, stop: Path, listener: Listener, watch: Watch) -> None:
        if watch():
            raise GpuError("The run was stopped before it got a GPU.")
        with contextlib.closing(self._on_gpu(ticket)) as batches:  # type: ignore[type-var]
            for batch in batches:
                for event in batch.events:
                    listener(event)
                watch.begin(batch.written.ids, batch.written.role)
                for place, tokens in enumerate(batch.written.tokens):
                    watch.written(place, tokens)
                if batch.error:
                    raise GpuError(batch.error)
                # The worker ends the run by itself and sends its last events.
                if watch():
                    stop.touch()

    def _search(self, ticket: Ticket) -> Iterator[EventBatch]:
        """In the worker. A generator function of its own: `spaces` looks for that."""
        yield from search_in_worker(ticket, self._pairs[ticket.pair])

    def _name_of(self, pair: ModelPair) -> str | None:
        return next((name for name, placed in self._pairs.items() if placed is pair), None)


def _seconds_of(ticket: Ticket) -> int:
    """What the decorator asks of a call's arguments: for how long it wants the GPU."""
    return ticket.seconds


def _within(order: Order, seconds: int) -> Order:
    """The order with a time limit that ends it before the GPU is taken away."""
    limits = order.recipe.limits
    left = max(1.0, seconds - _START_SECONDS / 2)
    shorter = replace(limits, seconds=min(limits.seconds, left))
    return replace(order, recipe=replace(order.recipe, limits=shorter))


@contextlib.contextmanager
def _stop_file() -> Iterator[Path]:
    """A path where nothing is yet; whatever is put there is cleared away."""
    with tempfile.TemporaryDirectory(prefix="espalier-run-") as folder:
        yield Path(folder) / "stop"
