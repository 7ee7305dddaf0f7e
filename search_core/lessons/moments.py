"""Moments of a run by name, so that a lesson need not count events.

start             the problem alone
step 3            the third step has been written
answer 2          the second solution has ended
round 2           the second round is over
round 2 written   its steps are there, and nobody has scored or decided
round 2 scored    they are scored, and nothing is decided
vote              all solutions are there, and nobody has voted
end               the run is over
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from search_core.log.events import Event

_COUNTED = {"step": "sampled", "answer": "completed"}
_MOMENT = re.compile(r"(step|answer|round) ([1-9]\d{0,3})( written| scored)?")
_KNOWN = 'start, "step 3", "answer 2", "round 2", "round 2 written", "round 2 scored", vote, end'


class MomentError(ValueError):
    """A run has no such moment; the message says what it has."""


def cursor_of(moment: str, events: Sequence[Event]) -> int:
    """How many events of the run have happened at this moment.

    Raises:
        MomentError: The name is unknown, or the run does not come to this.
    """
    if moment == "start":
        return 1
    if moment == "end":
        return len(events)
    if moment == "vote":
        return _first(events, 0, {"voted", "graded", "finished"})
    found = _MOMENT.fullmatch(moment)
    if found is None or (found[3] and found[1] != "round"):
        raise MomentError(f"There is no moment {moment!r:.50}; known are {_KNOWN}.")
    number = int(found[2])
    if found[1] == "round":
        return _in_round(moment, number, (found[3] or "").strip(), events)
    kind = _COUNTED[found[1]]
    places = [place for place, event in enumerate(events, 1) if event.kind == kind]
    if number > len(places):
        raise MomentError(f"The run has {len(places)} of them, and no {moment!r}.")
    return places[number - 1]


def _in_round(moment: str, number: int, part: str, events: Sequence[Event]) -> int:
    begins = [
        place
        for place, event in enumerate(events)
        if event.kind == "sampled" and events[place - 1].kind != "sampled"
    ]
    if number > len(begins):
        raise MomentError(f"The run has {len(begins)} rounds, and no {moment!r}.")
    begin = begins[number - 1]
    if part == "written":
        return _first(events, begin, {"merged", "scored", "decided", "completed"})
    if part == "scored":
        decided = _first(events, begin, {"decided"})
        if not any(event.kind == "scored" for event in events[begin:decided]):
            raise MomentError(f"Nothing is scored in {moment!r} before it is decided.")
        return decided
    after = begins[number] if number < len(begins) else len(events)
    return min(after, _first(events, begin, {"voted", "graded", "finished"}))


def _first(events: Sequence[Event], begin: int, kinds: set[str]) -> int:
    """Number of events before the first one of these kinds."""
    places = (place for place in range(begin, len(events)) if events[place].kind in kinds)
    return next(places, len(events))
