"""Effective sample size by round: numbers from the log, and nothing where a method has none."""

from __future__ import annotations

from collections.abc import Sequence

from components.charts import effective_figure, effective_summary, effective_view
from components.charts.drawing import charts_of_run
from components.explorer.recordings import FOLDER
from search_core.log.events import Event, event_from_dict
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.serving import HostedRun
from tests.browser.method_logs import METHODS

EVENTS = [event_from_dict(event) for event in METHODS["particles"]]
REBASE = read_trace(FOLDER / "countdown-rebase.jsonl")


def test_the_points_are_those_of_the_log() -> None:
    logged = [e for e in METHODS["particles"] if e["kind"] == "allocated"]
    view = effective_view(Tree.from_events(EVENTS))
    assert [(p.round, p.effective, p.paths) for p in view.points] == [
        (e["round"], e["effective"], len(e["shares"])) for e in logged
    ]
    figure = effective_figure(view, theme="dark")
    paths, sizes = figure.data
    assert list(sizes.y) == [p.effective for p in view.points]
    assert list(paths.y) == [p.paths for p in view.points]
    assert list(figure.layout.xaxis.ticktext) == [str(p.round) for p in view.points]


def test_the_sentence_names_the_least() -> None:
    view = effective_view(Tree.from_events(EVENTS))
    least = min(view.points, key=lambda point: point.effective)
    assert f"least in round {least.round}, {least.effective:.1f} of {least.paths}" in (
        effective_summary(view)
    )


def test_a_method_without_it_shows_no_chart() -> None:
    assert effective_view(REBASE.tree).points == ()
    assert "no effective sample size" in effective_summary(effective_view(REBASE.tree))
    assert "effective" not in names(REBASE.events)
    assert names(EVENTS) == [*names(REBASE.events), "effective"]
    assert names([]) == []


def names(events: Sequence[Event]) -> list[str]:
    return [chart.name for chart in charts_of_run(HostedRun.finished("one", events), "light")]
