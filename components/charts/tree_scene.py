"""A tree laid out for drawing, and its edges as plotly traces."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.charts.tidy_tree import Point, tidy_layout
from components.palette import STATES, StateName, Theme, palette
from search_core.log.events import ROOT
from search_core.log.export import tree_to_networkx
from search_core.log.tree import Node, Tree

MOST_CURVES = 3000
"""Trees with more nodes than this get straight edges."""
_STRAIGHT = ((0.0, 0.0), (1.0, 1.0))
# A cubic Bézier curve whose control points lie half-way down: upright at both ends, where
# it bends most and the points are densest.
_CURVE = tuple(
    (t * t * (3 - 2 * t), 1.5 * t * (1 - t) + t**3)
    for t in ((1 - math.cos(math.pi * index / 14)) / 2 for index in range(15))
)


@dataclass(frozen=True)
class TreeScene:
    """A tree with its places, and what is drawn apart: the chosen node and the way to it."""

    tree: Tree
    theme: Theme
    points: Mapping[str, Point]
    winning: Sequence[str]
    """Ids from the first step to the chosen solution; empty when none is chosen."""

    @property
    def depth(self) -> int:
        """Number of levels below the root, at least 1."""
        return max(1, max(point.y for point in self.points.values()))

    def state(self, node: Node) -> StateName:
        """The palette's name for the node's state."""
        return "chosen" if self.winning and node.id == self.winning[-1] else node.state

    def at(self, nodes: Iterable[Node]) -> dict[str, list[float]]:
        """Plotly's coordinates of these nodes: down is negative."""
        points = [self.points[node.id] for node in nodes]
        return {"x": [point.x for point in points], "y": [-point.y for point in points]}


def lay_out(tree: Tree, theme: Theme) -> TreeScene:
    """Place every node of the tree's networkx graph."""
    graph = tree_to_networkx(tree)
    points = tidy_layout({node: _in_order(graph.successors(node)) for node in graph}, ROOT)
    chosen = tree.finished.chosen if tree.finished else None
    winning = [node.id for node in tree.path(chosen)] if chosen else []
    return TreeScene(tree, theme, points, winning)


def _in_order(children: Iterable[str]) -> list[str]:
    """Siblings by their index, the last part of their id."""
    return sorted(children, key=lambda child: int(child.rpartition(".")[2]))


def edge_traces(scene: TreeScene) -> list[Any]:
    """One trace per style; the winning path last, above its casing."""
    on_path = set(scene.winning)
    ids: dict[StateName, list[str]] = {state: [] for state in STATES}
    for node in scene.tree.steps():
        if node.id not in on_path:
            ids[scene.state(node)].append(node.id)
    traces = [
        _lines(scene, ids[state], palette().edge_line(state, scene.theme)) for state in STATES
    ]
    casing = palette().casing_line("chosen", scene.theme)
    if casing:
        traces.append(_lines(scene, scene.winning, casing))
    traces.append(_lines(scene, scene.winning, palette().edge_line("chosen", scene.theme)))
    return [trace for trace in traces if trace.x]


def _lines(scene: TreeScene, ids: Sequence[str], line: Mapping[str, Any]) -> Any:
    places = _CURVE if len(scene.points) <= MOST_CURVES else _STRAIGHT
    x: list[float | None] = []
    y: list[float | None] = []
    for node_id in ids:
        start = scene.points[scene.tree.nodes[node_id].parent or ROOT]
        end = scene.points[node_id]
        x += [round(start.x + across * (end.x - start.x), 4) for across, _ in places]
        y += [round(-start.y - down, 4) for _, down in places]
        x.append(None)
        y.append(None)
    return go.Scatter(x=x, y=y, mode="lines", line=dict(line), hoverinfo="skip", showlegend=False)
