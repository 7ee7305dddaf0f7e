"""A tree as a map of where two verifiers disagree: the shape says which way, the size how far.

The page's own map is `assets/js/verify/tree_map.js`; this is the same on paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from search_core.picture.svg import document, element
from search_core.picture.symbols import symbol_path

ALIKE = 0.05
"""Smaller changes are alike."""
MOST = 1_500
"""Steps of the largest tree that is drawn."""
_ROW, _EDGE, _STEP = 18.0, 20.0, 72.0
_SQUARE, _CIRCLE = "M-9 -9H9V9H-9Z", "M10 0A10 10 0 1 1 -10 0A10 10 0 1 1 10 0Z"
_SHAPES = {
    "up": ("triangle-up", "var(--grade-right-line)"),
    "down": ("triangle-down", "var(--grade-wrong-line)"),
    "alike": ("circle", "var(--palette-subtle)"),
    "none": ("x", "var(--palette-subtle)"),
}
Nodes = Sequence[Mapping[str, Any]]


def direction(node: Mapping[str, Any]) -> str:
    """ "up", "down", "alike", or "none" where one of the two has no score."""
    if node["was"] is None or node["now"] is None:
        return "none"
    change = node["now"] - node["was"]
    if abs(change) < ALIKE:
        return "alike"
    return "up" if change > 0 else "down"


def tree_map(nodes: Nodes, then: Collection[str], now: Collection[str], about: str) -> str:
    """The map as SVG, whose colours are the page's.

    Args:
        nodes: Each after its parent, as they were sampled.
        then, now: Ids of what was preferred, and would be, where the two first differ.
        about: For people who cannot see it.
    """
    places = _places(nodes)
    rows = max((y for _, y in places.values()), default=0.0)
    columns = max((x for x, _ in places.values()), default=0.0)
    root = _EDGE, _EDGE + rows / 2 * _ROW
    at = {id_: (_EDGE + x * _STEP, _EDGE + y * _ROW) for id_, (x, y) in places.items()}
    edges = [_edge(at.get(node["parent"], root), at[node["id"]], node["state"]) for node in nodes]
    marks = [_mark(node, at[node["id"]], node["id"] in then, node["id"] in now) for node in nodes]
    width, height = 2 * _EDGE + columns * _STEP, 2 * _EDGE + rows * _ROW
    return document(width, height, *edges, *marks, title="Where the two disagree", about=about)


def _places(nodes: Nodes) -> dict[str, tuple[float, float]]:
    """Depth and row of each node: each leaf has a row, a parent stands amid its children."""
    children: dict[str, list[str]] = {}
    for node in nodes:
        children.setdefault(node["parent"], []).append(node["id"])
    depth = {node["id"]: float(node["depth"]) for node in nodes}
    places: dict[str, tuple[float, float]] = {}
    open_ = [node["id"] for node in reversed(nodes) if node["parent"] not in depth]
    order, rows = [], 0
    while open_:  # not by recursion: a path may be hundreds of steps deep
        id_ = open_.pop()
        order.append(id_)
        below = children.get(id_, [])
        if not below:
            places[id_] = depth[id_], float(rows)
            rows += 1
        open_ += reversed(below)
    for id_ in reversed(order):
        if id_ in children:
            ys = [places[child][1] for child in children[id_]]
            places[id_] = depth[id_], (min(ys) + max(ys)) / 2
    return places


def _edge(start: tuple[float, float], end: tuple[float, float], state: str) -> str:
    (x0, y0), (x1, y1), middle = start, end, (start[0] + end[0]) / 2
    path = f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    cut = {"stroke_dasharray": "3 3"} if state == "pruned" else {}
    return element("path", d=path, fill="none", stroke="var(--palette-muted)", **cut)


def _mark(node: Mapping[str, Any], place: tuple[float, float], then: bool, now: bool) -> str:
    way = direction(node)
    symbol, colour = _SHAPES[way]
    far = abs(node["now"] - node["was"]) if way in ("up", "down") else 0.0
    size = 4 + 4 * min(1.0, far) if far else 3.0
    parts = [element("path", d=symbol_path(symbol), transform=f"scale({size:.1f})", fill=colour)]
    rings = [_SQUARE] * then + [_CIRCLE] * now
    parts += [
        element("path", d=path, fill="none", stroke="var(--palette-text)", stroke_width=1.5)
        for path in rings
    ]
    return element("g", *parts, transform=f"translate({place[0]:.1f} {place[1]:.1f})")
