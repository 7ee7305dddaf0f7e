"""The folder of runs: what cannot be written stops nothing, and only our own files make room."""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from search_core.log.events import Event, event_to_json
from search_core.log.traces import read_trace
from search_core.problem import Problem
from search_core.search import search
from search_core.serving import kept_runs, trace_writer
from search_core.serving.kept_runs import KeptRuns
from search_core.serving.run_ids import new_run_id
from search_core.serving.storage import RunsFolderError, RunStorage
from search_core.serving.trace_writer import TraceWriter, why_not_written
from tests.fakes import World
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def events() -> list[Event]:
    world = World(ends=0.4)
    return search(Problem("?"), n=4, solver=world.solver(), verifier=world.verifier()).events


def named(events: list[Event], run_id: str) -> list[Event]:
    return [events[0].model_copy(update={"run": run_id}), *events[1:]]


def lines(events: list[Event]) -> str:
    return "".join(event_to_json(event) + "\n" for event in events)


def forbid(why: str) -> None:
    raise AssertionError(f"It could not be written: {why}")


def write(storage: RunStorage, run_id: str, events: list[Event]) -> None:
    writer = storage.create(run_id, forbid)
    writer.add_all(named(events, run_id))
    writer.close()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Making room ---------------------------------------------------------------------------------


def test_the_oldest_runs_make_room(tmp_path: Path, events: list[Event]) -> None:
    storage = RunStorage(tmp_path, most=3)
    for number in range(6):
        write(storage, f"run-number-{number}", events)
        assert storage.wait(PATIENCE)
    assert left(tmp_path) == [f"run-number-{number}.jsonl" for number in (3, 4, 5)]


def test_large_runs_make_room(tmp_path: Path, events: list[Event]) -> None:
    size = len(lines(named(events, "run-number-0")).encode())
    storage = RunStorage(tmp_path, most_bytes=2 * size)
    for number in range(4):
        write(storage, f"run-number-{number}", events)
        assert storage.wait(PATIENCE)
    assert left(tmp_path) == ["run-number-2.jsonl", "run-number-3.jsonl"]


def test_runs_of_an_earlier_process_make_room_by_their_age(
    tmp_path: Path, events: list[Event]
) -> None:
    for number, age in enumerate([5, 9, 1, 7]):
        path = tmp_path / f"run-number-{number}.jsonl"
        path.write_text(lines(named(events, path.stem)), encoding="utf-8")
        os.utime(path, (1000 - age, 1000 - age))
    storage = RunStorage(tmp_path, most=3)
    write(storage, "run-number-9", events)
    assert storage.wait(PATIENCE)
    assert left(tmp_path) == [f"run-number-{number}.jsonl" for number in (0, 2, 9)]


def test_ten_thousand_files_of_others_are_left_alone_and_looked_at_once(
    tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9_998):
        (tmp_path / f"someone-elses-{number:05}.jsonl").touch()
    theirs = tmp_path / "my-favourite-run.jsonl"  # a trace, but not one that was written here
    theirs.write_text(lines(events), encoding="utf-8")
    (tmp_path / "not-a-trace-at-all.jsonl").write_text('{"format": "espalier-trace"}\n')
    (tmp_path / "link-to-something.jsonl").symlink_to(theirs)
    looked_at: list[str] = []
    threads: set[threading.Thread] = set()
    is_ours = kept_runs.is_ours

    def looking(path: Path) -> bool:
        looked_at.append(path.name)
        threads.add(threading.current_thread())
        return is_ours(path)

    monkeypatch.setattr(kept_runs, "is_ours", looking)
    before = set(left(tmp_path))
    assert len(before) == 10_001
    storage = RunStorage(tmp_path, most=2)
    for number in range(4):
        write(storage, f"run-number-{number}", events)
        assert storage.wait(PATIENCE)
    assert set(left(tmp_path)) == before | {"run-number-2.jsonl", "run-number-3.jsonl"}
    assert len(looked_at) <= 10_001 + 4 + 2  # once each, and once more what was deleted
    assert threading.current_thread() not in threads


