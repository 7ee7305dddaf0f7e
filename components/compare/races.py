"""Races on a server: lanes are runs of the registry, started together and told of together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from components.compare.asked import AskedRace
from search_core.log.tree import Tree
from search_core.race import MOST_LANES, sharing_pairs
from search_core.race.lanes import Sharing
from search_core.race.table import race_values
from search_core.serving import BusyError, HostedRun, RunRegistry, values_of

MOST_EVENTS = 30_000
"""Of all lanes whose table is worked out here: a larger race takes seconds of everybody's
processor."""
EVENTS_PER_REPLY = 2_000
"""Of each lane."""
_KEPT = 64


class Races:
    """Starts, tells of and stops races. Thread-safe.

    Args:
        registry: Where the lanes run.
    """

    def __init__(self, registry: RunRegistry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._sharing: OrderedDict[tuple[str, ...], Sharing] = OrderedDict()
        self._tables: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()

    def start(self, asked: AskedRace, owner: str) -> list[str]:
        """Start all lanes, or none; the ids of their runs.

        Raises:
            BusyError: Too many searches wait.
        """
        sharing = sharing_pairs([lane.pair for lane in asked.lanes])
        started: list[HostedRun] = []
        try:
            for lane, pair in zip(asked.lanes, sharing.pairs, strict=True):
                started.append(
                    self._registry.start(lane.recipe, pair, lane.score_source, owner=owner)
                )
        except BusyError:
            for run in started:
                run.stop()
            raise
        ids = [run.id for run in started]
        with self._lock:
            self._sharing[tuple(ids)] = sharing
            while len(self._sharing) > _KEPT:
                self._sharing.popitem(last=False)
        return ids

    def told(self, ids: Sequence[str], since: Sequence[int]) -> list[dict[str, Any]]:
        """What is new in each lane, after so many of its events; `gone` of one that is not here."""
        return [self._lane(run_id, start) for run_id, start in zip(ids, since, strict=True)]

    def stop(self, ids: Sequence[str]) -> None:
        """Ask all lanes to end."""
        for run_id in ids:
            run = self._registry.get(run_id)
            if run is not None and run.live:
                run.stop()

    def table(self, ids: Sequence[str]) -> dict[str, Any]:
        """The table of a race that is over, as `race_values`, with what sharing `saved`.

        Dear where it is not known: for whoever has a turn.

        Raises:
            ValueError: It is not over, not here, too large, or about several problems; the message
                is for the visitor.
        """
        key = tuple(ids)
        with self._lock:
            known = self._tables.get(key)
        if known is not None:
            return known
        runs = [self._registry.get(run_id) for run_id in key]
        there = [run for run in runs if run is not None]
        if len(there) < len(key) or not 2 <= len(key) <= MOST_LANES:
            raise ValueError("A lane of this race is no longer kept here. Race again.")
        if any(run.live or not run.head for run in there):
            raise ValueError("The race is not over yet.")
        if sum(run.head for run in there) > MOST_EVENTS:
            raise ValueError(
                "This race is too large to be compared here. Race on the command line: "
                "python -m search_core race."
            )
        logs = []
        for run in there:
            events = run.events()
            logs.append((events, Tree.from_events(events)))
        if len({tree.started.problem.text for _, tree in logs if tree.started}) > 1:
            raise ValueError("These runs are about different problems; compare runs of one.")
        values = race_values(logs)
        with self._lock:
            sharing = self._sharing.pop(key, None)
            if sharing is not None:
                values["saved"] = {"written": sharing.written, "read": sharing.read}
            self._tables[key] = values
            while len(self._tables) > _KEPT:
                self._tables.popitem(last=False)
        return values

    def _lane(self, run_id: str, since: int) -> dict[str, Any]:
        run = self._registry.get(run_id)
        if run is None:
            return {"run": run_id, "events": [], "head": 0, "live": False, "gone": True}
        live = run.live  # looked at before the events: the last ones are never missed
        events = values_of(run.lines(since, EVENTS_PER_REPLY))
        told: dict[str, Any] = {"run": run_id, "events": events, "head": run.head, "live": live}
        standing = self._registry.standing(run) if live and not run.head else None
        if standing is not None:
            told["ahead"] = standing.ahead
        if run.error:
            told["error"] = run.error
        return told
