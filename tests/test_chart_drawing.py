"""The charts as the page asks for them: of whom, in which theme, and what is said of none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.charts.drawing import chart_drawer, charts_of_run
from components.explorer.recordings import FOLDER
from search_core.log.traces import read_trace
from search_core.serving import HostedRun, RunRegistry
from tests.test_held_runs import LOG

TRACE = read_trace(FOLDER / "countdown-beam-search.jsonl")
GREEDY = read_trace(FOLDER / "word-problem-greedy.jsonl")


def ask(registry: RunRegistry, query: object) -> Mapping[str, Any]:
    async def once() -> Mapping[str, Any]:
        return await chart_drawer(registry)(query)

    return asyncio.run(once())


@pytest.fixture
def registry(tmp_path: Path) -> RunRegistry:
    registry = RunRegistry(tmp_path)
    registry.pin("one", TRACE.events)
    return registry


def test_a_run_has_its_charts_with_a_sentence_each(registry: RunRegistry) -> None:
    reply = ask(registry, {"run": "one", "theme": "light"})
    assert (reply["head"], reply["live"], reply["gone"]) == (len(TRACE.events), False, False)
    assert [chart["name"] for chart in reply["charts"]] == ["scores", "votes", "cost"]
    for chart in reply["charts"]:
        assert chart["title"]
        assert chart["caption"].endswith(".")
        assert json.loads(chart["figure"])["data"]


def test_each_theme_has_its_own(registry: RunRegistry) -> None:
    light, dark, other = (
        ask(registry, {"run": "one", "theme": theme}) for theme in ("light", "dark", {"x": 1})
    )
    assert light["charts"][0]["figure"] != dark["charts"][0]["figure"]
    assert light["charts"] == other["charts"]


@pytest.mark.parametrize("query", [None, [], {}, {"run": 7}, {"run": "nobody-knows"}, "one"])
def test_what_nobody_knows_is_gone(registry: RunRegistry, query: object) -> None:
    assert ask(registry, query) == {"head": 0, "live": False, "gone": True, "charts": []}


def test_only_a_run_that_goes_on_has_not_been_scored_yet() -> None:
    live = HostedRun("live-run")
    for event in LOG[:2]:
        live.add(event)
    scores, votes, _ = charts_of_run(live, "light")
    assert scores.caption == "No step has been scored yet."
    assert votes.caption == "No vote has been held yet."
    over = HostedRun.finished("over", LOG[:2])
    scores, votes, cost = charts_of_run(over, "light")
    assert scores.caption == "No step of this run was scored."
    assert votes.caption == "No vote was held in this run."
    assert cost.caption == "This run asked no model."
    for chart in (scores, votes, cost):
        assert chart.caption[:-1] in chart.figure


def test_a_finished_run_without_a_verifier_says_so() -> None:
    scores = charts_of_run(HostedRun.finished("greedy", GREEDY.events), "light")[0]
    assert "yet" not in scores.caption