def test_a_file_that_is_being_written_makes_no_room(tmp_path: Path, events: list[Event]) -> None:
    storage = RunStorage(tmp_path, most=1)
    live = storage.create("run-number-0", forbid)
    live.add_all(named(events, "run-number-0")[:5])
    for number in (1, 2):
        write(storage, f"run-number-{number}", events)
        assert storage.wait(PATIENCE)
    live.add_all(named(events, "run-number-0")[5:])
    assert left(tmp_path) == ["run-number-0.jsonl", "run-number-2.jsonl"]


def test_a_file_put_in_place_of_a_run_is_not_deleted(tmp_path: Path, events: list[Event]) -> None:
    storage = RunStorage(tmp_path, most=1)
    write(storage, "run-number-0", events)
    assert storage.wait(PATIENCE)
    (tmp_path / "run-number-0.jsonl").write_text("notes\n")
    write(storage, "run-number-1", events)
    assert storage.wait(PATIENCE)
    assert left(tmp_path) == ["run-number-0.jsonl", "run-number-1.jsonl"]


def test_files_may_vanish_and_a_folder_too(
    tmp_path: Path, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "runs"
    storage = RunStorage(folder, most=2)
    for number in range(8):
        write(storage, f"run-number-{number}", events)
        (folder / f"run-number-{number}.jsonl").unlink()
    assert storage.wait(PATIENCE)
    folder.rmdir()
    write(storage, "run-number-9", events)
    assert storage.wait(PATIENCE)
    assert left(folder) == ["run-number-9.jsonl"]
    assert caplog.records == []


def test_sixty_four_runs_at_once_beside_the_pruning(tmp_path: Path, events: list[Event]) -> None:
    storage = RunStorage(tmp_path, most=5)

    def one(number: int) -> None:
        write(storage, f"run-number-{number:02}", events)

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one, range(64)))
    assert storage.wait(PATIENCE)
    assert len(left(tmp_path)) == 5
    for path in tmp_path.iterdir():
        assert read_trace(path).events == tuple(named(events, path.stem))


