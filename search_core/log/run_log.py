"""The log of one run while it is written: events, and the tree that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from search_core.log.events import BackedUp, Event, Sampled, Scored, Started
from search_core.log.tree import LogError, Tree

TIME_DIGITS = 4
OF_ONE_STEP: frozenset[type[Event]] = frozenset({Sampled, Scored, BackedUp})
StepEvent = type[Sampled] | type[Scored] | type[BackedUp]
"""Those, as they are asked for by `RunLog.add_step`."""


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
        self._events: list[Event] = []
        self.tree = Tree()

    @property
    def events(self) -> list[Event]:
        """The log so far."""
        return self._events

    @property
    def seconds(self) -> float:
        """Seconds since the run started."""
        return round(self._clock() - self._start, TIME_DIGITS)

    def deciding(self) -> Iterator[Event]:
        """The events but for those that say of one step that it was written, scored or visited:
        by far the most, and they decide nothing."""
        return (event for event in self._events if type(event) not in OF_ONE_STEP)

    def add(self, kind: type[Event], **fields: Any) -> None:
        """Append an event of this kind.

        Raises:
            LogError: It does not follow from the log, which stays as it was.
        """
        events = self._events
        seconds = round(self._clock() - self._start, TIME_DIGITS)
        values = {"seq": len(events), "t": seconds, **fields}
        # What `kind(**values)` comes to, without a call in between: a run has thousands of them.
        event: Event = kind.__pydantic_validator__.validate_python(values)
        try:
            self.tree.apply(event)
        except LogError:
            self.tree = Tree.from_events(events)  # the event was half applied
            raise
        events.append(event)
        self._listener(event)

    def add_step(self, kind: StepEvent, values: tuple[Any, ...]) -> None:
        """Append an event of one step alone: what it says, in the order of `Event.said`.

        Raises as `add`.
        """
        self.add(kind, **dict(zip(kind.said, values, strict=True)))

    def add_steps(self, kind: StepEvent, many: Sequence[tuple[Any, ...]]) -> None:
        """Append several of them. Raises as `add`."""
        for values in many:
            self.add_step(kind, values)


class KnownLog(RunLog):
    """The log of a run over replies that are known: nobody waits for it, and nobody listens.

    All that it holds was checked when it was first written down, so its events are not checked
    again, and no time goes by. Those of one step alone are only done to the tree, and become
    events once somebody reads the log: a what-if is told by its tree.
    """

    def __init__(self) -> None:
        super().__init__(lambda: 0.0, lambda _: None)
        self._said: list[Event | tuple[StepEvent, Sequence[tuple[Any, ...]]]] = []
        """The whole log: events, and of those of one step alone what they say, as many as were
        added at once."""
        self._made = 0
        """How much of that is among the events that were made."""

    @property
    def seconds(self) -> float:
        """Always 0."""
        return 0.0

    @property
    def events(self) -> list[Event]:
        """The log so far; what is not made yet is made now."""
        made = self._events
        for said in self._said[self._made :]:
            if isinstance(said, tuple):
                kind, many = said
                for values in many:
                    made.append(kind.known(len(made), dict(zip(kind.said, values, strict=True))))
            else:
                made.append(said)
        self._made = len(self._said)
        return made

    def deciding(self) -> Iterator[Event]:
        return (said for said in self._said if not isinstance(said, tuple))

    def add(self, kind: type[Event], **fields: Any) -> None:
        """Append an event of this kind. Raises as `RunLog.add`."""
        tree = self.tree
        event: Event
        if kind is Started:  # The one that is made of what somebody asks for now.
            event = kind(seq=0, t=0.0, **fields)
        else:
            event = kind.known(tree.seq + 1, fields)
        try:
            tree.follow(event)
        except LogError:
            self.tree = Tree.from_events(self.events)
            raise
        self._said.append(event)

    def add_step(self, kind: StepEvent, values: tuple[Any, ...]) -> None:
        """As of `RunLog`."""
        self.add_steps(kind, (values,))

    def add_steps(self, kind: StepEvent, many: Sequence[tuple[Any, ...]]) -> None:
        """As of `RunLog`, but all of them or none. Nine of ten events of a search are these."""
        tree = self.tree
        try:
            tree.seq += len(many)
            kind.put_all(tree, many)
        except LogError:
            self.tree = Tree.from_events(self.events)
            raise
        self._said.append((kind, many))
