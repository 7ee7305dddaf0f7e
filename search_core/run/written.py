"""The token ids in which a run's solver wrote its steps, for as long as the run lives."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from search_core.protocols import StepIds, TokenIds


class WrittenSteps:
    """Token ids by node. Logs and traces know nothing of them.

    Four bytes a token, and no more tokens than the run may write (`Limits.tokens`).
    """

    def __init__(self) -> None:
        self._ids: dict[str, array[int]] = {}

    def __bool__(self) -> bool:
        """Whether anything is known of any node."""
        return bool(self._ids)

    def keep(self, node_id: str, ids: TokenIds | None) -> None:
        """Remember what a node was written in; None: nobody knows."""
        if ids is not None:
            self._ids[node_id] = array("I", ids)

    def of(self, node_ids: Sequence[str]) -> StepIds:
        """Of each node its ids, or None; empty where none are known of any."""
        found = [self._ids.get(node_id) for node_id in node_ids]
        if all(ids is None for ids in found):
            return ()
        return tuple(None if ids is None else tuple(ids) for ids in found)

    def clear(self) -> None:
        """The run is over."""
        self._ids.clear()
