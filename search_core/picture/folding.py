"""What of a large tree is shown: crowds of siblings and long stretches become one mark.

Nothing is left out unsaid: every step is shown itself or counted in a fold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree

_CROWDS = (
    *((math.inf, math.inf), (6, 24), (4, 16), (3, 12), (2, 10), (1, 8), (0, 8), (0, 6)),
    *((0, 4), (0, 3), (0, 2), (0, 1)),
)
"""How many siblings are shown at most, from the first that lets the tree fit: of those that
lead nowhere, and of all."""


_LEADS_NOWHERE = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """Steps that share one mark.

    Attributes:
        id: Of the mark; no node has it.
        steps: How many are inside.
        best: The best score inside, 0 to 1; None: none was scored.
    """

    id: str
    steps: int
    best: float | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A tree with folds.

    Attributes:
        children: The marks below each mark, in order; those without have no entry.
        folds: By the ids of their marks.
        bridges: Folds that the way to the answer goes through.
    """

    children: Mapping[str, Sequence[str]]
    folds: Mapping[str, Fold]
    bridges: frozenset[str]

    @property
    def marks(self) -> int:
        """How many marks there are below the root."""
        return sum(map(len, self.children.values()))


def winning_path(tree: Tree) -> list[str]:
    """Ids from the first step to the chosen solution; empty when none is chosen."""
    chosen = tree.finished.chosen if tree.finished else None
    return [node.id for node in tree.path(chosen)] if chosen else []


def fold_to(tree: Tree, marks: int, levels: int) -> Iterable[Shown]:
    """Ever smaller versions of the tree, from the first with no more than so many marks.

    Args:
        tree: With a root.
        marks: The most marks below the root; at least twice `levels`, or the last is larger.
        levels: The most levels below the root, at least 8.
    """
    folding = _Folding(tree, levels)
    for dull, most in _CROWDS:
        shown = folding.shown(dull, most)
        if shown.marks <= marks or most == 1:
            yield shown


class _Folding:
    """Sizes of subtrees, counted once, and the way that must be seen."""

    def __init__(self, tree: Tree, levels: int) -> None:
        self._tree = tree
        self._deepest = levels - 1
        self._sizes = dict.fromkeys(tree.nodes, 1)
        self._best: dict[str, float | None] = {n.id: n.aggregate for n in tree.nodes.values()}
        for node in reversed(list(tree.steps())):
            parent = node.parent or ROOT
            self._sizes[parent] += self._sizes[node.id]
            self._best[parent] = _better(self._best[parent], self._best[node.id])
        winning = winning_path(tree)
        way = winning or [n.id for n in tree.path(max(tree.nodes.values(), key=_depth).id)]
        self._way = frozenset(way)
        # A way that is too long is interrupted in its middle by one fold.
        self._leave: dict[str, str] = {}
        if len(way) > self._deepest:
            half = levels // 2
            self._leave[way[half - 1]] = way[half]
            self._resume = way[len(way) - (self._deepest - half - 1)]

    def shown(self, dull: float, most: float) -> Shown:
        """At most so many children of each node are shown; the rest share a fold.

        Args:
            dull: The most of those without children or answer.
            most: The most of all.
        """
        children: dict[str, list[str]] = {}
        folds: dict[str, Fold] = {}
        bridges: set[str] = set()
        waiting = [(ROOT, 0)]
        while waiting:
            parent, level = waiting.pop()
            if level >= self._deepest:
                below: list[str] = []
                rest = list(self._tree.nodes[parent].children)
            else:
                below, rest = self._chosen(parent, dull, most)
            leaves = self._leave.get(parent)
            if leaves in below:
                bridge = Fold(f"{leaves}…", self._between(leaves), None)
                below[below.index(leaves)] = bridge.id
                folds[bridge.id] = bridge
                bridges.add(bridge.id)
                children[bridge.id] = [self._resume]
                waiting.append((self._resume, level + 2))
            waiting += [(child, level + 1) for child in below if child not in folds]
            if rest:
                fold = self._fold(f"{parent}+", rest)
                folds[fold.id] = fold
                below.append(fold.id)
            if below:
                children[parent] = below
        return Shown(children, folds, frozenset(bridges))

    def _chosen(self, parent: str, dull: float, most: float) -> tuple[list[str], list[str]]:
        """Those that lead on come first; a single leaf is not worth a fold."""
        children = self._tree.nodes[parent].children
        ranked = sorted(children, key=self._dullness)
        leading = sum(self._dullness(child)[0] < _LEADS_NOWHERE for child in children)
        best = set(ranked[: int(min(most, leading + dull, len(children)))])
        rest = [child for child in children if child not in best]
        if len(rest) == 1 and self._sizes[rest[0]] == 1:
            return list(children), []
        return [child for child in children if child in best], rest

    def _dullness(self, child: str) -> tuple[int, float]:
        """0 for what must be seen; more for what can rather be folded. Then the better first."""
        node = self._tree.nodes[child]
        score = -(node.aggregate or 0.0)
        if child in self._way:
            return 0, score
        if node.state == "completed":
            return 1, score
        return 2 if node.children else _LEADS_NOWHERE, score

    def _between(self, first: str) -> int:
        return self._sizes[first] - self._sizes[self._resume]

    def _fold(self, fold_id: str, members: Sequence[str]) -> Fold:
        best: float | None = None
        for member in members:
            best = _better(best, self._best[member])
        return Fold(fold_id, sum(self._sizes[member] for member in members), best)


def _better(first: float | None, second: float | None) -> float | None:
    if first is None or second is None:
        return first if second is None else second
    return max(first, second)


def _depth(node: Node) -> int:
    return node.depth
