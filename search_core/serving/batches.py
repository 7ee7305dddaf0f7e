"""Batches of events as they travel to a page: numbered once, not event by event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from search_core.log.events import Event, event_to_dict


def encode_batch(events: Sequence[Event]) -> str:
    """JSON `{"first": seq, "events": [...]}`; the events leave out `seq`, which counts on.

    The page still sees every gap: a batch that does not start where the last one ended.
    """
    first = events[0].seq if events else 0
    bare = [_without_seq(event) for event in events]
    return json.dumps({"first": first, "events": bare}, ensure_ascii=False, separators=(",", ":"))


def _without_seq(event: Event) -> dict[str, Any]:
    values = event_to_dict(event)
    del values["seq"]
    return values
