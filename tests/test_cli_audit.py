"""`audit`: what it prints, what it keeps, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from search_core.log.traces import read_trace
from search_core.models import ModelPair
from tests.fakes import World
from tests.test_cli_solve import invoke, said

WORLD = World(seed=7, ends=0.3, cut_off=0.05, words=6)
CUT = Path(__file__).resolve().parents[1] / "assets/chosen_problems/right_path_is_cut.jsonl"


def pair() -> ModelPair:
    return ModelPair.of(WORLD.solver(), WORLD.verifier())


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    asked = ("solve", "What is it?", "--n=8", "--beam-width=4", "--answer=3", f"--trace={path}")
    done = invoke(*asked, pair=pair())
    assert done.exit_code == 0, said(done)
    return path


def test_it_prints_every_cut_and_keeps_every_rollout(trace: Path, tmp_path: Path) -> None:
    report = tmp_path / "audit.html"
    asked = ("audit", str(trace), "--rollouts=4", "--batch=8")
    done = invoke(*asked, f"--report={report}", pair=pair())
    assert done.exit_code == 0, said(done)
    cuts = [node for node in read_trace(trace).tree.steps() if node.state == "pruned"]
    assert "could still have reached the answer." in said(done)
    assert "Round 2:" in said(done)
    assert report.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    again = invoke(*asked, "--json", pair=pair())
    values = json.loads(again.stdout)
    assert values["written"] == 0
    assert 0 < values["cuts"] == len(values["prices"]) <= len(cuts)
    kept = trace.with_suffix(".rollouts.jsonl").read_text().splitlines()
    assert len(kept) == len(set(kept))


def test_it_tells_what_it_knows_after_each_batch(trace: Path) -> None:
    asked = ("audit", str(trace), "--rollouts=4", "--batch=8", "--json", "--stream")
    lines = [json.loads(line) for line in invoke(*asked, pair=pair()).stdout.splitlines()]
    missing = [line["missing"] for line in lines]
    assert missing == sorted(missing, reverse=True)
    assert len(lines) > 2
    assert missing[-1] == 0


def test_nothing_is_written_without_a_budget(tmp_path: Path) -> None:
    """And so no model is loaded: none is given here."""
    run = str(shutil.copy(CUT, tmp_path / "run.jsonl"))
    done = invoke("audit", run, "--most-rollouts=0", "--json")
    assert done.exit_code == 0, said(done)
    assert json.loads(done.stdout)["missing"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rollouts", "0"), "rollouts is 0; it must be 1 to 1000"),
        (("--level", "0.3"), "level is 0.3"),
        (("--temperature", "9"), "temperature is 9"),
        (("--stream",), "add --json"),
    ],
)
def test_what_is_out_of_range_is_refused(
    arguments: tuple[str, ...], message: str, trace: Path
) -> None:
    refused = invoke("audit", str(trace), *arguments, pair=pair())
    assert refused.exit_code == 2
    assert message in said(refused)


def test_another_file_is_not_taken_for_rollouts(trace: Path) -> None:
    refused = invoke("audit", str(trace), f"--rollouts-file={trace}", pair=pair())
    assert refused.exit_code == 2
    assert "line 1 is no rollout" in said(refused)
