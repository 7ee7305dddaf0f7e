"""Batches of events as they travel to a page: in columns, numbered once.

Most events are alike: of one kind, many with the same values. So events of a kind that follow each
other are one group, which names their fields once, says once what is the same in all of them, and
lists the rest field by field. Inside JSON inside JSON, as a page gets it, each quotation mark costs
two bytes, and names would cost more than what they name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from search_core.log.events import Event, event_to_json


def encode_batch(events: Sequence[Event]) -> str:
    """JSON `{"first": seq, "groups": [...]}`; a group is an event or columns.

    Columns are `{"keys", "count", "values"}`. `keys` are the fields of the events in their order,
    without `seq`, which counts on from `first` through all groups. `values` has one entry for each
    key: a list of `count` values, null where an event does not have the field; `{"all": value}`
    where all have the same list or record; or the value itself where all have it and it is neither.
    An event that says null stands for itself.

    The page still sees every gap: a batch that does not start where the last one ended.
    """
    return batch_of_lines(events[0].seq if events else 0, [event_to_json(one) for one in events])


def batch_of_lines(first: int, lines: Sequence[str]) -> str:
    """The same of the events' lines, as `event_to_json` makes them; `first` is the number of the
    first one."""
    values: list[dict[str, Any]] = json.loads(f"[{','.join(lines)}]")
    for event in values:
        del event["seq"]
    groups = [part for kind, same in groupby(values, _kind) for part in _groups(kind, list(same))]
    batch = {"first": first, "groups": groups}
    return json.dumps(batch, ensure_ascii=False, separators=(",", ":"))


def _kind(event: dict[str, Any]) -> str:
    """What events of a group share; one that says null is in none."""
    return "" if None in event.values() else str(event["kind"])


def _groups(kind: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not kind or len(events) == 1:
        return events
    keys = _keys(events)
    columns = [_column([event.get(key) for event in events]) for key in keys]
    return [{"keys": keys, "count": len(events), "values": columns}]


def _keys(events: Sequence[dict[str, Any]]) -> list[str]:
    """The fields that any of them has, in the order that all of them have."""
    keys = list(events[0])
    for event in events:
        place = 0
        for key in event:
            if key not in keys:
                keys.insert(place, key)
            place = keys.index(key) + 1
    return keys


def _column(values: list[Any]) -> Any:
    first = values[0]
    # 1 and 1.0 and True are equal, and are not the same.
    if any(value != first or type(value) is not type(first) for value in values[1:]):
        return values
    return {"all": first} if isinstance(first, list | dict) else first


def values_of_batch(text: str) -> list[dict[str, Any]]:
    """The events of a batch as JSON values, numbered: what the page makes of it."""
    batch = json.loads(text)
    events = [event for group in batch["groups"] for event in _events(group)]
    return [{"seq": number, **event} for number, event in enumerate(events, start=batch["first"])]


def _events(group: dict[str, Any]) -> list[dict[str, Any]]:
    if "keys" not in group:
        return [group]
    columns = [_spread(value, group["count"]) for value in group["values"]]
    rows = [dict(zip(group["keys"], row, strict=True)) for row in zip(*columns, strict=True)]
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def _spread(value: Any, count: int) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value["all"] if isinstance(value, dict) else value] * count
