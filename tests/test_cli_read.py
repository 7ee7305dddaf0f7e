"""`read`: files of thoughts become traces."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from search_core.cli.app import app
from search_core.log.traces import read_trace

THOUGHTS = "Let x be 3.\n\nThen y is 4.\n\nWait, is it?\n\nYes. The answer is 4."


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["read", *arguments])
    return done.exit_code, done.output


def test_thoughts_become_a_trace(tmp_path: Path) -> None:
    thoughts, out = tmp_path / "thoughts.md", tmp_path / "run.jsonl"
    thoughts.write_text(THOUGHTS, encoding="utf-8")
    code, said = invoke(str(thoughts), "--problem", "What is y?", "--trace", str(out))
    assert code == 0
    assert "What is y?" in said
    assert "Answer   4" in said
    trace = read_trace(out)
    assert trace.notice == ""
    assert [node.id for node in trace.tree.steps()] == ["0", "0.0", "0.1", "0.1.0"]
    code, said = invoke(str(thoughts), "--json")
    assert code == 0
    values = json.loads(said)
    assert (values["answer"], values["solver"]["name"]) == ("4", "pasted text")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    empty, big = tmp_path / "empty.txt", tmp_path / "big.txt"
    empty.write_text("\n\n")
    big.write_bytes(b"x" * 4_000_001)
    for path, reason in (
        (empty, "The text is empty"),
        (big, "4,000,001 bytes"),
        (tmp_path / "nothing.txt", "No such file"),
    ):
        code, said = invoke(str(path))
        assert code == 2
        # The panel breaks lines, where depends on the folder's name.
        assert reason in " ".join(said.replace("│", " ").split())


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_bytes(b"\xff\xfe The answer is 4.\x00\x1b[31m")
    code, said = invoke(str(odd))
    assert code == 0
    assert "\x1b[31m" not in said
