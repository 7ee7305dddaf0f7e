"""A tree laid out for drawing: which marks there are, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree
from search_core.picture.folding import Shown, fold_to, winning_path
from search_core.picture.palette import StateName, palette
from search_core.picture.tidy_tree import Point, tidy_layout

USUAL_SIZE = 14
"""Size in the palette of the mark that gets the scene's radius."""
STACKED = 1.6
"""How far the second mark of a path with several copies stands behind the first."""
_REACH = 1.15
"""How far the widest symbols go from their middle, in radii."""
_OUTLINE = 0.75
_LEAST_RADIUS = 2.4


@dataclass(frozen=True)
class Room:
    """How much room there is. Lengths are units of the drawing.

    Attributes:
        width: Of the drawing.
        tallest: What the tree may take from top to bottom.
        columns: The most siblings and cousins beside each other, in units of the least
            distance; beyond, crowds are folded.
        marks, levels: The most marks, and levels of them, below the root.
        column: The most distance between siblings, where the tree grows to the right.
        upright_column: The same where it grows downwards; 0: it never does.
        level: The most distance between a step and the next.
        radius: Of the usual mark, at most.
        margin, top: What stays empty around the tree; `margin` above it too where `top` is 0.
        apart: Marks never touch, so large ones shrink where it is crowded.
    """

    width: float
    tallest: float
    columns: int
    marks: int
    levels: int
    column: float
    upright_column: float
    level: float
    radius: float
    margin: float
    top: float = 0.0
    apart: bool = True


@dataclass(frozen=True)
class Scene:
    """What is drawn, and where: x and y in units of the drawing.

    Attributes:
        places: Of nodes and folds.
        levels: The drawn level of each; folds can hide levels, so it may be less than the depth.
        level, column: Distances between levels and between neighbours.
        height: Of tree and margins.
        radius, largest: Of the usual mark, and of any.
        apart: Whether marks never touch.
        winning: Ids of the steps on the way to the chosen solution.
        downwards: Whether the tree grows downwards; else to the right.
    """

    tree: Tree
    shown: Shown
    places: Mapping[str, tuple[float, float]]
    levels: Mapping[str, int]
    level: float
    column: float
    height: float
    radius: float
    largest: float
    apart: bool
    winning: frozenset[str]
    downwards: bool

    def state(self, node: Node) -> StateName:
        """The palette's name for the node's state."""
        chosen = self.tree.finished.chosen if self.tree.finished else None
        return "chosen" if node.id == chosen else node.state

    def state_at(self, mark: str) -> StateName:
        """The palette's name for what a mark, node or fold, shows."""
        return "collapsed" if mark in self.shown.folds else self.state(self.tree.nodes[mark])

    def nodes(self) -> Iterator[Node]:
        """The steps that have a mark of their own."""
        return (node for node in self.tree.steps() if node.id in self.places)

    def parents(self) -> Iterator[tuple[str, str]]:
        """Each mark with the one that it hangs on: (parent, mark)."""
        for parent, children in self.shown.children.items():
            yield from ((parent, child) for child in children)

    def radius_at(self, mark: str, most_visits: int) -> float:
        """Half the size of a mark; its area grows with the visits where the method counts them."""
        radius = self.radius * palette().states[self.state_at(mark)].size / USUAL_SIZE
        stacked = 0.0
        if mark not in self.shown.folds:
            node = self.tree.nodes[mark]
            if most_visits:
                radius *= 0.8 + 0.6 * ((node.visits or 0) / most_visits) ** 0.5
            stacked = STACKED if (node.copies or 0) > 1 else 0.0
        elif not self.apart:
            radius = self.radius
        return min(radius, self.largest - stacked)

    def most_visits(self) -> int:
        """The most visits of any mark; 0 where the method counts none."""
        return max((node.visits or 0 for node in self.nodes()), default=0)


def no_ends(tree: Tree, shown: Shown) -> float:
    """There are no words beside the marks."""
    return 0.0


def lay_out(tree: Tree, room: Room, ends: Callable[[Tree, Shown], float] = no_ends) -> Scene:
    """Choose what is shown, and place it.

    Args:
        ends: How much room words to the right of what is shown take.

    Raises:
        ValueError: The log has not even begun.
    """
    if ROOT not in tree.nodes:
        raise ValueError("The tree is empty; expected a log that starts with its header.")
    for shown in fold_to(tree, room.marks, room.levels):
        points = tidy_layout(shown.children, ROOT)
        if _columns(points) <= room.columns:
            break
    columns, levels = _columns(points), max(point.y for point in points.values())
    downwards = bool(room.upright_column) and columns >= levels
    top = room.top or room.margin
    wide = room.width - 2 * room.margin - ends(tree, shown)
    high = room.tallest - 2 * room.margin
    across, along = (wide, high) if downwards else (high, wide)
    column = min(room.upright_column if downwards else room.column, across / max(1.0, columns))
    level = min(room.level, along / max(1, levels))
    spread, length = column * columns, level * levels
    # The tree stands in the middle of the width that it is given.
    start = room.margin + (wide - (spread if downwards else length)) / 2
    first = min(point.x for point in points.values())
    places = {}
    for mark, (x, y) in points.items():
        side, on = (x - first) * column, y * level
        places[mark] = (start + side, top + on) if downwards else (start + on, top + side)
    return Scene(
        tree,
        shown,
        places,
        {mark: point.y for mark, point in points.items()},
        level,
        column,
        height=top + (length if downwards else spread) + room.margin,
        radius=max(_LEAST_RADIUS, min(room.radius, column * 0.46, level * 0.3)),
        largest=(min(column, level) / 2 - _OUTLINE) / _REACH if room.apart else room.width,
        apart=room.apart,
        winning=frozenset(winning_path(tree)),
        downwards=downwards,
    )


def _columns(points: Mapping[str, Point]) -> float:
    across = [point.x for point in points.values()]
    return max(across) - min(across)
