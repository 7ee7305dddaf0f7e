"""Trace files from strangers: whatever is in them, a trace or a TraceError comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_core.log import traces
from search_core.log.events import EVERY_KIND, Finished, migrates
from search_core.log.events.migrations import MIGRATIONS, EventValues
from search_core.log.traces import (
    OpenedLimits,
    Trace,
    TraceError,
    parse_trace,
    read_folded,
    read_trace,
    write_trace,
)
from search_core.log.tree import Tree

VALID = (Path(__file__).with_name("golden") / "beam_search.jsonl").read_bytes()
LINES = VALID.splitlines(keepends=True)
HEADER = json.loads(LINES[0])
SAMPLED = json.loads(LINES[1])


def line(values: Any) -> bytes:
    return json.dumps(values).encode() + b"\n"


def header(**changes: Any) -> bytes:
    return line({**HEADER, **changes})


def with_event(**changes: Any) -> bytes:
    """A header and one sampled step, changed."""
    return LINES[0] + line({**SAMPLED, **changes})


def test_writing_and_reading(tmp_path: Path) -> None:
    trace = parse_trace(VALID)
    assert trace.notice == ""
    assert trace.started.run == "golden"
    assert isinstance(trace.events[-1], Finished)
    assert trace.tree == Tree.from_events(trace.events)
    write_trace(trace.events, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == VALID
    assert read_trace(tmp_path / "again.jsonl") == trace


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty|no header|not JSON"),
    "one line break": (b"\n", "empty"),
    "white space": (b" \t ", "empty|not JSON"),
    "binary": (bytes(range(256)), "not JSON"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not JSON"),
    "HTML": (b"<!DOCTYPE html>\n<p>404</p>\n", "not JSON"),
    "UTF-16 without its mark": (VALID.decode().encode("utf-16-le"), "JSON|header"),
    "a JSON list": (b"[1, 2]\n", "holds list"),
    "a JSON string": (b'"trace"\n', "holds str"),
    "another JSON object": (b'{"kind": "other"}\n', "no header"),
    "deep lists": (b"[" * 100_000 + b"\n", "not JSON"),
    "deep objects": (b'{"kind":' * 100_000 + b"\n", "not JSON"),
    "a deep field": (header(kind=0)[:-2] + b',"x":' + b"[" * 100_000 + b"\n", "not JSON"),
    "a long line": (b"x" * 5_000_000, "not JSON"),
    "no header": (b"".join(LINES[1:]), "no header"),
    "a wrong format": (header(format="chess"), "'espalier-trace', got .*'chess'"),
    "a future version": (header(version=2), r"version 2; this Espalier reads up to 1\. Update"),
    "version 0": (header(version=0), "version is '0'"),
    "version true": (header(version=True), "version is 'True'"),
    "version in words": (header(version="one"), "version is 'one'"),
    "no version": (line({k: v for k, v in HEADER.items() if k != "version"}), "'None'"),
    "a huge version": (header(version=10**30), "Update"),
    "a second header": (LINES[0] * 2, "hole|exactly one"),
    "NaN": (with_event(logprob=float("nan")), "NaN is no JSON number"),
    "Infinity": (with_event(t=float("inf")), "Infinity is no JSON number"),
    "NaN among the options": (header(options={"n": float("nan")}), "NaN is no JSON number"),
    "overflow": (with_event(logprob=7).replace(b'"logprob": 7', b'"logprob": 1e999'), "finite"),
    "overflow in options": (header(options={"n": 7}).replace(b": 7}", b": 1e999}"), "options.n"),
    "a huge count": (with_event(tokens=10**30), "tokens"),
    "a huge number": (with_event(t=10**400), "Line 2"),
    "5000 digits": (with_event(tokens=7).replace(b": 7,", b": " + b"9" * 5000 + b","), "JSON"),
    "a negative count": (with_event(tokens=-1), "tokens"),
    "an extra field": (with_event(colour="red"), "colour.*Extra"),
    "a strange field name": (with_event(**{"\ud800": 1}), "Line 2"),
    "an unknown kind": (with_event(kind="exploded"), "Line 2"),
    "a kind that is a list": (with_event(kind=[]), "Line 2"),
    "a path as an id": (with_event(id="../../x"), "id"),
    "an absolute path as an id": (with_event(id="/etc/passwd"), "id"),
    "other digits in an id": (with_event(id="٣"), "id"),
    "a line break in an id": (with_event(id="0\n"), "id"),
    "a deep id": (with_event(id=".".join("0" * 201)), "id"),
    "a lone surrogate": (with_event(text="\ud800"), "text"),
    "a step too long": (with_event(text="x" * 200_001), "text"),
    "a score above 1": (
        LINES[0] + line({**json.loads(LINES[6]), "seq": 1, "score": 1.5}),
        "score",
    ),
    "a hole": (b"".join(LINES[:3] + LINES[4:]), "hole"),
    "a hole at the start": (with_event(seq=2), "hole"),
    "a line twice": (b"".join([*LINES[:3], LINES[2], *LINES[3:]]), "hole"),
    "an id twice": (LINES[0] + LINES[1] + line({**SAMPLED, "seq": 2}), "sampled twice"),
    "an unknown parent": (with_event(id="5.0"), "never sampled"),
    "a settled node": (
        b"".join(LINES[:12]) + line({"seq": 12, "t": 9, "kind": "completed", "id": "0"}),
        "already",
    ),
    "an event after the end": (VALID + line({**SAMPLED, "seq": len(LINES)}), "finished"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files(name: str) -> None:
    data, message = BROKEN[name]
    with pytest.raises(TraceError, match=message) as raised:
        parse_trace(data)
    said = str(raised.value)
    assert len(said) < 600
    said.encode()  # can be shown


def test_the_broken_cases_start_from_a_valid_one() -> None:
    assert len(parse_trace(with_event()).events) == 2
    assert len(parse_trace(header()).events) == 1


# Files that are worse for wear, yet readable ------------------------------------------------


def test_a_torn_last_line_is_left_out_and_said() -> None:
    whole = len(b"".join(LINES[:7]))
    for cut in range(1, len(LINES[7]) - 2):
        trace = parse_trace(VALID[: whole + cut])
        assert len(trace.events) == 7
        assert "breaks off" in trace.notice


def test_a_whole_last_line_without_its_line_break_counts() -> None:
    trace = parse_trace(VALID.rstrip(b"\n"))
    assert len(trace.events) == len(LINES)
    assert trace.notice == ""
    assert len(parse_trace(LINES[0].strip()).events) == 1


def test_a_trace_without_an_end_says_so() -> None:
    trace = parse_trace(b"".join(LINES[:5]))
    assert "interrupted" in trace.notice


@pytest.mark.parametrize(
    "change",
    [lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"\xef\xbb\xbf" + data],
    ids=["CRLF", "BOM"],
)
def test_what_editors_do_to_files(change: Callable[[bytes], bytes]) -> None:
    assert parse_trace(change(VALID)) == parse_trace(VALID)


# Bounds -------------------------------------------------------------------------------------


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(VALID)
    monkeypatch.setattr(traces, "MAX_BYTES", len(VALID))
    assert read_trace(path) == parse_trace(VALID)
    monkeypatch.setattr(traces, "MAX_BYTES", len(VALID) - 1)
    for read in (lambda: read_trace(path), lambda: parse_trace(VALID)):
        with pytest.raises(TraceError, match=f"{len(VALID):,} bytes"):
            read()


def test_files_with_too_many_lines() -> None:
    with pytest.raises(TraceError, match="events; at most"):
        parse_trace(b"\n" * (traces.MAX_EVENTS + 1))


# Migration ----------------------------------------------------------------------------------


@pytest.fixture
def version_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if version 1 had called texts "step", and version 2 had counted time in minutes."""
    monkeypatch.setattr(traces, "VERSION", 3)
    for known in list(MIGRATIONS):
        monkeypatch.delitem(MIGRATIONS, known)

    def step_became_text(values: EventValues) -> EventValues:
        return {("text" if key == "step" else key): value for key, value in values.items()}

    def minutes_became_seconds(values: EventValues) -> EventValues:
        return {**values, "t": values["t"] * 60}

    for key, migration in (
        ((1, "sampled"), step_became_text),
        ((2, EVERY_KIND), minutes_became_seconds),
    ):
        monkeypatch.setitem(MIGRATIONS, key, migration)


