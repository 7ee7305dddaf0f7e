"""`convert`: what a labelled file holds, the same in another form, and what is said of bad rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli_solve import invoke, said
from tests.test_labelled_reading import GOLDEN, GOOD, TRACES, written


def test_without_a_target_it_says_what_a_file_holds(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", GOOD, {**GOOD, "lables": 1}, "no")
    done = invoke("convert", str(path))
    assert done.exit_code == 0, said(done)
    assert "2 solutions of a.jsonl, read as plain." in said(done)
    assert "Left alone: the columns 'lables'." in said(done)
    assert "1 row cannot be used: line 3 is not JSON" in said(done)
    told = json.loads(invoke("convert", str(path), "--json").stdout)
    assert (told["solutions"], told["rows_left_out"]) == (2, 1)


def test_a_file_is_written_in_another_form(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = invoke(
        "convert", str(GOLDEN / "prm800k.jsonl"), "--to=trl", f"--out={out}", "--kind=prm800k"
    )
    assert done.exit_code == 0, said(done)
    assert "Trees whose steps have people's ratings: 2." in said(done)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["prompt"] for row in rows} == {
        "What is $2 + 3 \\cdot 4$?",
        "Double 8, then take 1.",
    }
    some = invoke("convert", str(out), "--to=plain", f"--out={tmp_path}/b.jsonl", "--first=1")
    assert "The first 1 solution of out.jsonl" in said(some)


def test_bad_rows_end_it_unless_they_are_skipped(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl", GOOD, "no"), tmp_path / "out.jsonl"
    arguments = ("convert", str(path), "--to=trl", f"--out={out}")
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert "line 2 is not JSON" in said(done)
    assert not out.exists()
    assert invoke(*arguments, "--skip-bad-rows").exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1


def test_a_person_s_labels_come_from_a_file(tmp_path: Path) -> None:
    labels = written(tmp_path / "labels.jsonl", {"node": "0", "label": 1}, "", '{"node": "0", ')
    arguments = ["convert", str(TRACES / "countdown-dvts.jsonl"), "--to=trl"]
    arguments += [f"--out={tmp_path}/out.jsonl", f"--labels={labels}"]
    bad = invoke(*arguments)
    assert bad.exit_code == 2
    assert 'Line 3 of labels.jsonl is no label; expected {"node": "0.1", "label": 1}.' in said(bad)
    written(labels, {"node": "0", "label": 1}, {"node": "0", "label": 0})
    done = invoke(*arguments)
    assert "Trees whose steps have a person's labels: 1." in said(done)
    (row,) = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert row["labels"] == [False]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--to=trl"], "--to and --out belong together"),
        (["--to=nonsense", "--out=x.jsonl"], "Unknown kind 'nonsense'; expected one of plain"),
        (["--kind=nonsense"], "Unknown kind 'nonsense' of file; expected one of trace"),
    ],
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: list[str], why: str) -> None:
    done = invoke("convert", str(written(tmp_path / "a.jsonl", GOOD)), *arguments)
    assert done.exit_code == 2
    assert why in said(done)
    assert invoke("convert", str(tmp_path / "none.jsonl")).exit_code == 2
