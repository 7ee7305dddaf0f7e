"""What was found out of a run's tree, each thing once: the tree is folded for it and let go.

A tree takes many times the room of its log, and what a page asks of it (what other models would
have cost, a chart) is small. So the findings are kept. The tree is kept only while the run is
live, when it is looked at again and again: each time only the new events are applied to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from search_core.log.events import Event
from search_core.log.tree import Tree

T = TypeVar("T")
Fold = Callable[[], Tree]

BYTES_PER_NODE = 1_200
"""What a folded node takes of memory, as measured: its record, its text, its part of events."""


class FoldedLog(Protocol):
    """A log that may still grow."""

    @property
    def live(self) -> bool: ...

    @property
    def head(self) -> int: ...

    def since(self, start: int, limit: int | None) -> list[Event]: ...


@dataclass(frozen=True, slots=True)
class _Finding:
    """What was found when the log had so many events."""

    head: int
    value: Any
    size: int


class Findings:
    """The findings of one run. Several threads may look; one finds at a time.

    Args:
        tree: The log as it stands, where somebody has just folded it; nobody else may change it.
    """

    def __init__(self, tree: Tree | None = None) -> None:
        self._folding = threading.Lock()
        self._tree = tree
        self._found: dict[str, _Finding] = {}

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        tree = self._tree
        nodes = BYTES_PER_NODE * len(tree.nodes) if tree is not None else 0
        return nodes + sum(finding.size for finding in list(self._found.values()))

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
            self._found[name] = _Finding(head, value, size(value))
            if not live:
                self._tree = None
            return value

    def _folded(self, log: FoldedLog, head: int) -> Tree:
        tree = self._tree or Tree()
        self._tree = None  # an event that is refused leaves no half-applied tree behind
        have = tree.seq + 1
        for event in log.since(have, head - have):
            tree.apply(event)
        self._tree = tree
        return tree
