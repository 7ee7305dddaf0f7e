"""The run registry: searches live here, on worker threads, not in anybody's page.

A refreshed, reconnected or second page reads the same run by its id. Runs call their models
whenever they need them: an engine answers the calls of all runs together and shares its time
fairly between them (`engine.writing.decoder`), and solver and verifier compute at the same time.
"""

from __future__ import annotations

import contextvars
import logging
import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.models import ModelPair
from search_core.protocols import PlainError, RunCancelled, Watch
from search_core.run.aside import aside
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.serving.failures import message_for
from search_core.serving.hosted import HostedRun
from search_core.serving.memory import MOST_BYTES, RunMemory
from search_core.serving.order import Driver, Order
from search_core.serving.reopening import Reopener
from search_core.serving.storage import RunStorage, TraceWriter

_log = logging.getLogger(__name__)


class BusyError(RuntimeError):
    """The server runs as many searches as its operator allows."""


class RunRegistry:
    """Starts, finds and stops runs.

    Args:
        folder: Where traces are kept.
        workers: Runs that advance at the same time.
        most_active: Runs that may be active or waiting; one more is refused.
        most_bytes: Of memory for the runs that are held: finished ones that nobody asked for
            longest leave first, and are opened again from the folder.
        idle_seconds: A live run that nobody has looked at for so long is cancelled.
        elsewhere: Drives the runs of some pairs in a way of its own (ZeroGPU).
    """

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 16,
        most_active: int = 32,
        most_bytes: int = MOST_BYTES,
        idle_seconds: float = 120.0,
        elsewhere: Driver | None = None,
    ) -> None:
        self._elsewhere = elsewhere
        self._storage = RunStorage(folder)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="run")
        self._most_active = most_active
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._memory = RunMemory(most_bytes)
        self._reopener = Reopener(self._storage, self._memory)
        self._pinned: dict[str, HostedRun] = {}
        self._by_owner: dict[str, HostedRun] = {}

    def start(
        self, recipe: Recipe, pair: ModelPair, score_source: str = "verifier", owner: str = ""
    ) -> HostedRun:
        """Start a run and return at once; models are loaded on the worker.

        Every run may have a pair of its own.

        An owner (a page's session) has one live run: a new one stops the one before.

        Raises:
            OptionError: The pair's verifier cannot guide this strategy.
            BusyError: Too many runs are active.
        """
        pair.check(recipe.strategy, score_source, recipe.options)
        run = HostedRun(secrets.token_urlsafe(16), owner=owner, idle_seconds=self._idle_seconds)
        with self._lock:
            earlier = self._by_owner.get(owner) if owner else None
            if earlier is not None:
                earlier.stop()
            active = sum(run.live and not run.cancelled() for run in self._memory.runs())
            if active >= self._most_active:
                raise BusyError(
                    f"The server is busy with {active} searches, the most it takes. "
                    "Nothing is lost: try again in a moment."
                )
            self._memory.hold(run)
            self._by_owner = {key: held for key, held in self._by_owner.items() if held.live}
            if owner:
                self._by_owner[owner] = run
        writer = self._storage.create(run.id)
        # Whose GPU time a run may use is known by the context that asked for it.
        asked_by = contextvars.copy_context()
        order = Order(run.id, recipe, pair, score_source)
        self._pool.submit(asked_by.run, self._work, run, writer, order)
        return run

    def get(self, run_id: str) -> HostedRun | None:
        """The run of this id, from memory or from disk; None if there is none."""
        known = self._pinned.get(run_id) or self._memory.get(run_id)
        return known or self._reopener.reopened(run_id)

    def live_run_of(self, owner: str) -> HostedRun | None:
        """The run that this owner has going; None if there is none."""
        with self._lock:
            run = self._by_owner.get(owner)
        return run if run is not None and run.live else None

    def pin(self, run_id: str, events: Sequence[Event]) -> HostedRun:
        """Hold a recording for as long as the server runs."""
        run = HostedRun.finished(run_id, events)
        with self._lock:
            self._pinned[run_id] = run
        return run

    def add_opened(
        self, events: Sequence[Event], *, owner: str = "", tree: Tree | None = None
    ) -> HostedRun:
        """Keep a trace that somebody opened as a run with an id of its own.

        Args:
            owner: Who opened it.
            tree: The folded log, where somebody has it and needs it no more.
        """
        run = HostedRun.finished(secrets.token_urlsafe(16), events, owner=owner, tree=tree)
        writer = self._storage.create(run.id)
        for event in events:
            writer.add(event)
        writer.close()
        self._reopener.written(run.id)
        self._memory.hold(run)
        return run

    def close(self) -> None:
        """Stop all runs and wait for them."""
        for run in self._memory.runs():
            run.stop()
        self._pool.shutdown(wait=True)

    def _work(self, run: HostedRun, writer: TraceWriter, order: Order) -> None:
        def listen(event: Event) -> None:
            writer.add(event)
            run.add(event)

        try:
            watch = Watch(run.cancelled, run.writing.written, run.writing.begin)
            if self._elsewhere is not None and self._elsewhere.takes(order.pair):
                self._elsewhere.drive(order, listen, watch)
            else:
                solver, verifier = aside(order.models, run.cancelled)
                drive(order.run(solver, verifier, listen), solver, verifier, watch)
        except RunCancelled:
            run.fail("Stopped before its models were there.")
        except PlainError as error:
            # Its message says all that the operator needs; what a model raised stands behind it.
            run.fail(error.public)
            _log.error("Run %s failed: %s", run.id, error, exc_info=error.__cause__)
        except BaseException as error:
            # The page gets a sentence, the operator the traceback; a thread that was lent to a
            # run outlives whatever its models raise.
            run.fail(message_for(error, next(iter(run.events()[-1:]), None)))
            _log.exception("Run %s failed", run.id)
        finally:
            writer.close()
            run.close()
            self._reopener.written(run.id)
            self._memory.make_room()
