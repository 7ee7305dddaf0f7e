"""A log as a server holds it: the text of its trace file, in memory.

Python's objects of a log take ten to thirty times the room of its text, and what is asked of a
run that is held is nearly always text: batches and pages for the browser. So the text is what is
kept, and events are made of it again where somebody needs events.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from search_core.log.events import Event, event_from_dict, event_to_json


class EncodedLog:
    """Events as lines of JSON, each with its line break. Who shares it between threads locks it."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._text = bytearray()
        self._ends: array[int] = array("Q")
        """Where each line ends in the text; a line begins where the one before it ends."""
        for event in events:
            self.append(event)

    @classmethod
    def of_text(cls, text: bytes) -> EncodedLog:
        """The log whose lines these are, as `append` writes them; they are not looked into."""
        log = cls()
        log._text = bytearray(text)
        end = 0
        while (end := text.find(b"\n", end) + 1) > 0:
            log._ends.append(end)
        return log

    def append(self, event: Event) -> None:
        """Take the next event."""
        self._text += event_to_json(event).encode() + b"\n"
        self._ends.append(len(self._text))

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def size(self) -> int:
        """Bytes that it takes of memory, with the room that it keeps free for more."""
        return sys.getsizeof(self._text) + sys.getsizeof(self._ends)

    def text(self) -> bytes:
        """All of its lines, as its trace file has them."""
        return bytes(self._text)

    def has_text(self, text: bytes) -> bool:
        """Whether this is its text, to the byte."""
        return self._text == text

    def says(self, part: bytes) -> bool:
        """Whether this stands somewhere in its text."""
        return part in self._text

    def lines(self, start: int = 0, limit: int | None = None) -> list[str]:
        """The JSON of the events from number `start` on, at most `limit` of them."""
        begin = self._ends[start - 1] if 0 < start <= len(self) else 0
        lines = []
        for end in self._ends[start : None if limit is None else start + limit]:
            lines.append(self._text[begin : end - 1].decode())
            begin = end
        return lines


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """The events that these lines were made of."""
    return (event_from_dict(json.loads(line)) for line in lines)


def values_of(lines: Sequence[str]) -> list[dict[str, Any]]:
    """The JSON values of these lines."""
    values: list[dict[str, Any]] = json.loads(f"[{','.join(lines)}]")
    return values
