"""The run registry: searches live here, on worker threads, not in anybody's page.

A refreshed, reconnected or second page reads the same run by its id. Runs call their models
whenever they need them: an engine answers the calls of all runs together and shares its time
fairly between them (`engine.writing.decoder`), and solver and verifier compute at the same time.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search_core.acts import Act
from search_core.heap import give_back, give_back_when_quiet
from search_core.log.events import Event
from search_core.models import ModelPair
from search_core.protocols import PlainError, RunCancelled, Watch
from search_core.run.aside import aside
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.serving.admission import Admission, Standing
from search_core.serving.comparison import comparison_of, know_comparison
from search_core.serving.encoded_log import EncodedLog
from search_core.serving.failures import message_for
from search_core.serving.hosted import HostedRun
from search_core.serving.memory import MOST_BYTES, RunMemory
from search_core.serving.order import Driver, Order
from search_core.serving.reopening import Reopener
from search_core.serving.run_ids import is_new_run_id, new_run_id
from search_core.serving.storage import MOST_KEPT, MOST_KEPT_BYTES, RunStorage
from search_core.serving.waiting_line import AdmissionLimits
from search_core.steer import Steering

_log = logging.getLogger(__name__)


class RunRegistry:
    """Starts, finds and stops runs.

    Args:
        folder: Where traces are kept.
        limits: Runs that compute at the same time, and those that may wait.
        most_bytes: Of memory for the runs that are held: finished ones that nobody asked for
            longest leave first, and are opened again from the folder.
        idle_seconds: A live run that nobody has looked at for so long is cancelled.
        most_kept, most_kept_bytes: Runs that the folder keeps, and their size in all.
        elsewhere: Drives the runs of some pairs in a way of its own (ZeroGPU).

    Raises:
        RunsFolderError: The folder cannot be made, or not be written to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        limits: AdmissionLimits | None = None,
        most_bytes: int = MOST_BYTES,
        idle_seconds: float = 120.0,
        most_kept: int = MOST_KEPT,
        most_kept_bytes: int = MOST_KEPT_BYTES,
        elsewhere: Driver | None = None,
    ) -> None:
        self._elsewhere = elsewhere
        self._storage = RunStorage(folder, most=most_kept, most_bytes=most_kept_bytes)
        self._admission = Admission(limits or AdmissionLimits())
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._memory = RunMemory(most_bytes)
        self._reopener = Reopener(self._storage, self._memory)
        self._pinned: dict[str, HostedRun] = {}
        self._by_page: dict[str, HostedRun] = {}

    def start(
        self,
        recipe: Recipe,
        pair: ModelPair,
        score_source: str = "verifier",
        *,
        owner: str = "",
        page: str = "",
        run_id: str = "",
        steering: Steering | None = None,
        acts: Sequence[Act] = (),
    ) -> HostedRun:
        """Start a run, or put it in line, and return at once; models are loaded on the worker.

        Every run may have a pair of its own.

        Args:
            owner: The visitor, as `owner_of` knows one: turns are shared out fairly between
                them. "": nobody else's.
            page: The page that asks, which has one live run: a new one stops the one before.
            run_id: The id that a page has chosen and shows already, as `new_run_id` makes them;
                anything else is replaced by a new one. A run that has this id is not started
                again, but given back.
            steering: The run that it is driven over, and what a person does to that.
            acts: What a person does to it from its beginning, where there is no such run.

        Raises:
            OptionError: The pair's verifier cannot guide this strategy.
            BusyError: Too many runs wait.
        """
        pair.check(recipe.strategy, score_source, recipe.options)
        if not is_new_run_id(run_id):
            run_id = new_run_id()
        run = HostedRun(run_id, owner=owner, idle_seconds=self._idle_seconds)
        with self._lock:
            known = self._pinned.get(run_id) or self._memory.get(run_id)
            if known is not None:
                return known
            earlier = self._by_page.get(page) if page else None
            self._memory.hold(run)
        if earlier is not None:
            earlier.stop()
        order = Order(run.id, recipe, pair, score_source, steering, tuple(acts))
        # Whose GPU time a run may use is known by the context that asked for it.
        asked_by = contextvars.copy_context()
        try:
            self._admission.submit(run, owner, lambda: asked_by.run(self._work, run, order))
        except BaseException:
            # A run that could not start leaves nothing behind.
            run.close()
            self._memory.forget(run.id)
            raise
        with self._lock:
            self._by_page = {key: held for key, held in self._by_page.items() if held.live}
            if page:
                self._by_page[page] = run
        return run

    def standing(self, run: HostedRun) -> Standing | None:
        """Where a run stands in line; None: it runs, or is over."""
        return self._admission.standing(run) if run.live else None

    def get(self, run_id: str) -> HostedRun | None:
        """The run of this id, from memory or from disk; None if there is none."""
        known = self._pinned.get(run_id) or self._memory.get(run_id)
        return known or self._reopener.reopened(run_id)

    def live_run_of(self, page: str) -> HostedRun | None:
        """The run that this page has going; None if there is none."""
        with self._lock:
            run = self._by_page.get(page)
        return run if run is not None and run.live else None

    def pin(self, run_id: str, events: Sequence[Event]) -> HostedRun:
        """Hold a recording for as long as the server runs."""
        run = HostedRun.finished(run_id, events)
        with self._lock:
            self._pinned[run_id] = run
        return run

    def add_opened(
        self,
        events: Sequence[Event] | EncodedLog,
        *,
        owner: str = "",
        comparison: list[dict[str, Any]] | None = None,
    ) -> HostedRun:
        """Keep a trace that somebody opened as a run with an id of its own.

        Args:
            owner: Who opened it.
            comparison: As `comparison_of` gives it, where somebody has it.
        """
        run = HostedRun.finished(new_run_id(), events, owner=owner)
        writer = self._storage.create(run.id, run.lose, opened=True)
        writer.add_text(run.text)
        writer.close()
        self._reopener.written(run.id)
        if comparison is not None:
            know_comparison(run, comparison)
        comparison_of(run)  # the page asks for it at once
        self._memory.hold(run)
        give_back(run.size)  # what it took to read it was many times that
        return run

    def close(self) -> None:
        """Stop all runs and wait for them."""
        for run in self._memory.runs():
            run.stop()
        self._admission.close()

    def _work(self, run: HostedRun, order: Order) -> None:
        writer = self._storage.create(run.id, run.lose)

        def listen(event: Event) -> None:
            writer.add(event)
            run.add(event)

        try:
            watch = Watch(run.cancelled, run.writing.written, run.writing.begin)
            if self._elsewhere is not None and self._elsewhere.takes(order.pair):
                self._elsewhere.drive(order, listen, watch)
            else:
                ready = order.ready(*aside(order.models, run.cancelled), listen)
                drive(ready.run, ready.solver, ready.verifier, watch)
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
            try:
                writer.close()
            finally:
                run.close()
            self._reopener.written(run.id)
            self._memory.make_room()
            give_back_when_quiet()
