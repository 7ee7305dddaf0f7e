"""`bench`: that it measures what it says. How fast it is here is no test's business."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search_core.bench.chromium import BrowserMissing, browser_page, chromium_path
from search_core.bench.large_trees import Aims, large_tree_measurements
from search_core.bench.measurement import Measurement, cells
from search_core.bench.page import page_measurements
from search_core.bench.searching import TimedRun, search_measurements, timed_search
from search_core.bench.served_app import served_app
from search_core.bench.synthetic import synthetic_log
from search_core.cli.bench import markdown
from search_core.log.events import Sampled, Spent
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import Sampling
from tests.fakes import World
from tests.test_cli_solve import invoke, said


def test_a_measurement_is_a_median_held_against_an_aim() -> None:
    figure = Measurement("first node", "s", [3.0, 1.0, 2.0], aim=4.0)
    assert figure.median == 2.0
    assert figure.share_of_aim == 0.5
    values = figure.to_dict()
    assert (values["min"], values["max"], values["runs"]) == (1.0, 3.0, 3)
    assert Measurement("tokens", "", [1.0]).share_of_aim is None


def test_more_may_be_better() -> None:
    met = Measurement("ratio", "times", [5.0, 4.0, 3.0], aim=2.0, more=True)
    assert met.share_of_aim == 0.5
    missed = Measurement("ratio", "times", [1.0], aim=2.0, more=True, group="some")
    assert missed.share_of_aim == 2.0
    assert cells(met.to_dict()) == ("ratio", "4 times", "3 to 5", "at least 2 times", "met")
    assert cells(missed.to_dict())[-1] == "missed"
    assert cells(Measurement("tokens", "", [1234.5]).to_dict())[3:] == ("", "")
    table = markdown([met.to_dict(), missed.to_dict()])
    assert "| ratio | 4 times | 3 to 5 | at least 2 times | met |" in table
    assert table.count("| median |") == 2  # a heading for each group


def timed() -> TimedRun:
    world = World(seed=2, ends=0.3)
    return timed_search(Problem("?"), world.solver(), world.verifier(), Sampling(), seed=0)


def test_a_timed_search_looks_at_the_clock_at_every_event() -> None:
    run = timed()
    assert len(run.times) == len(run.events)
    assert list(run.times) == sorted(run.times)
    assert run.times[0] <= run.first_node <= run.seconds
    tree = Tree.from_events(run.events)
    assert run.nodes == len(tree.nodes) - 1
    assert run.tokens == tree.cost.generated
    spent = [e for e in run.events if isinstance(e, Spent) and e.call == "sample"]
    assert run.sampling_seconds == pytest.approx(sum(event.seconds for event in spent))


def test_bytes_count_what_is_pushed_to_the_page() -> None:
    run = timed()
    at_once = TimedRun(run.events, [0.0] * len(run.events))
    one_by_one = TimedRun(run.events, [float(second) for second in range(len(run.events))])
    text = sum(len(event.model_dump_json(exclude_defaults=True)) for event in run.events)
    assert text / 2 < at_once.page_bytes < text, "columns take less than lines; every text is there"
    assert one_by_one.page_bytes > at_once.page_bytes + 40 * len(run.events)
    names = [figure.name for figure in search_measurements([run])]
    assert names == [
        "first node",
        "finished tree",
        "nodes of a tree",
        "bytes to the page per node",
    ]


def test_synthetic_trees_have_the_size_asked_for() -> None:
    for nodes in (100, 1_000):
        log = synthetic_log(nodes)
        sampled = sum(isinstance(event, Sampled) for event in log)
        assert nodes <= sampled <= 1.3 * nodes
        assert len(Tree.from_events(log).nodes) == sampled + 1
    with pytest.raises(ValueError, match="at most 25600"):
        synthetic_log(100_000)


def test_a_missing_browser_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPALIER_CHROMIUM", "/no/such/browser")
    with pytest.raises(BrowserMissing, match="ESPALIER_CHROMIUM is /no/such/browser"):
        chromium_path()
    monkeypatch.delenv("ESPALIER_CHROMIUM")
    monkeypatch.setitem(__import__("sys").modules, "playwright.sync_api", None)
    with pytest.raises(BrowserMissing, match="pip install playwright"), browser_page():
        pass


def in_a_thread(measure: Callable[..., list[Measurement]], *args: int) -> list[Measurement]:
    """Run away from this thread, where other tests' Playwright may be at home."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(measure, *args).result()


@pytest.mark.browser
def test_the_page_is_measured_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_core.bench.page.AIMS", {300: 20.0})
    monkeypatch.setattr("search_core.bench.page.UPDATES", 5)
    (figure,) = in_a_thread(page_measurements)
    assert figure.name == "update at 300 nodes"
    assert len(figure.values) == 5
    assert all(value > 0 for value in figure.values)


@pytest.mark.browser
def test_large_trees_are_measured_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    aims = Aims(opening=1_500, seek=40, frame=50, heap=250)
    monkeypatch.setattr("search_core.bench.large_trees.SIZES", {300: aims})
    monkeypatch.setattr("search_core.bench.large_trees.MOVES", 3)
    figures = {figure.name: figure for figure in in_a_thread(large_tree_measurements)}
    assert len(figures["opening at 300 nodes"].values) == 3
    assert len(figures["seek at 300 nodes"].values) == 16
    assert len(figures["frame while moving about at 300 nodes"].values) == 12
    slowest = figures["slowest frame while moving about at 300 nodes"].values
    assert slowest == [max(figures["frame while moving about at 300 nodes"].values)]
    assert figures["heap at 300 nodes"].median > 1
    assert all(value > 0 for figure in figures.values() for value in figure.values)


APP = """
import sys
print("loading", *sys.argv[3:])
print("Running on http://127.0.0.1:7860")
input()
"""


def test_an_app_is_started_and_ended(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    with served_app("--solver", "small", root=tmp_path) as app:
        assert app.url == "http://127.0.0.1:7860"
        assert app.said[0] == "loading --solver small\n"
        assert app.runs.is_dir()
        assert app.seconds > 0
        pid = app.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    (tmp_path / "app.py").write_text("raise SystemExit('no such model')")
    with pytest.raises(RuntimeError, match="no such model"), served_app(root=tmp_path):
        pass


@pytest.mark.models
def test_bench_prints_figures_with_their_range_and_aim(monkeypatch: pytest.MonkeyPatch) -> None:
    from search_core.cli.services import ModelChoice, open_models
    from search_core.embedded import FAMILIES

    # Problems of one family say how it is done for each.
    monkeypatch.setattr("search_core.embedded.FAMILIES", {"expression": FAMILIES["expression"]})
    pair = open_models(ModelChoice())
    result = invoke("bench", "--only", "search", "--runs", "1", "--json", pair=pair)
    assert result.exit_code == 0, result.output
    measured = {figure["name"]: figure for figure in json.loads(result.stdout)["measurements"]}
    assert measured["first node"]["aim"] == 0.5
    assert measured["finished tree"]["aim"] == 3.0
    assert measured["search / plain, inside the solver"]["median"] > 0
    for figure in measured.values():
        assert figure["min"] <= figure["median"] <= figure["max"]


def test_bad_arguments_of_bench_end_with_2() -> None:
    result = invoke("bench", "--runs", "0")
    assert result.exit_code == 2
    assert "--runs" in said(result)
