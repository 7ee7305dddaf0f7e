"""What was found out of a run's tree, each thing once: the tree is folded for it and let go.

A tree takes many times the room of its log, and what a page asks of it (what other models would
have cost, a chart) is small. So the findings are kept. The tree is kept only while the run is
live, when it is looked at again and again: each time only the new events are applied to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from search_core.log.events import Event
from search_core.log.tree import Tree

T = TypeVar("T")
Fold = Callable[[], Tree]

BYTES_PER_NODE = 1_200
"""What a folded node takes of memory, as measured: its record, its text, its part of events."""
SMALL = 10_000
"""Bytes of a finding that is kept when its run leaves memory: to find it again costs seconds."""
_EVENTS_AT_ONCE = 1_000
"""A log is folded in pieces: all of its events together would take twenty times its text."""


class FoldedLog(Protocol):
    """A log that may still grow."""

    @property
    def live(self) -> bool: ...

    @property
    def head(self) -> int: ...

    def since(self, start: int, limit: int | None) -> list[Event]: ...


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """What was found when the log had so many events."""

    head: int
    value: Any
    size: int


class Findings:
    """The findings of one run. Several threads may look; one finds at a time.

    Args:
        known: What was found before, by its name.
    """

    def __init__(self, known: Mapping[str, KeptFinding] | None = None) -> None:
        self._folding = threading.Lock()
        self._tree: Tree | None = None
        self._found: dict[str, KeptFinding] = dict(known or {})

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        tree = self._tree
        nodes = BYTES_PER_NODE * len(tree.nodes) if tree is not None else 0
        return nodes + sum(finding.size for finding in list(self._found.values()))

    def small(self) -> dict[str, KeptFinding]:
        """Those that take next to nothing."""
        found = list(self._found.items())
        return {name: finding for name, finding in found if finding.size <= SMALL}

    def find(
        self, name: str, log: FoldedLog, look: Callable[[Fold], T], size: Callable[[T], int]
    ) -> T:
        """As `HostedRun.find`."""
        with self._folding:
            live, head = log.live, log.head  # in this order: what is over has its last event
            known = self._found.get(name)
            if known is not None and known.head == head:
                value: T = known.value
                return value
            value = look(lambda: self._folded(log, head))
            self._found[name] = KeptFinding(head, value, size(value))
            if not live:
                self._tree = None
            return value

    def _folded(self, log: FoldedLog, head: int) -> Tree:
        tree = self._tree or Tree()
        self._tree = None  # an event that is refused leaves no half-applied tree behind
        for start in range(tree.seq + 1, head, _EVENTS_AT_ONCE):
            for event in log.since(start, min(_EVENTS_AT_ONCE, head - start)):
                tree.apply(event)
        self._tree = tree
        return tree
