"""Scores by depth: every scored step at its depth and path score, by what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import plotly.graph_objects as go

from components.charts.frame import Source, axis, empty_figure, grid, note, tree_of
from components.charts.plain_text import plain, plain_lines
from components.palette import STATES, StateName, Theme, marker, palette
from search_core.log.tree import Node, Tree
from search_core.picture.numbers import counted, format_count, format_score

SLOTS = (0.0, -0.12, 0.12, -0.24, 0.24, -0.36, 0.36)
"""Places in a depth's column, the middle first, in depths."""
CLEARANCE = 0.055
"""Scores closer than this would overlap in one place of a column."""
MARK_SCALE = 0.8
MOST_DRAWN = 4_000
"""Steps that are drawn: more cannot be told apart, and each costs the server and the browser."""
_TEXT_KEPT = 600
"""Characters of a step's text, of which a few lines are shown."""


@dataclass(frozen=True, slots=True)
class ScoredStep:
    """One step. `x` is its depth plus what keeps equal scores apart; `score` is in [0, 1]."""

    id: str
    state: StateName
    depth: int
    x: float
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class CutLine:
    """Where a decision drew its line, at the depth of the steps that it judged."""

    depth: int
    score: float


@dataclass(frozen=True, slots=True)
class ScoreSpan:
    """How many steps are in a state, and the least and the highest of their scores."""

    state: StateName
    count: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ScoresView:
    """What the chart shows. `aggregate` names how a path's scores became one number, `spans` tell
    of all scored steps; `steps` are those that are drawn."""

    aggregate: str
    steps: tuple[ScoredStep, ...]
    cuts: tuple[CutLine, ...]
    spans: tuple[ScoreSpan, ...]
    over: bool = False

    @property
    def empty(self) -> str:
        """What is said where there is nothing to draw."""
        return "No step of this run was scored." if self.over else "No step has been scored yet."


def scores_view(source: Source, *, over: bool = False) -> ScoresView:
    """The scored steps and the cuts of a run; of very many steps, every so many-th.

    Args:
        source: A tree, or what has one.
        over: No more steps will come, though the run may have no end.
    """
    tree = tree_of(source)
    chosen = tree.finished.chosen if tree.finished else None
    scored = [(node.aggregate, node) for node in tree.steps() if node.aggregate is not None]
    every = -(-len(scored) // MOST_DRAWN)
    columns: dict[int, list[tuple[float, Node]]] = {}
    for place, (score, node) in enumerate(scored):
        if place % every == 0 or node.id == chosen:
            columns.setdefault(node.depth, []).append((score, node))
    steps = tuple(
        ScoredStep(
            node.id,
            _state(node, chosen),
            node.depth,
            node.depth + offset,
            score,
            node.text[:_TEXT_KEPT],
        )
        for column in columns.values()
        for score, node, offset in _side_by_side(column)
    )
    options = tree.started.options if tree.started else {}
    cuts = tuple(islice(_cuts(tree), MOST_DRAWN))
    aggregate = str(options.get("aggregate") or "last")
    return ScoresView(aggregate, steps, cuts, _spans(scored, chosen), over or bool(tree.finished))


def _state(node: Node, chosen: str | None) -> StateName:
    return "chosen" if node.id == chosen else node.state


def _spans(scored: list[tuple[float, Node]], chosen: str | None) -> tuple[ScoreSpan, ...]:
    by_state: dict[StateName, list[float]] = {}
    for score, node in scored:
        by_state.setdefault(_state(node, chosen), []).append(score)
    return tuple(
        ScoreSpan(state, len(scores), min(scores), max(scores))
        for state in STATES
        if (scores := by_state.get(state))
    )


def _side_by_side(column: list[tuple[float, Node]]) -> Iterator[tuple[float, Node, float]]:
    """Give each score of a column the most central place where it covers no other, or else
    the place that has been free for longest."""
    last = dict.fromkeys(SLOTS, float("-inf"))
    for score, node in sorted(column, key=lambda entry: entry[0]):
        free = [slot for slot in SLOTS if score - last[slot] >= CLEARANCE]
        slot = free[0] if free else min(SLOTS, key=lambda slot: last[slot])
        last[slot] = score
        yield score, node, slot


def _cuts(tree: Tree) -> Iterator[CutLine]:
    drawn = set()
    for decision in tree.decisions:
        if decision.cutoff is None or not decision.pruned:
            continue
        cut = CutLine(tree.nodes[decision.pruned[0].id].depth, decision.cutoff)
        if cut not in drawn:
            drawn.add(cut)
            yield cut


def scores_figure(view: ScoresView, *, theme: Theme = "light") -> Any:
    """The view as a plotly figure; the shapes are those of the tree."""
    figure = empty_figure(theme, 320)
    if not view.steps:
        note(figure, view.empty, theme)
        return figure
    if view.cuts:
        figure.add_trace(_cut_trace(view, theme))
    for state in STATES:
        steps = [step for step in view.steps if step.state == state]
        if steps:
            figure.add_trace(_state_trace(state, steps, theme))
    depths = max(step.depth for step in view.steps)
    figure.update_layout(
        xaxis=axis(
            theme, "Step number", range=[0.5, depths + 0.5], dtick=max(1, depths // 10), tick0=1
        ),
        yaxis=axis(
            theme,
            f"Path score ({plain(view.aggregate, 20)}), 0 to 1",
            range=[-0.06, 1.06],
            tickvals=[0, 0.25, 0.5, 0.75, 1],
            **grid(theme),
        ),
    )
    return figure


def _state_trace(state: StateName, steps: list[ScoredStep], theme: Theme) -> Any:
    entry = palette().states[state]
    look = marker(state, theme)
    return go.Scatter(
        x=[step.x for step in steps],
        y=[step.score for step in steps],
        mode="markers",
        name=entry.label,
        marker={**look, "size": MARK_SCALE * look["size"]},
        hoverinfo="text",
        hovertext=[
            f"{entry.label}, score {format_score(step.score)}<br>{plain_lines(step.text, 40, 3)}"
            for step in steps
        ],
        cliponaxis=False,
    )


def _cut_trace(view: ScoresView, theme: Theme) -> Any:
    x: list[float | None] = []
    y: list[float | None] = []
    for cut in view.cuts:
        x += [cut.depth - 0.45, cut.depth + 0.45, None]
        y += [cut.score, cut.score, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name="Cut-off",
        line={"color": palette().themes[theme].ink, "width": 2, "dash": "dot"},
        hoverinfo="text",
        hovertext=[None if score is None else f"Cut-off {format_score(score)}" for score in y],
    )


_COUNTED: Mapping[str, str] = {"completed": "solution", "merged": "duplicate"}
"""States that are named by what they are, and so can be many."""


def _counted_state(span: ScoreSpan) -> str:
    if span.state in _COUNTED:
        return counted(span.count, _COUNTED[span.state])
    return f"{format_count(span.count)} {palette().states[span.state].label.lower()}"


def scores_summary(view: ScoresView) -> str:
    """The chart in one sentence."""
    if not view.steps:
        return view.empty
    parts = []
    for span in view.spans:
        scores = format_score(span.least)
        if span.most != span.least:
            scores += f" to {format_score(span.most)}"
        parts.append(f"{_counted_state(span)} ({scores})")
    total = sum(span.count for span in view.spans)
    told = f"Path scores of {counted(total, 'scored step')}: {', '.join(parts)}."
    if total == len(view.steps):
        return told
    return f"{told} {format_count(len(view.steps))} of them are drawn."
