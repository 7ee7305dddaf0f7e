"""Trace files: one event per line (NDJSON), readable years later, safe from strangers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from search_core.log.encodings import declares_encoding, decoded
from search_core.log.events import (
    FORMAT,
    VERSION,
    Event,
    Finished,
    Started,
    UnknownKind,
    event_from_dict,
    event_to_json,
    migrated,
    without_made_up_logprobs,
)
from search_core.log.files import write_whole
from search_core.log.tree import LogError, Tree

MAX_BYTES = 64 * 1024 * 1024
MAX_EVENTS = 500_000


@dataclass(frozen=True, slots=True)
class OpenedLimits:
    """What of a trace is read at most; more is refused before any of it is.

    Attributes:
        events: Lines of the file.
        lists: Signs that begin a list: each verdict of a decision and each share is one.
    """

    events: int = MAX_EVENTS
    lists: int = MAX_BYTES


class TraceError(ValueError):
    """A trace cannot be read; the message says where, what was found, and what was expected."""


@dataclass(frozen=True, slots=True, repr=False)
class Trace:
    """A trace that was read.

    Attributes:
        events: The log, whole and consistent.
        notice: What is worth knowing about the file ("" if nothing): cut off by a crash,
            migrated from an older version.
    """

    events: tuple[Event, ...]
    notice: str = ""

    @property
    def tree(self) -> Tree:
        """The tree that the events add up to, folded anew."""
        return Tree.from_events(self.events)

    def __repr__(self) -> str:
        notice = f", {self.notice}" if self.notice else ""
        return f"<{type(self).__name__}: {len(self.events)} events{notice}>"

    @property
    def started(self) -> Started:
        """The header."""
        header = self.events[0]
        if not isinstance(header, Started):
            raise TraceError("The trace does not start with its header.")
        return header


def write_trace(events: Iterable[Event], path: Path | str) -> None:
    """Write a log as a trace file, whole or not at all. Raises OSError where it cannot be."""
    write_whole(Path(path), "".join(event_to_json(event) + "\n" for event in events))


def read_trace(path: Path) -> Trace:
    """Read a trace file.

    Raises:
        TraceError: It is too large, not a trace, of an unknown version, or contradicts itself.
        OSError: It cannot be opened.
    """
    return read_folded(path)[0]


def read_folded(path: Path, limits: OpenedLimits | None = None) -> tuple[Trace, Tree]:
    """The same with the tree, which is folded anyway to see whether the trace is whole."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TraceError(f"The file has {size:,} bytes; at most {MAX_BYTES:,} are read.")
    return _parsed(path.read_bytes(), limits or OpenedLimits())


def parse_trace(data: bytes) -> Trace:
    """Read a trace from its bytes. Raises as `read_trace`."""
    return _parsed(data, OpenedLimits())[0]


def _parsed(data: bytes, limits: OpenedLimits) -> tuple[Trace, Tree]:
    if len(data) > MAX_BYTES:
        raise TraceError(f"The trace has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    data = _as_utf8(data)
    count = data.count(b"\n")
    if count > limits.events:
        raise TraceError(f"The trace has {count:,} events; at most {limits.events:,} are read.")
    lists = data.count(b"[")
    if lists > limits.lists:
        raise TraceError(
            f"The decisions and shares of the trace have {lists:,} parts; at most "
            f"{limits.lists:,} are read."
        )
    lines = data.split(b"\n")
    # A line that was not ended was not finished: the writer crashed or is still writing.
    torn = lines.pop()
    if not any(line.strip() for line in lines) and torn.strip():
        lines, torn = [torn], b""
    # Blank lines between events say nothing; the others keep their numbers for messages.
    written = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not written:
        raise TraceError("The file is empty; expected one JSON event per line.")
    first, header = written[0]
    version = _check_header(_json(header, first))
    events = [_event(_json(line, number), version, number) for number, line in written]
    if torn.strip():
        # Not ended, yet whole: files edited by hand often lack the last line break.
        events.extend(_torn_event(torn, version, len(lines) + 1))
    events = without_made_up_logprobs(events)
    notice = _notice(events, version, torn=len(events) == len(written) and bool(torn.strip()))
    try:
        tree = Tree.from_events(events)
    except LogError as error:
        raise TraceError(f"The trace contradicts itself: {error}") from error
    return Trace(tuple(events), notice), tree


def _as_utf8(data: bytes) -> bytes:
    try:
        return decoded(data).encode() if declares_encoding(data) else data
    except ValueError as error:
        raise TraceError(str(error)) from error


def _json(line: bytes, number: int) -> dict[str, Any]:
    try:
        values = _DECODER.decode(line.decode(json.detect_encoding(line), "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise TraceError(f"Line {number} is not JSON ({error}); expected one event.") from error
    if not isinstance(values, dict):
        raise TraceError(f"Line {number} holds {type(values).__name__}; expected a JSON object.")
    return values


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse)  # one: making it takes as long as a line


def _check_header(values: dict[str, Any]) -> int:
    if values.get("kind") != "started" or values.get("format") != FORMAT:
        raise TraceError(
            f"The first line is no header of a trace; expected kind 'started' and format "
            f"{FORMAT!r}, got kind {str(values.get('kind'))[:40]!r} and format "
            f"{str(values.get('format'))[:40]!r}."
        )
    version = values.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise TraceError(f"The trace's version is {str(version)[:40]!r}; expected 1 to {VERSION}.")
    if version > VERSION:
        raise TraceError(
            f"The trace has version {version}; this Espalier reads up to {VERSION}. "
            "Update Espalier."
        )
    return version


def _event(values: dict[str, Any], version: int, number: int) -> Event:
    try:
        values = migrated(values, version, VERSION)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise TraceError(
            f"Line {number} is no event of version {version} ({error!r:.200})."
        ) from error
    if version < VERSION and values.get("kind") == "started":
        values = {**values, "version": VERSION}
    try:
        return event_from_dict(values)
    except UnknownKind as error:
        raise TraceError(f"Line {number}: {error}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise TraceError(f"Line {number}, {where or 'event'}: {problem['msg']}."[:400]) from error


def _torn_event(line: bytes, version: int, number: int) -> list[Event]:
    try:
        return [_event(_json(line, number), version, number)]
    except TraceError:
        return []


def _notice(events: list[Event], version: int, *, torn: bool) -> str:
    notes = []
    if version < VERSION:
        notes.append(f"Migrated from trace version {version} to {VERSION}.")
    if torn:
        notes.append(
            "The file breaks off in the middle of an event; read up to the last whole one."
        )
    if not isinstance(events[-1], Finished):
        notes.append("The run was interrupted: its log has no end.")
    return " ".join(notes)
