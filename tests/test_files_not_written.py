"""What the command line and the app do with files and folders that cannot be written."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

import app
from search_core.evaluation.store import OutcomeStore
from search_core.log import files
from search_core.log.files import write_whole
from search_core.log.line_file import StoreError
from search_core.serving import trace_writer
from search_core.serving.memory import MOST_BYTES
from tests.test_cli_solve import invoke, said
from tests.test_evaluation import arm, outcomes_of, plan


class Full(io.FileIO):
    """Takes three writes; then nothing can be written, and nothing be closed well."""

    left = 3

    def write(self, data: Any, /) -> int:
        if not Full.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        Full.left -= 1
        return super().write(data)

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open and not Full.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_solve_gives_its_answer_though_the_trace_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Full, "left", 3)
    monkeypatch.setattr(trace_writer.io, "FileIO", Full)
    trace = tmp_path / "run.jsonl"
    result = invoke("solve", "What is it?", "--n", "4", "--trace", str(trace))
    assert result.exit_code == 2
    text = said(result)
    assert "Answer" in text
    assert text.count("the disk is full") == 1
    assert "Not written:" in text
    assert "Traceback" not in text
    # What is there can be read, and is said to be a run that was cut off.
    checked = invoke("check", str(trace))
    assert checked.exit_code == 0
    assert "interrupted" in said(checked)


def test_solve_gives_its_answer_though_the_graph_cannot_be_written(tmp_path: Path) -> None:
    graph = tmp_path / "missing" / "tree.graphml"
    result = invoke("solve", "What is it?", "--n", "4", "--graphml", str(graph))
    assert result.exit_code == 2
    assert "Answer" in said(result)
    assert "Not written:" in said(result)


def test_a_trace_that_cannot_be_opened_is_a_bad_argument(tmp_path: Path) -> None:
    result = invoke("solve", "?", "--trace", str(tmp_path / "missing" / "run.jsonl"))
    assert result.exit_code == 2
    assert "Answer" not in said(result)
    assert "Check the path" in said(result)


def test_an_evaluation_that_cannot_keep_its_outcomes_stops_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = outcomes_of(plan(arm("greedy")), tmp_path)
    path = tmp_path / "full.jsonl"
    monkeypatch.setattr(Full, "left", 3)
    store = OutcomeStore(path)
    store._file.close()
    store._file = Full(path, "a")
    for kept in outcomes[:3]:
        store.add(kept)
    with pytest.raises(StoreError, match=r"the disk is full.*3 outcomes; run it again"), store:
        store.add(outcomes[3])
    with OutcomeStore(path) as again:
        assert [again.get(one.key) for one in outcomes[:4]] == [*outcomes[:3], None]


def test_what_was_there_stays_where_a_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.json"
    write_whole(path, "first")
    path.chmod(0o640)
    write_whole(path, "second ½")
    assert path.read_text(encoding="utf-8") == "second ½"
    assert path.stat().st_mode & 0o777 == 0o640

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "third")
    assert path.read_text(encoding="utf-8") == "second ½"
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.json"]


def test_a_link_stays_a_link_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    path, link = tmp_path / "results.json", tmp_path / "link.json"
    path.write_text("old")
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    write_whole(Path("/dev/null"), "nothing")
    assert Path("/dev/null").is_char_device()


# The app -------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_of_runs_that_cannot_be_used_ends_the_start_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    runs = file / "runs" if inside else file
    monkeypatch.setattr("sys.argv", ["app.py", "--runs", str(runs)])
    with pytest.raises(SystemExit) as ended:
        app.main()
    message = str(ended.value.code)
    assert message.startswith(f"The folder of runs, {runs}, cannot be used: ")
    assert message.endswith("Name one that can be written to with --runs or ESPALIER_RUNS.")
    assert "\n" not in message


def test_how_many_runs_are_kept_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["app.py"])
    usual = app.arguments()
    assert (usual.keep_runs, usual.keep_bytes) == (1000, 2 * 10**9)
    assert usual.memory == MOST_BYTES
    monkeypatch.setenv("ESPALIER_KEEP_RUNS", "50")
    monkeypatch.setenv("ESPALIER_KEEP_BYTES", "16 MB")
    told = app.arguments()
    assert (told.keep_runs, told.keep_bytes) == (50, 16 * 10**6)
    monkeypatch.setattr("sys.argv", ["app.py", "--keep-runs", "7", "--keep-bytes", "1gb"])
    asked = app.arguments()
    assert (asked.keep_runs, asked.keep_bytes) == (7, 10**9)


@pytest.mark.parametrize(
    "given",
    [
        ("--keep-runs", "0"),
        ("--keep-runs", "-1"),
        ("--keep-runs", "9" * 5000),
        ("--keep-bytes", "0"),
        ("--keep-bytes", "much"),
        ("--memory", "0"),
    ],
)
def test_a_number_that_keeps_nothing_is_refused(
    given: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["app.py", *given])
    with pytest.raises(SystemExit):
        app.arguments()
    assert "expected" in capsys.readouterr().err
