"""What a run's solver is writing right now: told to the page, and no part of the log."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.log.events import Role

MOST_TOLD = 512
"""Nodes of one call that a page is told of; a round of more is too wide to read anyway."""


@dataclass(frozen=True, slots=True)
class WritingProgress:
    """The nodes of one solver call, in its order, each with the tokens it has so far."""

    role: Role = "step"
    ids: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()

    def encoded(self) -> str:
        """JSON `{"role": role, "tokens": [[id, tokens], …]}`."""
        pairs = [list(pair) for pair in zip(self.ids, self.tokens, strict=True)]
        return json.dumps({"role": self.role, "tokens": pairs}, separators=(",", ":"))


class WritingMonitor:
    """Keeps count while models write; any thread may tell it, any other may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._role: Role = "step"
        self._ids: tuple[str, ...] = ()
        self._tokens: list[int] = []

    def begin(self, ids: Sequence[str], role: Role) -> None:
        """A call begins that writes these nodes; none: what was being written is there."""
        with self._lock:
            self._role, self._ids = role, tuple(ids[:MOST_TOLD])
            self._tokens = [0] * len(self._ids)

    def written(self, place: int, tokens: int) -> None:
        """The call's sample of this number has so many tokens by now."""
        with self._lock:
            if 0 <= place < len(self._tokens):
                self._tokens[place] = tokens

    def now(self) -> WritingProgress:
        """What is being written at this moment."""
        with self._lock:
            return WritingProgress(self._role, self._ids, tuple(self._tokens))
