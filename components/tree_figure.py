"""The search tree as one plotly figure, for notebooks and for export.

The page draws its live tree on a canvas; this is the same picture, standing still. One trace
per state, so that the legend is the key; one trace per style of edge; every colour, symbol,
size and dash comes from the palette.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import plotly.graph_objects as go

from components.charts.frame import Source, empty_figure, tree_of
from components.charts.plain_text import plain_lines
from components.charts.tidy_tree import Point, tidy_layout
from components.numbers import counted, format_margin, format_score
from components.palette import STATES, GradeName, StateName, Theme, palette
from search_core.events import ROOT
from search_core.tree import Node, Tree

Fill = Literal["state", "score"]
LEVEL = 78
"""Height of one level of the tree in px."""
SCORE_OUTLINE = 1.5


def tree_figure(source: Source, *, theme: Theme = "light", fill: Fill = "state") -> Any:
    """Draw the tree of a run.

    Args:
        source: A tree, or a trace or result that has one.
        theme: Colours for a light or a dark ground; the figure itself is transparent.
        fill: What fills the marks: the colour of the state, or the step's score. Shape and
            edge always show the state.

    Returns:
        A `plotly.graph_objects.Figure`.
    """
    tree = tree_of(source)
    graph = tree.to_networkx()
    points = tidy_layout({node: _in_order(graph.successors(node)) for node in graph}, ROOT)
    winning = _winning_path(tree)
    groups = _by_state(tree)
    figure = empty_figure(theme, _height(points))
    for trace in _edges(tree, points, winning, groups, theme):
        figure.add_trace(trace)
    for grade in ("right", "wrong"):
        figure.add_traces(_rings(tree, points, grade, theme))
    for state, nodes in groups.items():
        if nodes:
            figure.add_trace(_marks(tree, nodes, points, state, theme, fill))
    _label_root(figure, tree, theme)
    _frame(figure, points, theme, fill)
    return figure


def _in_order(children: Iterable[str]) -> list[str]:
    """Siblings by their index, the last part of their id."""
    return sorted(children, key=lambda child: int(child.rpartition(".")[2]))


def _winning_path(tree: Tree) -> list[str]:
    chosen = tree.finished.chosen if tree.finished else None
    return [node.id for node in tree.path(chosen)] if chosen else []


def _by_state(tree: Tree) -> dict[StateName, list[Node]]:
    """The steps of each state; the chosen one is a state of its own."""
    groups: dict[StateName, list[Node]] = {state: [] for state in STATES}
    chosen = tree.finished.chosen if tree.finished else None
    for node in tree.steps():
        groups["chosen" if node.id == chosen else node.state].append(node)
    return groups


def _height(points: Mapping[str, Point]) -> int:
    levels = max(point.y for point in points.values())
    return min(1600, 150 + LEVEL * max(1, levels))


def _edges(
    tree: Tree,
    points: Mapping[str, Point],
    winning: list[str],
    groups: Mapping[StateName, list[Node]],
    theme: Theme,
) -> list[Any]:
    """One trace per style; the winning path last, above its casing."""
    on_path = set(winning)
    traces = [
        _lines(tree, points, [n.id for n in nodes if n.id not in on_path], state, theme)
        for state, nodes in groups.items()
    ]
    casing = palette().casing_line("chosen", theme)
    if casing:
        traces.append(_lines(tree, points, winning, "chosen", theme, line=casing))
    traces.append(_lines(tree, points, winning, "chosen", theme))
    return [trace for trace in traces if trace.x]


def _lines(
    tree: Tree,
    points: Mapping[str, Point],
    ids: list[str],
    state: StateName,
    theme: Theme,
    *,
    line: Mapping[str, Any] | None = None,
) -> Any:
    x: list[float | None] = []
    y: list[float | None] = []
    for node_id in ids:
        start, end = points[tree.nodes[node_id].parent or ROOT], points[node_id]
        x += [start.x, end.x, None]
        y += [-start.y, -end.y, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line=dict(line or palette().edge_line(state, theme)),
        hoverinfo="skip",
        legendgroup=state,
        showlegend=False,
    )


def _marks(
    tree: Tree,
    nodes: list[Node],
    points: Mapping[str, Point],
    state: StateName,
    theme: Theme,
    fill: Fill,
) -> Any:
    marker = palette().marker(state, theme)
    if fill == "score" and palette().states[state].fill[theme]:
        unscored = 0.0
        marker["color"] = [unscored if node.score is None else node.score for node in nodes]
        marker["coloraxis"] = "coloraxis"
        # A pale score needs an outline, also where the state has none.
        marker["line"] = {
            "color": palette().themes[theme].ink,
            "width": max(SCORE_OUTLINE, marker["line"]["width"]),
        }
    return go.Scatter(
        x=[points[node.id].x for node in nodes],
        y=[-points[node.id].y for node in nodes],
        mode="markers",
        name=palette().states[state].label,
        legendgroup=state,
        marker=marker,
        ids=[node.id for node in nodes],
        hoverinfo="text",
        hovertext=[_hover(tree, node, state) for node in nodes],
        cliponaxis=False,
    )


def _rings(tree: Tree, points: Mapping[str, Point], grade: GradeName, theme: Theme) -> list[Any]:
    """Rings around the solutions that were held against the reference, with their ✓ or ✗."""
    nodes = [node for node in tree.steps() if node.right is (grade == "right")]
    entry = palette().grades[grade]
    if not nodes:
        return []
    return [
        go.Scatter(
            x=[points[node.id].x for node in nodes],
            y=[-points[node.id].y for node in nodes],
            mode="markers+text",
            name=f"{entry.label} {entry.mark}",
            marker=palette().ring(grade, theme),
            text=[entry.mark] * len(nodes),
            textposition="bottom center",
            textfont={"color": palette().themes[theme].text, "size": 14},
            hoverinfo="skip",
            cliponaxis=False,
        )
    ]


def _hover(tree: Tree, node: Node, state: StateName) -> str:
    """What a step says when pointed at; everything from outside is escaped."""
    entry = palette().states[state]
    lines = [f"<b>Step {node.depth}, {entry.label.lower()}</b>", plain_lines(node.text)]
    if node.score is not None:
        lines.append(f"Score {format_score(node.score)}, path {format_score(node.aggregate)}")
    if node.decision is not None:
        decision = tree.decisions[node.decision]
        cut = "" if node.margin is None else f" ({format_margin(node.margin)} to the cut)"
        lines.append(plain_lines(decision.why, lines=3) + cut)
    if node.merged_into is not None:
        lines.append(f"The same as {node.merged_into}")
    if node.answer is not None:
        lines.append(f"Answer: {plain_lines(node.answer, lines=1)}")
    lines.append(f"{counted(node.tokens, 'token')}, node {node.id[:60]}")
    return "<br>".join(lines)


def _label_root(figure: Any, tree: Tree, theme: Theme) -> None:
    colours = palette().themes[theme]
    figure.add_annotation(
        x=0,
        y=0,
        text="Problem",
        hovertext=plain_lines(tree.root.text),
        showarrow=False,
        bgcolor=colours.surface,
        bordercolor=colours.ink,
        borderwidth=1.5,
        borderpad=5,
        font={"color": colours.text, "size": 13},
    )


def _frame(figure: Any, points: Mapping[str, Point], theme: Theme, fill: Fill) -> None:
    xs = [point.x for point in points.values()]
    depth = max(point.y for point in points.values())
    colours = palette().themes[theme]
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        xaxis={**hidden, "range": [min(xs) - 1, max(xs) + 1]},
        yaxis={**hidden, "range": [-depth - 0.5, 0.45]},
        dragmode="pan",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    if fill == "score":
        figure.update_layout(
            coloraxis={
                "cmin": 0,
                "cmax": 1,
                "colorscale": palette().score_scale(),
                "colorbar": {
                    "title": {"text": "Score", "font": {"color": colours.text}},
                    "tickvals": [0, 0.5, 1],
                    "tickfont": {"color": colours.text},
                    "outlinecolor": colours.muted,
                    "thickness": 12,
                    "len": 0.6,
                },
            }
        )
