"""The marks of a tree and the lines between them, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from search_core.log.events import ROOT
from search_core.picture.paint import Paint
from search_core.picture.palette import STATES, StateName, palette
from search_core.picture.scene import STACKED, Scene
from search_core.picture.svg import element, text
from search_core.picture.symbols import symbol_path

BEND = 15.0
"""Within this distance of its two ends a line bends; the rest of it is straight."""
_DASHES = {"solid": "", "dash": "4 3", "longdash": "8 3", "dot": "1 2.5", "dashdot": "5 2 1 2"}
_LINE, _WIDEST_LINE = 0.7, 1.6
"""Widths of the palette are for a large canvas: here they are scaled, and capped."""
_WINNING, _CASING = 2.8, 4.2
_USUAL_RADIUS = 5.0

Tell = Callable[[str], str]
"""What a mark says when it is pointed at; "": nothing."""


def silent(_: str) -> str:
    """Marks say nothing."""
    return ""


def draw(scene: Scene, paint: Paint, tell: Tell = silent) -> str:
    """Lines, then marks: the way to the answer lies above all other lines.

    Args:
        tell: Of the id of a mark, what it says when it is pointed at, not escaped.
    """
    lines = [*_edges(scene, paint), *_jumps(scene, paint)]
    return "".join([*lines, _root(scene, paint, tell), *_marks(scene, paint, tell)])


def symbol(state: StateName, x: float, y: float, radius: float, told: str = "") -> str:
    """One mark, to be put into a `group` of its state."""
    title = element("title", text(told)) if told else ""
    return element(
        "path",
        title,
        d=symbol_path(palette().states[state].symbol),
        transform=f"translate({x:.1f} {y:.1f}) scale({radius:.2f})",
    )


def group(state: StateName, marks: str, radius: float, paint: Paint) -> str:
    """Marks of one state, with its colours. `radius` is the usual one in this drawing."""
    # Marks are scaled, and their outlines with them.
    line = min(1.0, palette().states[state].line_width) / max(radius, _USUAL_RADIUS)
    colours = paint(fill=f"state-{state}-fill", stroke=f"state-{state}-line")
    return element("g", marks, **colours, stroke_width=f"{line:.2f}", stroke_linejoin="round")


def _edges(scene: Scene, paint: Paint) -> Iterator[str]:
    lines: dict[StateName, list[str]] = {}
    winning = []
    for parent, child in scene.parents():
        line = _curve(scene, parent, child)
        # A bridge lies on the way to the answer where there is one.
        if child in scene.winning or (scene.winning and child in scene.shown.bridges):
            winning.append(line)
        else:
            lines.setdefault(scene.state_at(child), []).append(line)
    for state, paths in lines.items():
        edge = palette().states[state].edge
        dash = _DASHES[edge.dash]
        yield element(
            "path",
            d="".join(paths),
            **paint(stroke=f"state-{state}-edge"),
            stroke_width=f"{min(_WIDEST_LINE, edge.width * _LINE):.2g}",
            **({"stroke_dasharray": dash} if dash else {}),
        )
    if winning:
        way = "".join(winning)
        for colour, width in (("palette-casing", _CASING), ("state-chosen-edge", _WINNING)):
            yield element("path", d=way, **paint(stroke=colour), stroke_width=f"{width}")


def _curve(scene: Scene, start: str, end: str) -> str:
    """Bent near its start, then straight into its end, where its words can stand on it."""
    (x0, y0), (x1, y1) = scene.places[start], scene.places[end]
    if scene.downwards:
        bend = min(BEND, (y1 - y0) / 2)
        curve = f"{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y0 + bend:.1f} {x1:.1f} {y0 + 2 * bend:.1f}"
        return f"M{x0:.1f} {y0:.1f}C{curve}V{y1:.1f}"
    bend = min(BEND, (x1 - x0) / 2)
    curve = f"{x0 + bend:.1f} {y0:.1f} {x0 + bend:.1f} {y1:.1f} {x0 + 2 * bend:.1f} {y1:.1f}"
    return f"M{x0:.1f} {y0:.1f}C{curve}H{x1:.1f}"


def _jumps(scene: Scene, paint: Paint) -> Iterator[str]:
    """Where a node goes on from elsewhere than its parent: a revision, or a jump back."""
    for node in scene.nodes():
        if node.after is None or node.after not in scene.places:
            continue
        (x0, y0), (x1, y1) = scene.places[node.after], scene.places[node.id]
        across, down = (0.0, 14.0) if scene.downwards else (14.0, 0.0)
        yield element(
            "path",
            d=f"M{x0:.1f} {y0:.1f}Q{x0 + across:.1f} {y0 + down:.1f} {x1:.1f} {y1:.1f}",
            **paint(stroke="palette-subtle"),
            stroke_width="0.9",
            stroke_dasharray="3 2",
        )


def _root(scene: Scene, paint: Paint, tell: Tell) -> str:
    x, y = scene.places[ROOT]
    told = tell(ROOT)
    title = element("title", text(told)) if told else ""
    return element("circle", title, cx=x, cy=y, r=_USUAL_RADIUS, **paint(fill="palette-ink"))


def _marks(scene: Scene, paint: Paint, tell: Tell) -> Iterator[str]:
    """One group for each state; the chosen answer, nearly the palette's last, lies on top."""
    most = scene.most_visits()
    groups: dict[StateName, list[str]] = {}
    for _, mark in scene.parents():
        state = scene.state_at(mark)
        x, y = scene.places[mark]
        radius = scene.radius_at(mark, most)
        marks = groups.setdefault(state, [])
        if mark not in scene.shown.folds and (scene.tree.nodes[mark].copies or 0) > 1:
            marks.append(symbol(state, x + STACKED, y - STACKED, radius))
        marks.append(symbol(state, x, y, radius, tell(mark)))
    for state in STATES:
        if state in groups:
            yield group(state, "".join(groups[state]), scene.radius, paint)
