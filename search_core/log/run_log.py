"""The log of one run while it is written: events, and the tree that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from search_core.log.events import BackedUp, Event, Started
from search_core.log.tree import LogError, Tree

TIME_DIGITS = 4


class RunLog:
    """Appends events and keeps the tree in step.

    Args:
        clock: Seconds, monotone.
        listener: Called with each event once it is part of the log.
    """

    def __init__(self, clock: Callable[[], float], listener: Callable[[Event], None]) -> None:
        self._clock = clock
        self._start = clock()
        self._listener = listener
        self.events: list[Event] = []
        self.tree = Tree()

    @property
    def seconds(self) -> float:
        """Seconds since the run started."""
        return round(self._clock() - self._start, TIME_DIGITS)

    def add(self, kind: type[Event], **fields: Any) -> None:
        """Append an event of this kind.

        Raises:
            LogError: It does not follow from the log, which stays as it was.
        """
        events = self.events
        seconds = round(self._clock() - self._start, TIME_DIGITS)
        values = {"seq": len(events), "t": seconds, **fields}
        # What `kind(**values)` comes to, without a call in between: a run has thousands of them.
        event: Event = kind.__pydantic_validator__.validate_python(values)
        try:
            self.tree.apply(event)
        except LogError:
            self.tree = Tree.from_events(self.events)  # the event was half applied
            raise
        events.append(event)
        self._listener(event)

    def back_up(self, statistics: Iterable[tuple[str, int, float]]) -> None:
        """Append the new statistics of nodes: id, visits, value. Raises as `add`."""
        for node_id, visits, value in statistics:
            self.add(BackedUp, id=node_id, visits=visits, value=value)


class KnownLog(RunLog):
    """The log of a run over replies that are known: nobody waits for it, and nobody listens.

    All that it holds was checked when it was first written down, so its events are not checked
    again, and no time goes by: checking and the clock took a third of what a what-if took.
    """

    def __init__(self) -> None:
        super().__init__(lambda: 0.0, lambda _: None)

    @property
    def seconds(self) -> float:
        """Always 0."""
        return 0.0

    def add(self, kind: type[Event], **fields: Any) -> None:
        """Append an event of this kind. Raises as `RunLog.add`."""
        events = self.events
        if kind is Started:  # The one that is made of what somebody asks for now.
            return super().add(kind, **fields)
        event = kind.known(len(events), fields)
        try:
            self.tree.follow(event)
        except LogError:
            self.tree = Tree.from_events(events)
            raise
        events.append(event)
        return None

    def back_up(self, statistics: Iterable[tuple[str, int, float]]) -> None:
        """As of `RunLog`. Half the events of MCTS are these, so no call stands in between: what
        `BackedUp.known` and its `apply_to` come to, for all of them."""
        tree, events = self.tree, self.events
        try:
            for node_id, visits, value in statistics:
                tree.seq += 1
                node = tree.node(node_id)
                node.visits, node.value = visits, value
                said = {"id": node_id, "visits": visits, "value": value}
                events.append(
                    BackedUp.holding({"seq": tree.seq, "t": 0.0, "kind": "backed_up", **said})
                )
        except LogError:
            self.tree = Tree.from_events(events)
            raise
