"""Effective sample size by round: how many particles still differ, for the methods that say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.charts.frame import MOST_ROUNDS, Source, axis, empty_figure, grid, note, tree_of
from components.palette import Theme, palette
from search_core.picture.numbers import counted

_MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Allocation:
    """One allocation of the budget: its place in the run, from 1, and its round. `effective` is
    the effective sample size, between 1 and `paths`, the number of paths that had a share."""

    place: int
    round: int
    effective: float
    paths: int


@dataclass(frozen=True, slots=True)
class EffectiveView:
    """Every allocation whose method speaks of an effective sample size, in order; the last
    `MOST_ROUNDS` of very many."""

    points: tuple[Allocation, ...]


def effective_view(source: Source) -> EffectiveView:
    """The effective sample sizes of a run; none, where the method has no such thing."""
    sized = [
        (allocated, allocated.effective)
        for allocated in tree_of(source).allocations
        if allocated.effective is not None
    ][-MOST_ROUNDS:]
    return EffectiveView(
        tuple(
            Allocation(place, allocated.round, effective, len(allocated.shares))
            for place, (allocated, effective) in enumerate(sized, start=1)
        )
    )


def effective_figure(view: EffectiveView, *, theme: Theme = "light") -> Any:
    """The view as a plotly figure; dots and a dashed line, so that no colour is needed."""
    figure = empty_figure(theme, 260)
    if not view.points:
        note(figure, "This method has no effective sample size.", theme)
        return figure
    ink, muted = palette().themes[theme].ink, palette().themes[theme].muted
    places = [point.place for point in view.points]
    figure.add_trace(
        go.Scatter(
            x=places,
            y=[point.paths for point in view.points],
            mode="lines+markers",
            name="Paths",
            line={"color": muted, "width": 2, "dash": "dash"},
            marker={"symbol": "line-ew-open", "size": 12, "color": muted, "line": {"width": 2}},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=places,
            y=[point.effective for point in view.points],
            mode="lines+markers",
            name="Effective sample size",
            line={"color": ink, "width": 2},
            marker={"symbol": "circle", "size": 9, "color": ink},
            hoverinfo="text",
            hovertext=[
                f"Round {point.round}: {point.effective:.1f} of {point.paths}"
                for point in view.points
            ],
            cliponaxis=False,
        )
    )
    step = max(1, len(places) // _MOST_TICKS)
    most = max(point.paths for point in view.points)
    figure.update_layout(
        xaxis=axis(
            theme,
            "Round",
            range=[0.5, len(places) + 0.5],
            tickvals=places[::step],
            ticktext=[str(point.round) for point in view.points[::step]],
        ),
        yaxis=axis(theme, "Paths", range=[0, most * 1.08], **grid(theme)),
    )
    return figure


def effective_summary(view: EffectiveView) -> str:
    """The chart in one sentence."""
    if not view.points:
        return "This method has no effective sample size."
    least = min(view.points, key=lambda point: point.effective)
    return (
        f"Effective sample size over {counted(len(view.points), 'round')}: it begins at "
        f"{view.points[0].effective:.1f} of {view.points[0].paths} and is least in round "
        f"{least.round}, {least.effective:.1f} of {least.paths}. Near 1, one path has nearly all "
        "the weight."
    )
