"""Says once in every run what there is to say of a model."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.protocols.watch import Watch

_MOST_RUNS = 10_000


class WarnsOnce:
    """Warns each run once.

    Args:
        messages: What to say; nothing is said where there are none.
    """

    def __init__(self, messages: Sequence[str]) -> None:
        self._messages = list(messages)
        self._told: set[str] = set()

    def warn(self, run: str, watch: Watch) -> None:
        """Tell this run, unless it knows."""
        if run in self._told or not self._messages:
            return
        if len(self._told) >= _MOST_RUNS:
            self._told.clear()
        self._told.add(run)
        for message in self._messages:
            watch.warn(message)

    def forget(self, run: str) -> None:
        """The run is over."""
        self._told.discard(run)
