"""Files that people open: a large one is read in a process of its own, and comes to the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from search_core.log.events import event_to_json
from search_core.log.traces import OpenedLimits, TraceError, write_trace
from search_core.serving import opening
from search_core.serving.opening import OpenedFile, open_file
from tests.test_following import fake_events

LOG = fake_events(32)
LIMITS = OpenedLimits()
GUARDED = OpenedLimits(events=10)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    write_trace(LOG, path)
    return path


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one, and nothing is read in this process."""
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.delattr(opening, "read_tree")


def values(opened: OpenedFile) -> tuple[bytes, str, object]:
    return opened.log.text(), opened.notice, opened.comparison


def test_a_file_read_aside_is_the_file_read_here(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(file.read_bytes()[:-20])  # cut off: there is something to notice
    here = open_file(file, LIMITS)
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.delattr(opening, "read_tree")
    assert values(open_file(file, LIMITS)) == values(here)
    assert here.log.lines() == [event_to_json(event) for event in LOG[:-1]]
    assert "interrupted" in here.notice


@pytest.mark.usefixtures("aside")
def test_what_is_refused_aside_is_refused_with_the_same_sentence(file: Path) -> None:
    with pytest.raises(TraceError, match=f"{len(LOG)} events; at most 10 are read"):
        open_file(file, GUARDED)


@pytest.mark.usefixtures("aside")
def test_a_file_that_goes_meanwhile_is_missing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run

    def gone(*args: object, **kwargs: object) -> object:
        file.unlink()
        return run(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", gone)
    with pytest.raises(FileNotFoundError):
        open_file(file, LIMITS)


@pytest.mark.usefixtures("aside")
@pytest.mark.parametrize("program", ["raise SystemExit(1)", "import time; time.sleep(600)"])
def test_a_reader_that_dies_or_does_not_end_is_told_in_a_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    run = subprocess.run

    def other(command: list[str], **kwargs: object) -> object:
        return run([sys.executable, "-c", program], **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", other)
    monkeypatch.setattr(opening, "MOST_SECONDS", 0.5)
    with pytest.raises(TraceError, match="more time or memory than there is here"):
        open_file(file, LIMITS)
