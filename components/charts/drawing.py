"""The charts of a run as the page asks for them, each with a sentence that says the same.

The browser draws them: it has the plotting library, and knows the theme and the size. What it is
sent is made once for the events that there are, and kept with the run.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from starlette.exceptions import HTTPException

from components.bounds import FairTurns, TurnsBusyError, visitor_of
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
from components.palette import Theme
from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.serving import HostedRun, RunRegistry

_BYTES_PER_MARK = 350
AT_ONCE = 2
"""Drawing takes seconds of one core at worst: so many at a time, the others in line."""

DrawCharts = Callable[..., Awaitable[Mapping[str, Any]]]
"""Of what is asked and, where it comes over the network, the request."""


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """One chart: `figure` is plotly's JSON, `caption` says in a sentence what is to be seen."""

    name: str
    title: str
    figure: str
    caption: str

    @property
    def size(self) -> int:
        """Bytes that it takes of memory."""
        return sys.getsizeof(self.figure) + sys.getsizeof(self.caption)

    def as_dict(self) -> dict[str, str]:
        """As the page takes it."""
        return {
            "name": self.name,
            "title": self.title,
            "figure": self.figure,
            "caption": self.caption,
        }


@dataclass(frozen=True)
class ChartViews:
    """What the charts of one run show, in either theme."""

    scores: ScoresView
    votes: VotesView
    cost: CostView
    effective: EffectiveView

    @classmethod
    def of(cls, tree: Tree, spent: Iterable[Event], *, over: bool) -> ChartViews:
        """The views of a run, of its tree and at least its `Started` and `Spent` events."""
        return cls(
            scores_view(tree, over=over),
            votes_view(tree, over=over),
            cost_view(spent, over=over),
            effective_view(tree),
        )

    @property
    def size(self) -> int:
        """Bytes that they take of memory, about."""
        texts = sum(len(step.text) for step in self.scores.steps)
        rest = len(self.scores.cuts) + len(self.cost.rounds) + len(self.effective.points)
        return _BYTES_PER_MARK * (len(self.scores.steps) + rest) + 2 * texts

    def drawn(self, theme: Theme) -> tuple[DrawnChart, ...]:
        """Every chart, in order; that of effective sample sizes only where a method has them."""
        scores = scores_figure(self.scores, theme=theme).to_json()
        votes = votes_figure(self.votes, theme=theme).to_json()
        cost = cost_figure(self.cost, theme=theme).to_json()
        charts = [
            DrawnChart("scores", "Scores by depth", scores, scores_summary(self.scores)),
            DrawnChart("votes", "Votes", votes, votes_summary(self.votes)),
            DrawnChart("cost", "Cost by round", cost, cost_summary(self.cost)),
        ]
        if self.effective.points:
            figure = effective_figure(self.effective, theme=theme).to_json()
            told = effective_summary(self.effective)
            charts.append(DrawnChart("effective", "Effective sample size by round", figure, told))
        return tuple(charts)


def charts_of_run(run: HostedRun, theme: Theme) -> tuple[DrawnChart, ...]:
    """The charts of a run that is held, made once for its events; none while it has none."""
    if not run.head:
        return ()
    # In the name: a run that breaks off is over without another event.
    over = not run.live
    views = run.find(
        f"chart views, {over}",
        lambda fold: ChartViews.of(fold(), run.events_of_kinds("started", "spent"), over=over),
        lambda views: views.size,
    )
    return run.find(
        f"charts, {theme}, {over}",
        lambda _: views.drawn(theme),
        lambda drawn: sum(chart.size for chart in drawn),
    )


def chart_drawer(registry: RunRegistry, trusted_proxies: int = 0) -> DrawCharts:
    """The function that the page calls for the charts of a run, when it shows them.

    Args:
        trusted_proxies: As for `owner_of`: who asks has a turn among all who do.
    """
    turns = FairTurns(AT_ONCE)

    async def draw_charts(query: object, request: gr.Request | None = None) -> Mapping[str, Any]:
        """Charts of `{run, theme}` as `{head, live, gone, charts}`, where `head` is the number of
        events that there were; of a run that nobody knows, `gone`."""
        gone = {"head": 0, "live": False, "gone": True, "charts": []}
        if not isinstance(query, Mapping) or not isinstance(query.get("run"), str):
            return gone
        theme: Theme = "dark" if query.get("theme") == "dark" else "light"
        try:
            async with turns.turn(visitor_of(request, trusted_proxies)):
                run = await asyncio.to_thread(registry.get, query["run"])
                if run is None:
                    return gone
                # Before the charts: they may know more, never less.
                live, head = run.live, run.head
                drawn = await asyncio.to_thread(charts_of_run, run, theme)
        except TurnsBusyError as busy:
            raise HTTPException(429, str(busy)) from busy  # the page offers to try again
        charts = [chart.as_dict() for chart in drawn]
        return {"head": head, "live": live, "gone": False, "charts": charts}

    return draw_charts
