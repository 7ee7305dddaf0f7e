"""A run that a crash cut off is called what it is, wherever it is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from typer.testing import CliRunner

from components.controls import ModelOffer, make_controls
from components.controls.strategy_card import cards
from components.explorer import pin_recordings
from components.explorer.following import puller, whole_run
from components.handlers import FormTie, ShownHandlers
from search_core.cli.app import app
from search_core.log.traces import parse_trace, read_trace
from search_core.models import embedded_pair
from search_core.picture import html_picture, outline, svg_picture
from search_core.problem import Problem
from search_core.search import SearchResult
from search_core.serving import RunRegistry

CUT_OFF = Path(__file__).parent / "golden" / "cut_off" / "killed.jsonl"
"""As a server left it that was killed in the middle of a run, in the middle of a line."""


def test_what_had_arrived_is_read_and_the_notice_says_that_the_run_has_no_end() -> None:
    trace = read_trace(CUT_OFF)
    assert len(trace.events) == 352
    assert "breaks off in the middle of an event" in trace.notice
    assert trace.notice.endswith("The run was interrupted: its log has no end.")
    whole_lines = CUT_OFF.read_bytes().rpartition(b"\n")[0] + b"\n"
    assert parse_trace(whole_lines).notice == "The run was interrupted: its log has no end."


@pytest.mark.parametrize("command", ["check", "read"])
def test_the_command_line_says_so(command: str) -> None:
    said = CliRunner().invoke(app, [command, str(CUT_OFF)])
    assert said.exit_code == 0
    assert "interrupted" in said.output
    assert "Valid: 352 events." in said.output
    values = json.loads(CliRunner().invoke(app, [command, str(CUT_OFF), "--json"]).stdout)
    assert values["status"] == "interrupted"
    assert values["answer"] is None
    assert values["steps"] > 100


def test_a_trace_needs_no_problem_and_no_trace(tmp_path: Path) -> None:
    for more in (["--problem", "?"], ["--trace", str(tmp_path / "again.jsonl")]):
        said = CliRunner().invoke(app, ["read", str(CUT_OFF), *more])
        assert said.exit_code == 2
        assert "is a trace already" in " ".join(said.output.replace("│", " ").split())


def test_pictures_say_so() -> None:
    result = SearchResult.load(CUT_OFF)
    svg = svg_picture(result.tree)
    assert "interrupted: the run has no end</text>" in svg
    assert "The run was interrupted before it had an answer.</desc>" in svg
    assert "interrupted</figcaption>" in html_picture(result.tree)
    assert ", interrupted\n" in outline(result.tree)
    finished = SearchResult.load(CUT_OFF.parents[1] / "greedy.jsonl")
    for picture in (svg_picture, html_picture, outline):
        assert "interrupted" not in picture(finished.tree)


def test_it_is_found_in_the_folder_of_runs_and_is_not_live(tmp_path: Path) -> None:
    run_id = read_trace(CUT_OFF).started.run
    (tmp_path / f"{run_id}.jsonl").write_bytes(CUT_OFF.read_bytes())
    registry = RunRegistry(tmp_path)
    run = registry.get(run_id)
    assert run is not None
    assert (whole_run(run)["head"], whole_run(run)["live"]) == (352, False)
    reply = puller(registry)({"run": run_id, "since": 300})
    assert (len(reply["events"]), reply["head"], reply["live"]) == (52, 352, False)


def test_its_file_can_be_opened_by_hand(tmp_path: Path) -> None:
    registry = RunRegistry(tmp_path / "runs")
    offer = ModelOffer.of(embedded_pair())
    with gr.Blocks():
        problem = Problem("1 + 1 = ?", family="expression", level=2)
        fields = make_controls(offer, pin_recordings(registry), cards({}), problem).recipe
    handlers = ShownHandlers(registry, [], FormTie(offer, registry, fields))
    uploaded = tmp_path / "uploaded.jsonl"
    uploaded.write_bytes(CUT_OFF.read_bytes())
    asked: Any = SimpleNamespace(client=None, headers={})
    view, notice, run_id, *filled = handlers.open_trace(str(uploaded), asked)
    assert (view["head"], view["live"]) == (352, False)
    assert "interrupted" in notice["text"]
    run = registry.get(run_id)
    assert run is not None
    assert not run.live
    # The form can repeat what was cut off.
    assert filled[0]["values"]["problem"] == "Use 3, 7, 8 and 25 to make 24."
