"""Where the nodes of a tree go: a tidy layout in linear time, without recursion.

Siblings stand in order, at least one unit apart from everything else on their level; a
parent stands in the middle above its first and last child; subtrees move together as far as
their outlines allow; small subtrees between large ones spread evenly. The ideas are those of
Reingold and Tilford 1981 and of Buchheim, Jünger and Leipert 2002; the outlines are kept
as plain lists here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

Id = TypeVar("Id", bound=Hashable)


class Point(NamedTuple):
    """Place of a node: `x` to the right in units of the least distance, `y` is its depth."""

    x: float
    y: int


@dataclass(slots=True)
class _Contour:
    """One side of a subtree: its x on each level, deepest level first, so that a new root is
    appended and the list is never copied. True x is `values[i] + offset`."""

    values: list[float] = field(default_factory=list)
    offset: float = 0.0

    def __len__(self) -> int:
        return len(self.values)

    def at(self, level: int) -> float:
        """x on a level, counted from 0 at the top."""
        return self.values[-1 - level] + self.offset

    def put(self, level: int, x: float) -> None:
        self.values[-1 - level] = x - self.offset


@dataclass(slots=True)
class _Forest:
    """Subtrees of siblings, put side by side from left to right; the first stands at 0."""

    places: list[float] = field(default_factory=list)
    left: _Contour = field(default_factory=_Contour)
    right: _Contour = field(default_factory=_Contour)
    reach: list[tuple[int, int]] = field(default_factory=list)
    """(height, index) of the subtrees seen from the right, the highest first."""
    slopes: list[float] = field(default_factory=list)
    jumps: list[float] = field(default_factory=list)

    def add(self, left: _Contour, right: _Contour) -> None:
        """Put one more subtree on the right, as close as the outlines allow."""
        index, height = len(self.places), len(left)
        x, blocker, spare = self._fit(left)
        self.places.append(x)
        self.slopes.append(0.0)
        self.jumps.append(0.0)
        if blocker is not None and spare > 0 and index - blocker > 1:
            self._spread(blocker, index, spare)
        left.offset += x
        right.offset += x
        self._join(left, right)
        while self.reach and self.reach[-1][0] <= height:
            self.reach.pop()
        self.reach.append((height, index))

    def settled(self) -> list[float]:
        """Places of the subtrees once the small ones between large ones are spread."""
        slope = shift = 0.0
        settled = []
        for place, change, jump in zip(self.places, self.slopes, self.jumps, strict=True):
            slope += change
            shift += slope + jump
            settled.append(place + shift)
        return settled

    def _fit(self, left: _Contour) -> tuple[float, int | None, float]:
        """Where the next subtree goes, which earlier one it leans against, and how much
        further right that is than the ones between them ask for."""
        x, needed, blocker, spare = 0.0, float("-inf"), None, 0.0
        level = 0
        for height, index in reversed(self.reach):
            before = needed
            while level < min(height, len(left)):
                distance = self.right.at(level) + 1 - left.at(level)
                if distance > needed:
                    needed, blocker = distance, index
                    spare = needed - before if before > float("-inf") else 0.0
                level += 1
        if blocker is not None:
            x = needed
        return x, blocker, spare

    def _spread(self, first: int, last: int, spare: float) -> None:
        """Shift what stands between two subtrees, so that the spare room becomes equal gaps.

        Kept as changes of slope and summed up once in `settled`: linear over all calls.
        """
        step = spare / (last - first)
        self.slopes[first + 1] += step
        self.slopes[last] -= step
        self.jumps[last] -= step * (last - first - 1)

    def _join(self, left: _Contour, right: _Contour) -> None:
        """Take the new subtree into the outlines, at the cost of the lower of the two."""
        old_left, old_right = self.left, self.right
        if len(left) > len(old_left):
            for level in range(len(old_left)):
                left.put(level, old_left.at(level))
            self.left, self.right = left, right
        else:
            for level in range(len(right)):
                old_right.put(level, right.at(level))


def tidy_layout(children: Mapping[Id, Sequence[Id]], root: Id) -> dict[Id, Point]:
    """Place every node below `root`; each node's children in the order given.

    Args:
        children: The children of each node; nodes without an entry have none. A tree:
            nothing has two parents.

    Returns:
        The place of each node that can be reached, the root first; its x is 0.
    """
    order = [root]
    for node in order:
        order.extend(children.get(node, ()))
    offsets: dict[Id, float] = {root: 0.0}
    outlines: dict[Id, tuple[_Contour, _Contour]] = {}
    for node in reversed(order):
        outlines[node] = _place_children(children.get(node, ()), offsets, outlines)
    points = {root: Point(0.0, 0)}
    for node in order:
        x, depth = points[node]
        for child in children.get(node, ()):
            points[child] = Point(x + offsets[child], depth + 1)
    return points


def _place_children(
    children: Sequence[Id],
    offsets: dict[Id, float],
    outlines: dict[Id, tuple[_Contour, _Contour]],
) -> tuple[_Contour, _Contour]:
    """Place siblings relative to their parent, and give the outlines of the whole subtree."""
    forest = _Forest()
    for child in children:
        forest.add(*outlines.pop(child))
    places = forest.settled()
    middle = (places[0] + places[-1]) / 2 if places else 0.0
    for child, place in zip(children, places, strict=True):
        offsets[child] = place - middle
    for outline in (forest.left, forest.right):
        outline.offset -= middle
        outline.values.append(0.0 - outline.offset)
    return forest.left, forest.right
