"""Runs a race from Python: each lane in a thread, all of them through the same models."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.models import ModelPair
from search_core.protocols import Cancelled, RunCancelled, Watch
from search_core.race.lanes import Lane, check_lanes, sharing_pairs
from search_core.race.table import race_values
from search_core.run.aside import never
from search_core.run.driving import drive
from search_core.run.pairing import told
from search_core.run.runner import Run

Listener = Callable[[int, Event], None]
_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class RaceResult:
    """A race that is over.

    Attributes:
        logs: Of each lane its events and its tree.
        written, read: Tokens that were written, or read by verifiers, once for several lanes.
    """

    logs: tuple[tuple[Sequence[Event], Tree], ...]
    written: int = 0
    read: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The table, where the lanes part, and what sharing saved; JSON-ready."""
        saved = {"written": self.written, "read": self.read}
        return {**race_values(self.logs), "saved": saved}


def unheard(lane: int, event: Event) -> None:
    """Nobody listens."""


def race(
    lanes: Sequence[Lane],
    *,
    listener: Listener = unheard,
    cancelled: Cancelled = never,
) -> RaceResult:
    """Run all lanes together and wait for their end.

    The lanes' calls are answered together by the engine, as far as they come together. What they
    ask for alike is asked once; each lane's log says what it would have cost alone.

    Args:
        listener: Called with a lane's number, from 0, and each of its events; from several
            threads.

    Raises:
        ValueError: This is no race; see `check_lanes`.
        RunCancelled: `cancelled()` became True.
        Exception: What a model raised in one of the lanes; the others are stopped then.
    """
    check_lanes(lanes)
    sharing = sharing_pairs([lane.pair for lane in lanes])
    stop = threading.Event()
    runs: list[Run | None] = [None] * len(lanes)
    failures: list[BaseException] = []

    def stopping() -> bool:
        return stop.is_set() or cancelled()

    def go(place: int) -> None:
        try:
            runs[place] = run_lane(lanes[place], sharing.pairs[place], place, listener, stopping)
        except BaseException as error:
            failures.append(error)
            stop.set()

    threads = [
        threading.Thread(target=go, args=(place,), name=f"lane {place + 1}", daemon=True)
        for place in range(len(lanes))
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_SECONDS_BETWEEN_LOOKS)
    finally:
        stop.set()  # Ctrl-C comes to the thread that waits
    if failures:
        raise failures[0]
    if cancelled():
        raise RunCancelled
    logs = tuple((run.events, run.tree) for run in runs if run is not None)
    return RaceResult(logs, sharing.written, sharing.read)


def run_lane(
    lane: Lane, pair: ModelPair, place: int, listener: Listener, stopping: Cancelled
) -> Run:
    """One lane's run, to its end; `race` runs several at a time.

    Args:
        pair: In place of the lane's own, as `sharing_pairs` gives it.
        place: The lane's number, from 0, for the listener.
    """
    recipe = lane.recipe
    # A strategy that reads no scores needs no verifier, whichever was chosen.
    source = lane.score_source if recipe.strategy.uses_verifier else "log-probability"
    solver, verifier = told(pair.solver, recipe.system_prompt), pair.score_source(source)
    run = Run(
        recipe,
        solver.info,
        verifier.info,
        run_id=secrets.token_urlsafe(12),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        listener=lambda event: listener(place, event),
    )
    drive(run, solver, verifier, Watch(stopping))
    return run
