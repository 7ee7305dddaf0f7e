"""Files as editors and programs write them: blank lines, byte order marks, other encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from components.controls.text_form import read_text_file
from search_core.cli.app import app
from search_core.log.encodings import decoded
from search_core.log.traces import TraceError, parse_trace
from search_core.log.tree import Tree

TRACE = sorted((Path(__file__).parent / "golden" / "traces_v1").glob("*.jsonl"))[0].read_bytes()
MARKED = ["utf-8-sig", "utf-16", "utf-32"]
TEXT = "Let me try 3 + 4 = 7.\n\nWait, that is wrong.\n\nThe answer is 7. نجمع 🌿"


def test_blank_lines_between_events_say_nothing() -> None:
    spaced = b"\n\r\n" + TRACE.replace(b"\n", b"\n\n \t\n") + b"\n\n"
    assert parse_trace(spaced).events == parse_trace(TRACE).events


def test_a_message_counts_blank_lines_as_an_editor_does() -> None:
    first, *rest = TRACE.splitlines()
    with pytest.raises(TraceError, match="Line 4 is not JSON"):
        parse_trace(b"\n".join([first, b"", rest[0], b"{", *rest[1:], b""]))
    with pytest.raises(TraceError, match="empty"):
        parse_trace(b"\n \n\n")


@pytest.mark.parametrize("encoding", [*MARKED, "utf-8"])
def test_a_trace_is_read_by_its_byte_order_mark(encoding: str) -> None:
    read = parse_trace(TRACE.decode().encode(encoding))
    assert Tree.from_events(read.events) == parse_trace(TRACE).tree


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_without_a_mark_it_is_refused(encoding: str) -> None:
    with pytest.raises(TraceError):
        parse_trace(TRACE.decode().encode(encoding))
    with pytest.raises(ValueError, match=r"bytes of zero.*UTF-8"):
        decoded(TEXT.encode(encoding))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_a_text_comes_back(text: str) -> None:
    for encoding in [*MARKED, "utf-8"]:
        assert decoded(text.encode(encoding)) == text


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        decoded(data).encode("utf-8")
    except ValueError as error:
        assert type(error) is ValueError  # noqa: PT017 - not the codec's own


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_a_text_file_opened_in_the_page_and_by_the_command(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "thoughts.txt"
    file.write_bytes(TEXT.encode(encoding))
    ran = CliRunner().invoke(app, ["read", str(file)])
    if encoding == "utf-16-le":
        with pytest.raises(ValueError, match="bytes of zero"):
            read_text_file(file)
        assert ran.exit_code == 2
        assert "UTF-8" in ran.output
    else:
        assert read_text_file(file) == TEXT
        assert ran.exit_code == 0, ran.output
