"""A small picture of a recorded run: what a strategy's tree looks like, at a glance.

A pure function from a tree to inline SVG. Colours are the page's custom properties of the
palette, so the picture follows the theme; shapes and dashes say the same without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from components.charts.tidy_tree import Point, tidy_layout
from components.numbers import counted
from components.palette import STATES, StateName, palette
from components.symbols import symbol_path
from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree

WIDTH = 296.0
"""Width of the drawing in units of its own; the page scales it."""
_LEVEL = 34.0
_COLUMN = 9.0
_MOST_COLUMNS = 30
_TALLEST = 220.0
_MARGIN = 11.0
_LARGEST_MARK = 5.0
_USUAL_SIZE = 14
"""Size in the palette of the mark that gets the scene's radius."""
_STACKED = 1.6
_DASHES = {"solid": "", "dash": "4 3", "longdash": "8 3", "dot": "1 2.5", "dashdot": "5 2 1 2"}
_CROWDS = (16, 8, 6, 4, 3, 2, 1)
"""How many siblings are shown at most, from the first that lets the picture fit."""


@dataclass(frozen=True)
class _Scene:
    """What is drawn, and where: x and y in units of the drawing."""

    tree: Tree
    places: Mapping[str, tuple[float, float]]
    height: float
    radius: float
    winning: frozenset[str]
    downwards: bool

    def state(self, node: Node) -> StateName:
        chosen = self.tree.finished.chosen if self.tree.finished else None
        return "chosen" if node.id == chosen else node.state

    def shown(self) -> Iterator[Node]:
        return (node for node in self.tree.steps() if node.id in self.places)


def diagram(tree: Tree, title: str) -> str:
    """The tree as an inline SVG picture with a text alternative, and the key to its marks.

    Args:
        tree: Of a run that has at least one step.
        title: What the strategy is called.

    Raises:
        ValueError: There is no step to draw.
    """
    if len(tree.nodes) < 2:
        raise ValueError(f"The run of {title} has no step to draw.")
    scene = _lay_out(tree)
    body = "".join([*_edges(scene), *_jumps(scene), _root(scene), *_marks(scene)])
    return (
        f'<svg class="diagram" role="img" aria-label="{escape(_words(scene, title))}" '
        f'viewBox="0 0 {WIDTH:g} {scene.height:g}">{body}</svg>{_key(scene)}'
    )


def _lay_out(tree: Tree) -> _Scene:
    chosen = tree.finished.chosen if tree.finished else None
    winning = frozenset(node.id for node in tree.path(chosen)) if chosen else frozenset()
    children = _everyone(tree)
    points = tidy_layout(children, ROOT)
    for most in _CROWDS:
        if _columns(points) <= _MOST_COLUMNS:
            break
        children = _fewer(tree, most, winning)
        points = tidy_layout(children, ROOT)
    depth = max(point.y for point in points.values())
    downwards = _columns(points) >= depth
    across = (WIDTH if downwards else _TALLEST) - 2 * _MARGIN
    column = min(18.0 if downwards else _COLUMN * 1.5, across / max(1.0, _columns(points)))
    along = (_TALLEST if downwards else WIDTH) - 2 * _MARGIN
    level = min(_LEVEL, along / max(1, depth))
    height = level * depth if downwards else column * _columns(points)
    first = min(point.x for point in points.values())
    # The drawing stands in the middle of its width.
    start = (WIDTH - column * _columns(points)) / 2 if downwards else (WIDTH - level * depth) / 2
    places = {}
    for node, (x, y) in points.items():
        side, down = (x - first) * column, y * level
        places[node] = (
            (start + side, _MARGIN + down) if downwards else (start + down, _MARGIN + side)
        )
    radius = max(2.4, min(_LARGEST_MARK, column * 0.46, level * 0.3))
    return _Scene(tree, places, height + 2 * _MARGIN, radius, winning, downwards)


def _columns(points: Mapping[str, Point]) -> float:
    across = [point.x for point in points.values()]
    return max(across) - min(across)


def _everyone(tree: Tree) -> dict[str, list[str]]:
    return {node.id: list(node.children) for node in tree.nodes.values()}


def _fewer(tree: Tree, most: int, winning: frozenset[str]) -> dict[str, list[str]]:
    """At most so many children of each node: those that lead on come first, in their order."""
    shown: dict[str, list[str]] = {}
    waiting = [ROOT]
    while waiting:
        node = tree.nodes[waiting.pop()]
        best = sorted(node.children, key=lambda child: _dull(tree.nodes[child], winning))[:most]
        shown[node.id] = [child for child in node.children if child in set(best)]
        waiting += shown[node.id]
    return shown


def _dull(node: Node, winning: frozenset[str]) -> int:
    """0 for what must be seen; more for what can rather be left out."""
    if node.id in winning:
        return 0
    if node.state == "completed":
        return 1
    return 2 if node.children else 3


