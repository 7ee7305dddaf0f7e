"""One run inside a GPU worker: driven on a thread, its events handed out in batches.

This side of the fork knows the models that the main process has placed, and of the run only
what is in its ticket. It hands out a batch every quarter of a second, an empty one if nothing
happened: whoever listens can leave only between batches.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search_core.log.events import Event
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Sampling, Watch
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.serving.failures import message_for
from search_core.serving.order import Order
from search_core.serving.writing import WritingMonitor, WritingProgress
from search_core.strategies import get_strategy

_log = logging.getLogger(__name__)

_BEAT = 0.25
"""Seconds between batches."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A run as it crosses a fork: plain values, which any pickle can carry.

    Attributes:
        pair: Name under which the main process placed the models.
        stop_file: Once this file is there, the run is to stop.
        seconds: How long the GPU is asked for.
    """

    run_id: str
    pair: str
    score_source: str
    stop_file: str
    seconds: int
    problem: dict[str, Any]
    strategy: str
    options: dict[str, Any]
    sampling: dict[str, Any]
    seed: int
    limits: dict[str, Any]
    system_prompt: str | None = None

    @classmethod
    def of(cls, order: Order, pair: str, stop_file: Path, seconds: int) -> Ticket:
        """The ticket of an order."""
        recipe = order.recipe
        return cls(
            run_id=order.run_id,
            pair=pair,
            score_source=order.score_source,
            stop_file=str(stop_file),
            seconds=seconds,
            problem=asdict(recipe.problem),
            strategy=recipe.strategy.name,
            options=asdict(recipe.options),
            sampling=asdict(recipe.sampling),
            seed=recipe.seed,
            limits=asdict(recipe.limits),
            system_prompt=recipe.system_prompt,
        )

    def order(self, pair: ModelPair) -> Order:
        """The order again, over these models."""
        strategy = get_strategy(self.strategy)
        recipe = Recipe(
            Problem(**self.problem),
            strategy,
            strategy.options(**self.options),
            Sampling(**self.sampling),
            self.seed,
            Limits(**self.limits),
            self.system_prompt,
        )
        return Order(self.run_id, recipe, pair, self.score_source)


@dataclass(frozen=True, slots=True)
class EventBatch:
    """What happened since the batch before.

    Attributes:
        written: What is being written now.
        error: Why the run failed, in the last batch of one that did.
    """

    events: tuple[Event, ...] = ()
    written: WritingProgress = WritingProgress()
    error: str = ""


def search_in_worker(ticket: Ticket, pair: ModelPair) -> Iterator[EventBatch]:
    """Drive the run and yield its events. Closing it stops the run at the next token."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    errors: list[str] = []
    latest: deque[Event] = deque(maxlen=1)
    over, left = threading.Event(), threading.Event()
    writing = WritingMonitor()
    stop = Path(ticket.stop_file)

    def cancelled() -> bool:
        return left.is_set() or stop.exists()

    def listen(event: Event) -> None:
        latest.append(event)
        events.put(event)

    def work() -> None:
        try:
            order = ticket.order(pair)
            solver, verifier = order.models()
            watch = Watch(cancelled, writing.written, writing.begin)
            drive(order.run(solver, verifier, listen), solver, verifier, watch)
        except BaseException as error:
            # The operator's log is this process's too.
            _log.exception("Run %s failed", ticket.run_id)
            errors.append(message_for(error, latest[-1] if latest else None))
        finally:
            over.set()

    thread = threading.Thread(target=work, name="gpu-run", daemon=True)
    thread.start()
    try:
        while not over.wait(_BEAT):
            now = writing.now()  # before the events: what is there by then is among them
            yield EventBatch(_all(events), now)
        yield EventBatch(_all(events), error="".join(errors))
    finally:
        left.set()
        thread.join()


def _all(events: queue.SimpleQueue[Event]) -> tuple[Event, ...]:
    return tuple(events.get() for _ in range(events.qsize()))
