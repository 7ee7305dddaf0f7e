"""The charts of the run on screen, drawn when their tab is opened.

Not earlier: the plotting library is several megabytes, and the first screen does not need it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from components.charts import (
    CostView,
    EffectiveView,
    ScoresView,
    VotesView,
    cost_figure,
    cost_summary,
    cost_view,
    effective_figure,
    effective_summary,
    effective_view,
    scores_figure,
    scores_summary,
    scores_view,
    votes_figure,
    votes_summary,
    votes_view,
)
from components.elements.notice import Notice, caption
from components.palette import Theme
from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.serving import HostedRun, RunRegistry

_BYTES_PER_MARK = 350
# The browser knows the theme; the server draws for it.
_ASK_THEME = "(run, theme) => [run, document.body.classList.contains('dark') ? 'dark' : 'light']"


class ChartTab:
    """Charts, each with a sentence that says the same; the last is there only for some methods."""

    def __init__(self) -> None:
        # Not a State: the server would not look at what the browser says it is.
        self._theme = gr.Textbox("light", visible=False)
        self._outputs: list[Any] = []
        for label in ("Scores by depth", "Votes", "Cost by round"):
            gr.Markdown(f"## {label}", elem_classes="chart-heading")
            plot = gr.Plot(label=label, show_label=False, visible=False, elem_classes="chart")
            self._outputs += [plot, Notice(elem_classes="chart-caption")]
        with gr.Column(visible=False) as only_some:
            gr.Markdown("## Effective sample size by round", elem_classes="chart-heading")
            plot = gr.Plot(label="Effective sample size", show_label=False, elem_classes="chart")
            self._outputs += [only_some, plot, Notice(elem_classes="chart-caption")]
        self._refresh = gr.Button("Draw again from the run so far", size="sm")

    def wire(self, opened: Any, registry: RunRegistry, run_id: gr.State) -> None:
        """Draw when they come to the front, an event of the explorer, and on request."""

        def draw(run: str, theme: Theme) -> list[Any]:
            held = registry.get(run) if run else None
            drawn = charts_of_run(held, "dark" if theme == "dark" else "light") if held else None
            return updates_of(drawn)

        for event in (opened, self._refresh.click):
            event(
                draw,
                [run_id, self._theme],
                self._outputs,
                js=_ASK_THEME,
                show_progress="hidden",
                api_visibility="private",
                # Drawing takes seconds of one core at worst: few at a time, the others in line.
                concurrency_id="charts",
                concurrency_limit=2,
            )


@dataclass(frozen=True)
class DrawnCharts:
    """Every chart as plotly's JSON with its caption, in order; the last is "" for most methods."""

    figures: tuple[str, ...]
    captions: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes that they take of memory."""
        return sum(map(sys.getsizeof, (*self.figures, *self.captions)))


@dataclass(frozen=True)
class ChartViews:
    """What the charts of one run show, in either theme."""

    scores: ScoresView
    votes: VotesView
    cost: CostView
    effective: EffectiveView

    @classmethod
    def of(cls, tree: Tree, spent: Iterable[Event]) -> ChartViews:
        """The views of a run, of its tree and at least its `Started` and `Spent` events."""
        return cls(scores_view(tree), votes_view(tree), cost_view(spent), effective_view(tree))

    @property
    def size(self) -> int:
        """Bytes that they take of memory, about."""
        texts = sum(len(step.text) for step in self.scores.steps)
        rest = len(self.scores.cuts) + len(self.cost.rounds) + len(self.effective.points)
        return _BYTES_PER_MARK * (len(self.scores.steps) + rest) + 2 * texts

    def drawn(self, theme: Theme) -> DrawnCharts:
        """Figures and captions."""
        figures = [
            scores_figure(self.scores, theme=theme).to_json(),
            votes_figure(self.votes, theme=theme).to_json(),
            cost_figure(self.cost, theme=theme).to_json(),
        ]
        captions = [
            scores_summary(self.scores),
            votes_summary(self.votes),
            cost_summary(self.cost),
        ]
        has_sizes = bool(self.effective.points)
        figures.append(effective_figure(self.effective, theme=theme).to_json() if has_sizes else "")
        captions.append(effective_summary(self.effective) if has_sizes else "")
        return DrawnCharts(tuple(figures), tuple(captions))


def charts_of_run(run: HostedRun, theme: Theme) -> DrawnCharts | None:
    """The charts of a run that is held, made once for its events; None while it has none."""
    if not run.head:
        return None
    views = run.find(
        "chart views",
        lambda fold: ChartViews.of(fold(), run.events_of_kinds("started", "spent")),
        lambda views: views.size,
    )
    return run.find(f"charts, {theme}", lambda _: views.drawn(theme), lambda drawn: drawn.size)


def charts_of(events: Iterable[Event], theme: Theme) -> list[Any]:
    """Updates of the tab for a log."""
    log = list(events)
    return updates_of(ChartViews.of(Tree.from_events(log), log).drawn(theme) if log else None)


def updates_of(drawn: DrawnCharts | None) -> list[Any]:
    """Figure and caption of each chart, in order; nothing while there is no event."""
    if drawn is None:
        nothing = [gr.update(visible=False), caption("No run yet.")]
        return [*nothing * 3, gr.update(visible=False), gr.skip(), gr.skip()]
    updates: list[Any] = []
    for figure, text in zip(drawn.figures[:-1], drawn.captions, strict=False):
        updates += [gr.update(value=_plot(figure), visible=True), caption(text)]
    if not drawn.figures[-1]:
        return [*updates, gr.update(visible=False), gr.skip(), gr.skip()]
    last = [_plot(drawn.figures[-1]), caption(drawn.captions[-1])]
    return [*updates, gr.update(visible=True), *last]


def _plot(figure: str) -> PlotData:
    return PlotData(type="plotly", plot=figure)