@pytest.mark.usefixtures("version_3")
@pytest.mark.parametrize(
    ("version", "key", "seconds"), [(1, "step", 120.0), (2, "text", 120.0), (3, "text", 2.0)]
)
def test_old_versions_are_migrated(version: int, key: str, seconds: float) -> None:
    event = {k: v for k, v in SAMPLED.items() if k != "text"} | {"t": 2, key: "one"}
    trace = parse_trace(header(version=version) + line(event))
    assert trace.tree.nodes["0"].text == "one"
    assert trace.events[1].t == seconds
    assert trace.started.version == 3  # written again, it is a file of this version
    assert ("Migrated" in trace.notice) == (version < 3)


@pytest.mark.usefixtures("version_3")
def test_what_cannot_be_migrated_is_a_trace_error() -> None:
    for event in ({"seq": 1, "t": None, "kind": "sampled"}, {"seq": 1}, {"kind": []}):
        with pytest.raises(TraceError, match="Line 2"):
            parse_trace(header(version=1) + line(event))
    with pytest.raises(TraceError, match="version 4; this Espalier reads up to 3"):
        parse_trace(header(version=4))


def test_a_kind_may_have_had_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "VERSION", 2)
    monkeypatch.setitem(MIGRATIONS, (1, "wrote"), lambda values: {**values, "kind": "sampled"})
    trace = parse_trace(header(version=1) + line({**SAMPLED, "kind": "wrote"}))
    assert trace.tree.nodes["0"].text == SAMPLED["text"]
    with pytest.raises(TraceError, match="'wrote' is no kind of event; expected allocated, "):
        parse_trace(header(version=2) + line({**SAMPLED, "kind": "wrote"}))


