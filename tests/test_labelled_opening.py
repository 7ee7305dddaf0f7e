"""Trees of other kinds of files, opened on the page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from components.controls import ModelOffer, make_controls
from components.controls.strategy_card import cards
from components.explorer import pin_recordings
from components.handlers import FormTie, ShownHandlers
from search_core.labelled import read_trees
from search_core.labelled.opening import read_tree
from search_core.log.traces import OpenedLimits, TraceError, read_trace
from search_core.models import embedded_pair
from search_core.problem import Problem
from search_core.serving import RunRegistry
from tests.labelled_kinds import DEEP, FILES, GOOD_STEP, golden_rows, prm800k_row, trees
from tests.test_labelled_reading import TRACES, written

LIMITS = OpenedLimits(events=50)


def test_the_first_tree_of_a_file_opens_and_the_rest_is_told() -> None:
    trace, tree = read_tree(FILES["prm800k"], LIMITS)
    assert tree.to_dict() == trees(FILES["prm800k"])[0].to_dict()
    assert trace.notice.startswith("The first 1 tree of prm800k.jsonl, read as prm800k.")
    own, _ = read_tree(TRACES / "word-problem-greedy.jsonl", LIMITS)
    assert own == read_trace(TRACES / "word-problem-greedy.jsonl")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["nonsense"], "Line 1 is not JSON"),
        ([{"a": 1}], "The first line is no header of a trace"),
        (golden_rows("processbench"), "is read as processbench, and its rows are no trees"),
        ([DEEP["prm800k"]], "is deeper than 200 steps"),
        ([prm800k_row(*[GOOD_STEP] * 60)], "Its tree has 186 events; at most 50 are read"),
        (['{"kind": "started", "format": "espalier-trace", "version": 99}'], "has version 99"),
    ],
)
def test_what_is_no_tree_is_refused_with_what_it_is(
    tmp_path: Path, rows: list[object], why: str
) -> None:
    with pytest.raises(TraceError, match=why):
        read_tree(written(tmp_path / "a.jsonl", *rows), LIMITS)


def test_a_tree_of_people_opens_on_the_page_and_has_no_recipe(tmp_path: Path) -> None:
    uploaded = tmp_path / "uploaded.jsonl"
    uploaded.write_bytes(FILES["prm800k"].read_bytes())
    registry = RunRegistry(tmp_path / "runs")
    offer = ModelOffer.of(embedded_pair())
    with gr.Blocks():
        problem = Problem("1 + 1 = ?", family="expression", level=2)
        fields = make_controls(offer, pin_recordings(registry), cards({}), problem).recipe
    handlers = ShownHandlers(registry, [], FormTie(offer, registry, fields))
    asked: Any = SimpleNamespace(client=None, headers={})
    view, notice, run_id, *filled = handlers.open_trace(str(uploaded), asked)
    assert view["head"] == len(next(iter(read_trees(FILES["prm800k"]))).events)
    assert "read as prm800k" in notice["text"]
    assert registry.get(run_id) is not None
    assert filled[0] == {"run": run_id}
