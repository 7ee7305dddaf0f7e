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
from dataclasses import dataclass
from pathlib import Path

from search_core.log.events import Event
from search_core.models import ModelPair
from search_core.protocols import Watch
from search_core.run.driving import drive
from search_core.serving.failures import message_for
from search_core.serving.writing import WritingMonitor, WritingProgress
from search_core.serving.zero_gpu.ticket import Ticket

_log = logging.getLogger(__name__)

_BEAT = 0.25
"""Seconds between batches."""


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
            ready = order.ready(*order.models(), listen)
            watch = Watch(cancelled, writing.written, writing.begin)
            drive(ready.run, ready.solver, ready.verifier, watch)
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