def test_an_event_has_one_migration_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MIGRATIONS, (1, "sampled"), lambda values: values)
    with pytest.raises(ValueError, match="Version 1 of 'sampled' is migrated twice"):
        migrates("sampled", version=1)(lambda values: values)


# Whatever else ------------------------------------------------------------------------------


def read_or_refuse(data: bytes) -> Trace | None:
    """Any exception but TraceError fails the test."""
    try:
        trace = parse_trace(data)
    except TraceError:
        return None
    assert trace.tree.seq == len(trace.events) - 1
    return trace


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    assert read_or_refuse(data) is None
    trace = read_or_refuse(LINES[0] + data)
    assert trace is None or len(trace.events) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.data())
def test_random_changes_of_a_field(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    values = json.loads(LINES[number])
    key = data.draw(st.sampled_from(sorted(values)))
    if data.draw(st.booleans()):
        values[key] = data.draw(JSON)
    else:
        del values[key]
    changed = [*LINES[:number], line(values), *LINES[number + 1 :]]
    read_or_refuse(b"".join(changed))


@settings(deadline=None)
@given(st.data())
def test_random_changes_of_bytes(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(VALID)))
    end = data.draw(st.integers(start, min(len(VALID), start + 40)))
    read_or_refuse(VALID[:start] + data.draw(st.binary(max_size=20)) + VALID[end:])


@settings(deadline=None)
@given(st.permutations(LINES[1:]))
def test_events_in_another_order_are_refused(lines: list[bytes]) -> None:
    trace = read_or_refuse(b"".join([LINES[0], *lines]))
    assert (trace is None) == (lines != LINES[1:])


# What strangers open -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (OpenedLimits(events=3), r"The trace has \d+ events; at most 3 are read\."),
        (OpenedLimits(lists=2), r"decisions and shares of the trace have \d+ parts; at most 2 are"),
    ],
)
def test_more_than_is_read_is_refused_before_any_line_is(
    limits: OpenedLimits, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(VALID)
    trace, tree = read_folded(path)
    assert tree == trace.tree
    monkeypatch.setattr(traces, "_json", lambda *_: pytest.fail("A line was read."))
    with pytest.raises(TraceError, match=message):
        read_folded(path, limits)
