"""The search tree as one plotly figure, for notebooks and for export.

The page draws its live tree on a canvas; this is the same picture, standing still. One trace
per state, so that the legend is the key; one trace per style of edge; every colour, symbol
and dash comes from the palette.
"""

from __future__ import annotations

from typing import Any, Literal

import plotly.graph_objects as go

from components.charts.frame import Source, empty_figure, tree_of
from components.charts.plain_text import plain_lines
from components.charts.tree_scene import TreeScene, edge_traces, lay_out
from components.numbers import counted, format_margin, format_score
from components.palette import STATES, GradeName, StateName, Theme, palette
from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree

Fill = Literal["state", "score"]
LEVEL = 78
"""Height of one level of the tree in px."""
COLUMN = 28
"""Width that siblings need in px; a tree with many columns gets a figure of fixed width."""
FLUID_WIDTH = 1000
WIDEST, TALLEST = 12_000, 4_000
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

    Raises:
        ValueError: The log has not even begun, so there is no problem to draw.
    """
    tree = tree_of(source)
    if ROOT not in tree.nodes:
        raise ValueError("The tree is empty; expected a log that starts with its header.")
    scene = lay_out(tree, theme)
    figure = empty_figure(theme, min(TALLEST, 110 + LEVEL * scene.depth))
    figure.add_traces([*edge_traces(scene), *_winning_frames(scene)])
    for state in STATES:
        figure.add_traces(_marks(scene, state, fill))
    for grade in ("right", "wrong"):
        figure.add_traces(_rings(scene, grade))
    _label_root(figure, scene)
    _frame(figure, scene, fill)
    return figure


def _winning_frames(scene: TreeScene) -> list[Any]:
    """Below each inner node of the winning path, its own shape in the path's colour."""
    nodes = [scene.tree.nodes[node_id] for node_id in scene.winning[:-1]]
    if not nodes:
        return []
    chosen = palette().states["chosen"]
    entries = [palette().states[scene.state(node)] for node in nodes]
    marker = {
        "symbol": [entry.symbol for entry in entries],
        "size": [entry.size + chosen.edge.casing for entry in entries],
        "color": chosen.edge.color[scene.theme],
        "opacity": 1,
        "line": {"width": chosen.line_width, "color": palette().themes[scene.theme].casing},
    }
    return [
        go.Scatter(
            **scene.at(nodes), mode="markers", marker=marker, hoverinfo="skip", showlegend=False
        )
    ]


def _marks(scene: TreeScene, state: StateName, fill: Fill) -> list[Any]:
    nodes = [node for node in scene.tree.steps() if scene.state(node) == state]
    if not nodes:
        return []
    entry = palette().states[state]
    marker = palette().marker(state, scene.theme)
    traces = []
    if fill == "score" and entry.fill[scene.theme] and all(n.score is not None for n in nodes):
        # A pale score needs an outline, also where the state has none.
        outline = max(SCORE_OUTLINE, entry.line_width)
        marker["line"] = {"color": palette().themes[scene.theme].ink, "width": outline}
        traces.append(_key(entry.label, state, marker, scene.theme))
        marker["color"] = [node.score for node in nodes]
        marker["coloraxis"] = "coloraxis"
    marks = go.Scatter(
        **scene.at(nodes),
        mode="markers",
        name=entry.label,
        legendgroup=state,
        showlegend=not traces,
        marker=marker,
        ids=[node.id for node in nodes],
        hoverinfo="text",
        hovertext=[_hover(scene.tree, node, entry.label) for node in nodes],
        cliponaxis=False,
    )
    return [*traces, marks]


def _key(label: str, state: StateName, marker: dict[str, Any], theme: Theme) -> Any:
    """The entry in the key of marks whose fill says something else than their state."""
    empty = {**marker, "color": palette().themes[theme].surface}
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=label, legendgroup=state, marker=empty
    )


def _rings(scene: TreeScene, grade: GradeName) -> list[Any]:
    """Rings around the solutions that were held against the reference, with their ✓ or ✗."""
    nodes = [node for node in scene.tree.steps() if node.right is (grade == "right")]
    if not nodes:
        return []
    entry = palette().grades[grade]
    return [
        go.Scatter(
            **scene.at(nodes),
            mode="markers+text",
            name=f"{entry.label} {entry.mark}",
            marker=palette().ring(grade, scene.theme),
            text=[entry.mark] * len(nodes),
            textposition="bottom center",
            textfont={"color": palette().themes[scene.theme].text, "size": 14},
            hoverinfo="skip",
            cliponaxis=False,
        )
    ]


def _hover(tree: Tree, node: Node, label: str) -> str:
    """What a step says when pointed at; everything from outside is escaped."""
    lines = [f"<b>Step {node.depth}: {label}</b>", plain_lines(node.text)]
    if node.score is not None:
        lines.append(f"Score {format_score(node.score)}, path {format_score(node.aggregate)}")
    if node.decision is not None:
        cut = "" if node.margin is None else f" ({format_margin(node.margin)} to the cut)"
        lines.append(plain_lines(tree.decisions[node.decision].why, lines=3) + cut)
    if node.merged_into is not None:
        lines.append(f"The same as node {node.merged_into[:60]}")
    if node.answer is not None:
        lines.append(f"Answer: {plain_lines(node.answer, lines=1)}")
    lines.append(f"{counted(node.tokens, 'token')}, node {node.id[:60]}")
    return "<br>".join(lines)


def _label_root(figure: Any, scene: TreeScene) -> None:
    colours = palette().themes[scene.theme]
    figure.add_annotation(
        x=0,
        y=0,
        text="Problem",
        hovertext=plain_lines(scene.tree.root.text),
        showarrow=False,
        bgcolor=colours.surface,
        bordercolor=colours.ink,
        borderwidth=1.5,
        borderpad=5,
        font={"color": colours.text, "size": 13},
    )


def _frame(figure: Any, scene: TreeScene, fill: Fill) -> None:
    xs = [point.x for point in scene.points.values()]
    width = COLUMN * (max(xs) - min(xs) + 3)
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        width=min(WIDEST, round(width)) if width > FLUID_WIDTH else None,
        xaxis={**hidden, "range": [min(xs) - 1, max(xs) + 1]},
        yaxis={**hidden, "range": [-scene.depth - 0.5, 0.4]},
        dragmode="pan",
    )
    if fill == "score":
        figure.update_layout(coloraxis=_score_axis(scene.theme))


def _score_axis(theme: Theme) -> dict[str, Any]:
    colours = palette().themes[theme]
    return {
        "cmin": 0,
        "cmax": 1,
        "colorscale": palette().score_scale(),
        "colorbar": {
            "title": {"text": "Score", "font": {"color": colours.text}},
            "tickvals": [0, 0.5, 1],
            "tickfont": {"color": colours.text},
            "outlinecolor": colours.muted,
            "thickness": 12,
            "len": 0.8,
        },
    }