def test_pruning_is_one_at_a_time(
    tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = RunStorage(tmp_path, most=1)
    at_work, together, gate = 0, 0, threading.Event()
    found = KeptRuns._found

    def slow(kept: KeptRuns) -> dict[str, int]:
        nonlocal at_work, together
        at_work += 1
        together = max(together, at_work)
        assert gate.wait(PATIENCE)
        at_work -= 1
        return found(kept)

    monkeypatch.setattr(KeptRuns, "_found", slow)
    for number in range(20):
        write(storage, f"run-number-{number}", events)  # none of them waits for the pruning
    gate.set()
    assert storage.wait(PATIENCE)
    assert together == 1
    assert left(tmp_path) == ["run-number-19.jsonl"]


@pytest.mark.parametrize("limits", [{"most": 0}, {"most_bytes": 0}, {"most": -3}])
def test_limits_that_keep_nothing_are_refused(tmp_path: Path, limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RunStorage(tmp_path, **limits)


# Reading -------------------------------------------------------------------------------------


def test_a_run_is_read_again_and_so_is_an_opened_trace(tmp_path: Path, events: list[Event]) -> None:
    storage = RunStorage(tmp_path)
    write(storage, "run-number-0", events)
    writer = storage.create("opened-trace", forbid, opened=True)
    writer.add_all(events)
    writer.close()
    for run_id, wanted in (
        ("run-number-0", named(events, "run-number-0")),
        ("opened-trace", events),
    ):
        opened = storage.read(run_id)
        assert opened is not None
        assert opened.log.text().decode() == lines(wanted)


def test_a_trace_of_somebody_else_is_not_shown_to_who_guesses_its_name(
    tmp_path: Path, events: list[Event]
) -> None:
    (tmp_path / "my-favourite-run.jsonl").write_text(lines(events), encoding="utf-8")
    assert RunStorage(tmp_path).read("my-favourite-run") is None


# Writing that fails --------------------------------------------------------------------------


class FullDisk(io.FileIO):
    """A disk with room for so many bytes, whose files cannot even be closed well."""

    room = 1000

    def write(self, data: Any, /) -> int:
        if not FullDisk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = min(len(data), FullDisk.room)
        FullDisk.room -= written
        return super().write(bytes(data[:written]))

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open:
            raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    FullDisk.room = 1000
    monkeypatch.setattr(trace_writer.io, "FileIO", FullDisk)


def test_a_full_disk_is_said_once_and_leaves_no_half_run(
    tmp_path: Path, events: list[Event], full_disk: None
) -> None:
    said: list[str] = []
    storage = RunStorage(tmp_path)
    writer = storage.create("run-number-0", said.append)
    for event in named(events, "run-number-0"):
        writer.add(event)
    assert said == ["the disk is full"]
    writer.close()
    assert said == ["the disk is full"]
    assert left(tmp_path) == []


def test_a_file_that_cannot_be_closed_is_not_kept(
    tmp_path: Path, events: list[Event], full_disk: None
) -> None:
    FullDisk.room = 10**9
    said: list[str] = []
    writer = RunStorage(tmp_path).create("run-number-0", said.append)
    writer.add_all(events)
    assert said == []
    writer.close()
    assert said == ["its file cannot be written (Input/output error)"]


def without_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def replaced_folder(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.mkdir()


def file_in_its_place(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.write_text("a file")


def another_file(folder: Path) -> None:
    (folder / "run-number-0.jsonl").unlink()
    (folder / "run-number-0.jsonl").write_text("notes")


@pytest.mark.parametrize(
    "happens", [without_folder, replaced_folder, file_in_its_place, another_file]
)
def test_a_file_that_was_taken_away_is_noticed(
    tmp_path: Path, events: list[Event], happens: Callable[[Path], None]
) -> None:
    folder, said = tmp_path / "runs", []
    writer = RunStorage(folder).create("run-number-0", said.append)
    writer.add(events[0])
    assert said == []
    happens(folder)
    writer.add_all(events[1:])
    writer.close()
    assert said == ["its file or folder was removed or replaced"]
    if happens is another_file:
        assert (folder / "run-number-0.jsonl").read_text() == "notes"


def test_text_that_is_no_unicode_is_said_and_raises_nothing(
    tmp_path: Path, events: list[Event]
) -> None:
    said: list[str] = []
    writer = RunStorage(tmp_path).create("run-number-0", said.append)
    started = events[0].model_copy(update={"created": "\ud800"})
    writer.add(started)
    writer.close()
    assert len(said) == 1
    assert "surrogates not allowed" in said[0]


def test_a_run_never_writes_over_another(tmp_path: Path, events: list[Event]) -> None:
    storage, said = RunStorage(tmp_path), []
    write(storage, "run-number-0", events)
    before = (tmp_path / "run-number-0.jsonl").read_bytes()
    again = storage.create("run-number-0", said.append)
    again.add(events[0])
    again.close()
    assert len(said) == 1
    assert (tmp_path / "run-number-0.jsonl").read_bytes() == before


def test_a_writer_can_write_over_a_file(tmp_path: Path, events: list[Event]) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("old")
    writer = TraceWriter(path, forbid, replace=True)
    writer.add_all(events)
    writer.close()
    assert list(read_trace(path).events) == events


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "the folder may not be written to"),
        (errno.EACCES, "the folder may not be written to"),
        (errno.ENOENT, "its file or folder was removed or replaced"),
        (errno.EMFILE, "too many files are open"),
        (errno.EIO, "its file cannot be written (Input/output error)"),
    ],
)
def test_the_reason_is_told_in_plain_words_and_without_a_path(number: int, told: str) -> None:
    assert why_not_written(OSError(number, os.strerror(number), "/secret/path")) == told


# A folder that cannot be used ----------------------------------------------------------------


def test_a_folder_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(RunsFolderError, match=r"cannot be used: .* with --runs"):
            RunStorage(folder)


@pytest.mark.parametrize(("number", "refused"), [(errno.EROFS, True), (errno.ENOSPC, False)])
def test_a_read_only_folder_is_refused_and_a_full_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, refused: bool
) -> None:
    def fail(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("search_core.serving.storage.tempfile.TemporaryFile", fail)
    if refused:
        with pytest.raises(RunsFolderError, match="Read-only file system"):
            RunStorage(tmp_path)
    else:
        RunStorage(tmp_path)


def test_looking_at_the_folder_leaves_nothing_there(tmp_path: Path) -> None:
    RunStorage(tmp_path / "a" / "b")
    assert left(tmp_path / "a" / "b") == []


def test_new_ids_cannot_be_guessed() -> None:
    assert len({new_run_id() for _ in range(1000)}) == 1000
