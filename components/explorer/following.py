"""From a hosted run to the page: batches of events, a few times a second.

A batch can get lost on its way (a hidden tab drops some): the page sees the gap by the
sequence numbers and pulls. So what is sent here is small, and never the only way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict
from typing import Any

from search_core.models import alternatives
from search_core.serving import HostedRun, RunRegistry, batch_of_lines, values_of
from search_core.serving.writing import WritingProgress

SECONDS_BETWEEN_BATCHES = 0.1
SECONDS_BETWEEN_COUNTS = 0.3
"""Between batches that only say how many tokens there are by now."""
EVENTS_PER_BATCH = 1000
EVENTS_PER_PULL = 2000
_BYTES_PER_ROW = 300

Batch = dict[str, Any]


def whole_run(run: HostedRun, node: str | None = None) -> Batch:
    """A run that is over: the page pulls its events."""
    return {"run": run.id, "ev": "", "head": run.head, "live": run.live, "node": node} | _loss(run)


async def follow(run: HostedRun, node: str | None = None) -> AsyncIterator[Batch]:
    """Batches of a run's events until its end. Leaving early does not stop the run.

    Nothing comes before the first event, so that the page keeps its tree until there is a
    new one to show. Between events it is told what is being written, whenever that changes.
    """
    sent, lost = 0, False
    told, told_at = WritingProgress(), 0.0
    while True:
        live = run.live  # looked at before the events: the last ones are never missed
        # Before the events too: what has just been written is among the one or the other.
        writing, now = run.writing.now(), time.monotonic()
        lines = run.lines(sent, EVENTS_PER_BATCH)
        due = writing.ids != told.ids or now - told_at > SECONDS_BETWEEN_COUNTS
        news = lost != bool(run.not_kept)
        if lines or (sent and (news or (writing != told and due))):
            ev = batch_of_lines(sent, lines) if lines else ""
            sent, lost = sent + len(lines), bool(run.not_kept)
            batch = {
                "run": run.id,
                "ev": ev,
                "head": sent,
                # Of a run that is over there may be more than one batch: it is not cut off here.
                "live": live or sent < run.head,
                "node": node,
            } | _loss(run)
            if writing != told:
                told, told_at = writing, now
                batch["writing"] = writing.encoded()
            yield batch
        if not live and sent >= run.head:
            return
        await asyncio.sleep(SECONDS_BETWEEN_BATCHES)


def _loss(run: HostedRun) -> Batch:
    """Why a run is not kept on disk, where that is so."""
    return {"not_kept": run.not_kept} if run.not_kept else {}


def comparison(run: HostedRun) -> Batch:
    """What a bigger model answering once would have cost: worked out once for each run."""
    rows = run.find(
        "alternatives",
        lambda fold: [asdict(row) for row in alternatives(fold())],
        lambda rows: _BYTES_PER_ROW * len(rows),
    )
    return {"run": run.id, "rows": rows}


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
