"""Batches of events as they travel to a page: numbered once, not event by event."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events import Event, event_to_json


def encode_batch(events: Sequence[Event]) -> str:
    """JSON `{"first": seq, "events": [...]}`; the events leave out `seq`, which counts on.

    The page still sees every gap: a batch that does not start where the last one ended.
    """
    return batch_of_lines(events[0].seq if events else 0, [event_to_json(one) for one in events])


def batch_of_lines(first: int, lines: Sequence[str]) -> str:
    """The same of the events' lines, as `event_to_json` makes them; `first` is the number of the
    first one. Nothing is read or encoded again."""
    return f'{{"first":{first},"events":[{",".join(map(_without_seq, lines))}]}}'


def _without_seq(line: str) -> str:
    # Every line begins with its number: `{"seq":12,`.
    return "{" + line[line.index(",") + 1 :]