def _edges(scene: _Scene) -> Iterator[str]:
    lines: dict[StateName, list[str]] = {}
    winning = []
    for node in scene.shown():
        line = _curve(scene, node.parent or ROOT, node.id)
        if node.id in scene.winning:
            winning.append(line)
        else:
            lines.setdefault(scene.state(node), []).append(line)
    for state, paths in lines.items():
        edge = palette().states[state].edge
        dash = _DASHES[edge.dash]
        yield (
            f'<path d="{"".join(paths)}" fill="none" stroke="var(--state-{state}-edge)" '
            f'stroke-width="{min(1.6, edge.width * 0.7):.2g}"'
            + (f' stroke-dasharray="{dash}"/>' if dash else "/>")
        )
    if winning:
        way = f'd="{"".join(winning)}" fill="none"'
        yield f'<path {way} stroke="var(--palette-casing)" stroke-width="4.2"/>'
        yield f'<path {way} stroke="var(--state-chosen-edge)" stroke-width="2.8"/>'


def _curve(scene: _Scene, start: str, end: str) -> str:
    (x0, y0), (x1, y1) = scene.places[start], scene.places[end]
    if scene.downwards:
        middle = (y0 + y1) / 2
        return f"M{x0:.1f} {y0:.1f}C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
    middle = (x0 + x1) / 2
    return f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"


def _jumps(scene: _Scene) -> Iterator[str]:
    """Where a node goes on from elsewhere than its parent: a revision, or a jump back."""
    for node in scene.shown():
        if node.after is None or node.after not in scene.places:
            continue
        (x0, y0), (x1, y1) = scene.places[node.after], scene.places[node.id]
        bend = (0.0, 14.0) if scene.downwards else (14.0, 0.0)
        yield (
            f'<path d="M{x0:.1f} {y0:.1f}Q{x0 + bend[0]:.1f} {y0 + bend[1]:.1f} '
            f'{x1:.1f} {y1:.1f}" fill="none" stroke="var(--palette-subtle)" '
            'stroke-width="0.9" stroke-dasharray="3 2"/>'
        )


def _root(scene: _Scene) -> str:
    x, y = scene.places[ROOT]
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="var(--palette-ink)"/>'


def _marks(scene: _Scene) -> Iterator[str]:
    """One group for each state; the chosen answer, the palette's last, lies on top."""
    most = max((node.visits or 0 for node in scene.shown()), default=0)
    groups: dict[StateName, list[str]] = {}
    for node in scene.shown():
        state = scene.state(node)
        x, y = scene.places[node.id]
        radius = scene.radius * (palette().states[state].size / _USUAL_SIZE)
        if most:
            radius *= 0.8 + 0.6 * ((node.visits or 0) / most) ** 0.5
        marks = groups.setdefault(state, [])
        if (node.copies or 0) > 1:
            marks.append(_mark(state, x + _STACKED, y - _STACKED, radius))
        marks.append(_mark(state, x, y, radius))
    for state in STATES:
        if state in groups:
            yield _group(state, "".join(groups[state]), scene.radius)


def _mark(state: StateName, x: float, y: float, radius: float) -> str:
    path = symbol_path(palette().states[state].symbol)
    return f'<path d="{path}" transform="translate({x:.1f} {y:.1f}) scale({radius:.2f})"/>'


def _group(state: StateName, marks: str, radius: float) -> str:
    line = min(1.0, palette().states[state].line_width) / max(radius, _LARGEST_MARK)
    return (
        f'<g fill="var(--state-{state}-fill)" stroke="var(--state-{state}-line)" '
        f'stroke-width="{line:.2f}">{marks}</g>'
    )


def _key(scene: _Scene) -> str:
    """Each mark that occurs, with its name: the picture explains itself."""
    there = {scene.state(node) for node in scene.shown()}
    entries = [
        f'<span class="diagram-entry"><svg viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true">'
        f"{_group(state, _mark(state, 0, 0, 1), 1)}</svg>{entry.label}</span>"
        for state, entry in palette().states.items()
        if state in there
    ]
    if any(node.after in scene.places for node in scene.shown() if node.after):
        entries.append('<span class="diagram-entry">- - goes on after</span>')
    left = len(scene.tree.nodes) - len(scene.places)
    if left:
        entries.append(f'<span class="diagram-entry">{counted(left, "step")} left out</span>')
    return f'<figcaption class="diagram-key">{"".join(entries)}</figcaption>'


def _words(scene: _Scene, title: str) -> str:
    tree = scene.tree
    tally: dict[str, int] = {}
    for node in tree.steps():
        label = palette().states[node.state].label.lower()
        tally[label] = tally.get(label, 0) + 1
    states = ", ".join(f"{label} {number}" for label, number in tally.items())
    levels = max(node.depth for node in tree.steps())
    steps = counted(len(tree.nodes) - 1, "step")
    return f"A recorded run of {title}: {steps} on {counted(levels, 'level')}: {states}."
