"""From a hosted run to the page: batches of events, a few times a second.

A batch can get lost on its way (a hidden tab drops some): the page sees the gap by the
sequence numbers and pulls. So what is sent here is small, and never the only way.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from search_core.serving import (
    HostedRun,
    RunRegistry,
    batch_of_lines,
    comparison_of,
    values_of,
)
from search_core.serving.writing import WritingProgress

SECONDS_BETWEEN_BATCHES = 0.1
SECONDS_BETWEEN_COUNTS = 0.3
"""Between batches that only say how many tokens there are by now."""
EVENTS_PER_BATCH = 1000
EVENTS_PER_PULL = 2000
BATCHES_PER_SECOND = 40.0
"""To all followers together; alone, or with three others, one is sent as many as there are."""
LONGEST_SLEEP = 0.3
_BEGINNING = 2
"""Events before the first node: the header, and that a round begins."""
MOST_PUSHED = 4_000_000
"""Characters of one run that are pushed to one page. Nobody may be there to read them: beyond these
the page is told that there is more, and pulls."""

T = TypeVar("T")
Batch = dict[str, Any]


def whole_run(run: HostedRun, node: str | None = None) -> Batch:
    """A run that is over: the page pulls its events."""
    return {"run": run.id, "ev": "", "head": run.head, "live": run.live, "node": node} | _loss(run)


def expected(run: HostedRun, tokens: float | None = None) -> Batch:
    """A run that may have nothing to show yet: the tree stays, the address names the new run.

    Args:
        tokens: How many tokens its solver will write, roughly; None: nobody knows.
    """
    batch: Batch = {"run": "", "next": run.id}
    return {**batch, "tokens": round(tokens)} if tokens else batch


def refused(run_id: str, why: str = "") -> Batch:
    """A run that the page expects will not come.

    Args:
        why: For whoever acted on the tree, beside it; "": it is told elsewhere.
    """
    batch: Batch = {"run": "", "refused": run_id}
    return {**batch, "why": why} if why else batch


class Pace:
    """Shares out among all followers how often they are sent something.

    What a page is sent costs the server a few milliseconds however little it is, and with many
    followers that was more than their searches. Their trees then grow in larger pieces.
    """

    def __init__(self) -> None:
        self._followers = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """While somebody follows a run."""
        self._followers += 1
        try:
            yield
        finally:
            self._followers -= 1

    @property
    def seconds(self) -> float:
        """Between two batches of one follower."""
        return max(SECONDS_BETWEEN_BATCHES, self._followers / BATCHES_PER_SECOND)


async def follow(
    run: HostedRun, node: str | None = None, pace: Pace | None = None
) -> AsyncIterator[Batch]:
    """Batches of a run's events until its end. Leaving early does not stop the run.

    Nothing comes before the first event, so that the page keeps its tree until there is a
    new one to show. Between events it is told what is being written, whenever that changes.

    Args:
        pace: Shared by all followers; None: as often as one alone.
    """
    async for batch, _ in follow_with(run, _silent, node, pace):
        if batch is not None:
            yield batch


async def follow_with(
    run: HostedRun,
    told: Callable[[], T | None],
    node: str | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[tuple[Batch | None, T | None]]:
    """The same, each with what else there is to tell at that moment; one of both may be None.

    Args:
        told: Asked before every look at the run; what it gives is passed on.
    """
    pace = pace or Pace()
    with pace.one_more():
        sending = _Sending(run, node)
        while True:
            ended = not run.live  # looked at before the events: the last ones are never missed
            batch = sending.next_batch(pace.seconds, ended=ended)
            more = told()
            if batch is not None or more is not None:
                yield batch, more
            if ended and sending.sent >= run.head:
                return
            # Often enough that the end is not late; a look costs something too.
            await asyncio.sleep(min(max(SECONDS_BETWEEN_BATCHES, pace.seconds / 2), LONGEST_SLEEP))


class _Sending:
    """How far one follower is."""

    def __init__(self, run: HostedRun, node: str | None) -> None:
        self._run, self._node = run, node
        self.sent = 0
        self._pushed = 0
        self._sent_at = -math.inf
        self._told, self._told_at = WritingProgress(), 0.0
        self._lost = False

    def next_batch(self, seconds: float, *, ended: bool) -> Batch | None:
        """What is to be sent now, if anything; `seconds` lie between two batches."""
        # Before the events too: what has just been written is among the one or the other.
        writing, now = self._run.writing.now(), time.monotonic()
        # The end comes at once, and so does what makes a page's first node.
        if not ended and self.sent > _BEGINNING and now - self._sent_at < seconds:
            return None
        lines = self._run.lines(self.sent, EVENTS_PER_BATCH)
        changed = self.sent and writing != self._told
        between = max(SECONDS_BETWEEN_COUNTS, 2 * seconds)
        due = writing.ids != self._told.ids or now - self._told_at > between
        # That a run cannot be kept is told at once.
        news = self.sent and self._lost != bool(self._run.not_kept)
        if not lines and not news and not (changed and due):
            return None
        self._lost = bool(self._run.not_kept)
        ev = batch_of_lines(self.sent, lines) if lines and self._pushed < MOST_PUSHED else ""
        self._pushed += len(ev)
        self.sent += len(lines)
        self._sent_at = now
        batch: Batch = {
            "run": self._run.id,
            "ev": ev,
            "head": self.sent,
            # Of a run that is over there may be more than one batch.
            "live": not ended or self.sent < self._run.head,
            "node": self._node,
        } | _loss(self._run)
        if writing != self._told:
            self._told, self._told_at = writing, now
            batch["writing"] = writing.encoded()
        return batch


def _silent() -> None:
    """There is nothing else to tell."""


def _loss(run: HostedRun) -> Batch:
    """Why a run is not kept on disk, where that is so."""
    return {"not_kept": run.not_kept} if run.not_kept else {}


def comparison(run: HostedRun) -> Batch:
    """What a bigger model answering once would have cost: worked out once for each run."""
    return {"run": run.id, "rows": comparison_of(run)}


def puller(registry: RunRegistry) -> Callable[[object], Batch]:
    """The function that the page calls to fill gaps and to read runs that are over."""

    def pull_events(query: object) -> Batch:
        """Events of `{run, since}` from number `since` on; anything else gives "gone"."""
        gone: Batch = {"events": [], "head": 0, "live": False, "gone": True}
        if not isinstance(query, Mapping):
            return gone
        run_id, since = query.get("run"), query.get("since", 0)
        if not isinstance(run_id, str) or not isinstance(since, int) or since < 0:
            return gone
        run = registry.get(run_id)
        if run is None:
            return gone
        live, writing = run.live, run.writing.now()
        events = values_of(run.lines(since, EVENTS_PER_PULL))
        reply: Batch = {"events": events, "head": run.head, "live": live, "gone": False}
        more = {"writing": writing.encoded()} if live else {"comparison": comparison(run)}
        return {**reply, **more, **_loss(run)}

    return pull_events
