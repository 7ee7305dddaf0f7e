"""Events as JSON, and back: short, exact, and closed to what is no event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from search_core.log.events.event import EVENT_KINDS, Event

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def event_to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values, defaults left out (the header is kept whole)."""
    values = event.model_dump(mode="json", exclude_defaults=not event.written_whole)
    return {"seq": event.seq, "t": event.t, "kind": event.kind, **values}


def event_to_json(event: Event) -> str:
    """One line of NDJSON, without the line break."""
    return _ENCODER.encode(event_to_dict(event))


def event_from_dict(values: Mapping[str, Any]) -> Event:
    """Validate JSON values as an event.

    Raises:
        UnknownKind: There is no such kind of event in this version.
        pydantic.ValidationError: The values are not an event of this kind.
    """
    kind = values.get("kind")
    known = EVENT_KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        expected = ", ".join(sorted(EVENT_KINDS))
        raise UnknownKind(f"{str(kind)[:40]!r} is no kind of event; expected {expected}.")
    return known.model_validate(values)


class UnknownKind(ValueError):
    """An event says that it is of a kind that is not known."""
