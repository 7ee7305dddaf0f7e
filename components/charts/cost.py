"""Cost by round: floating-point operations and tokens of solver and verifier."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.charts.frame import MOST_ROUNDS, axis, empty_figure, grid, note
from components.palette import SeriesName, Theme, bar, palette
from search_core.log.cost import Cost
from search_core.log.events import Event, Spent, Started
from search_core.picture.numbers import (
    counted,
    format_count,
    format_flops,
    format_percent,
    format_short,
)
from search_core.run.pairing import size_note

FLOPS: tuple[SeriesName, ...] = ("solver", "verifier")
TOKENS: tuple[SeriesName, ...] = ("solver", "solver_prompt", "verifier")


@dataclass(frozen=True, slots=True)
class CostView:
    """The cost of each round, in order, of the last `MOST_ROUNDS` of very many; `count` is the
    number of all. FLOPs of 0 for a model that worked are unknown."""

    rounds: tuple[tuple[int, Cost], ...]
    total: Cost
    count: int
    note: str = ""
    """What must be said of the two models' sizes, or ""."""
    over: bool = False

    @property
    def empty(self) -> str:
        """What is said where there is nothing to draw."""
        return "This run asked no model." if self.over else "Nothing has been spent yet."

    @property
    def unknown(self) -> tuple[str, ...]:
        """Models whose FLOPs nobody can tell."""
        solver = self.total.solver_flops == 0 and self.total.generated > 0
        verifier = self.total.verifier_flops == 0 and self.total.verified > 0
        return ("solver",) * solver + ("verifier",) * verifier


def cost_view(events: Iterable[Event], *, over: bool = False) -> CostView:
    """What each round of a log cost; `over` as for `scores_view`."""
    rounds: dict[int, Cost] = {}
    total, note = Cost(), ""
    for event in events:
        if isinstance(event, Started):
            note = size_note(event.solver.parameters, event.verifier.parameters)
        if isinstance(event, Spent):
            rounds[event.round] = rounds.get(event.round, Cost()).plus(event.cost)
            total = total.plus(event.cost)
    last = tuple(sorted(rounds.items())[-MOST_ROUNDS:])
    return CostView(last, total, len(rounds), note if total.verified else "", over)


def cost_figure(view: CostView, *, theme: Theme = "light") -> Any:
    """The view as one plotly figure: FLOPs above, tokens below, rounds from left to right."""
    figure = empty_figure(theme, 400)
    if not view.rounds:
        note(figure, view.empty, theme)
        return figure
    for series in FLOPS:
        amounts = [_flops(cost, series) for _, cost in view.rounds]
        texts = [format_flops(amount) for amount in amounts]
        figure.add_trace(_bars(view, series, amounts, texts, theme, upper=True))
    for series in TOKENS:
        counts = [_tokens(cost, series) for _, cost in view.rounds]
        texts = [counted(count, "token") for count in counts]
        figure.add_trace(_bars(view, series, counts, texts, theme, upper=False))
    flops = [cost.flops for _, cost in view.rounds]
    tokens = [sum(_tokens(cost, series) for series in TOKENS) for _, cost in view.rounds]
    rounds = [number for number, _ in view.rounds]
    step = max(1, -(-(rounds[-1] - rounds[0] + 1) // 12))
    figure.update_layout(
        barmode="stack",
        legend={"traceorder": "normal"},
        bargap=0.3,
        xaxis=axis(theme, "Round", anchor="y2", tick0=rounds[0], dtick=step, range=_around(rounds)),
        yaxis=axis(theme, "FLOPs", domain=[0.56, 1], **_scale(max(flops)), **grid(theme)),
        yaxis2=axis(theme, "Tokens", domain=[0, 0.44], **_scale(max(tokens)), **grid(theme)),
    )
    return figure


def _flops(cost: Cost, series: SeriesName) -> float:
    return cost.verifier_flops if series == "verifier" else cost.solver_flops


def _tokens(cost: Cost, series: SeriesName) -> int:
    if series == "verifier":
        return cost.verified
    return cost.generated if series == "solver" else cost.prefilled


def _bars(
    view: CostView,
    series: SeriesName,
    amounts: Sequence[float],
    texts: Sequence[str],
    theme: Theme,
    *,
    upper: bool,
) -> Any:
    name = palette().series[series].label
    rounds = [number for number, _ in view.rounds]
    return go.Bar(
        x=rounds,
        y=list(amounts),
        yaxis="y" if upper else "y2",
        name=name,
        legendgroup=series,
        # The lower panel has every series: its key serves both.
        showlegend=not upper,
        marker=bar(series, theme),
        hoverinfo="text",
        hovertext=[
            f"Round {number}<br>{name}: {text}" for number, text in zip(rounds, texts, strict=True)
        ],
    )


def _around(rounds: Sequence[int]) -> list[float]:
    return [rounds[0] - 0.6, rounds[-1] + 0.6]


def _scale(most: float) -> dict[str, Any]:
    """At most four ticks at round numbers, written as people write them."""
    if most <= 0:
        return {"tickvals": [0], "range": [0, 1]}
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= most / 4)
    values = [step * index for index in range(int(most / step) + 1)]
    return {
        "tickvals": values,
        "ticktext": [format_short(value) for value in values],
        "range": [0, most * 1.08],
    }


def _drawn(view: CostView) -> str:
    some = view.count > len(view.rounds)
    return f" (the last {len(view.rounds)} are drawn)" if some else ""


def cost_summary(view: CostView) -> str:
    """The chart in one sentence."""
    if not view.rounds:
        return view.empty
    total = view.total
    tokens = (
        f"{counted(view.count, 'round')}{_drawn(view)}: the solver wrote "
        f"{counted(total.generated, 'token')} and read {format_count(total.prefilled)}, "
        f"the verifier read {format_count(total.verified)}"
    )
    if view.unknown:
        return f"{tokens}; the FLOPs of the {' and the '.join(view.unknown)} are unknown."
    if total.flops == 0:
        return f"{tokens}."
    share = format_percent(total.verifier_flops / total.flops)
    told = f"{tokens}; {format_flops(total.flops)} in all, {share} of them by the verifier."
    return f"{told} {view.note}".rstrip()
