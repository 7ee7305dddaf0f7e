"""The key to a picture: each mark that occurs, with its name and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from search_core.log.tree import Node, Tree
from search_core.picture.drawing import group, symbol
from search_core.picture.numbers import counted, format_count
from search_core.picture.paint import Paint
from search_core.picture.palette import StateName, palette
from search_core.picture.scene import Scene
from search_core.picture.svg import element, text
from search_core.picture.text import width as text_width

SIZE = 12.0
LINE = 20.0
_MARK = 5.5
_GAP = 18.0


@dataclass(frozen=True)
class Entry:
    """A line of the key. `state` is None for signs that are no mark."""

    state: StateName | None
    words: str


def entries(scene: Scene) -> list[Entry]:
    """What occurs in the picture, in the order of the palette."""
    there = {scene.state_at(mark) for _, mark in scene.parents()}
    found = [
        Entry(state, entry.label)
        for state, entry in palette().states.items()
        if state in there and state != "collapsed"
    ]
    if any(node.after in scene.places for node in scene.nodes() if node.after):
        found.append(Entry(None, "- - goes on after"))
    folded = sum(fold.steps for fold in scene.shown.folds.values())
    if folded:
        found.append(Entry("collapsed", f"{counted(folded, 'step')} folded"))
    return found


def cut_off(tree: Tree) -> list[Entry]:
    """What is said of a run whose log has no end."""
    return [] if tree.finished else [Entry(None, "interrupted: the run has no end")]


def signs(nodes: Iterable[Node]) -> list[Entry]:
    """What the numbers beside these nodes' marks are."""
    nodes = list(nodes)
    words = []
    if any(node.visits is not None for node in nodes):
        words.append("0.5 (3): value (visits)")
    elif any(node.score is not None for node in nodes):
        words.append("0.5: score")
    if any(node.ahead is not None for node in nodes):
        words.append("0.9 → 0.4: judged by its look ahead")
    if any((node.copies or 0) > 1 for node in nodes):
        words.append("×2: copies")
    return [Entry(None, sign) for sign in words]


def draw_key(
    shown: Iterable[Entry],
    counts: Mapping[StateName, int],
    *,
    left: float,
    top: float,
    width: float,
    paint: Paint,
) -> tuple[str, float]:
    """The key as SVG, in as many lines as it needs, and how high it is."""
    x, y = left, top + LINE / 2
    drawn: list[str] = []
    for entry in shown:
        words = entry.words
        if entry.state and entry.state in counts:
            words = f"{words} {format_count(counts[entry.state])}"
        room = SIZE * text_width(words) + (3.2 * _MARK if entry.state else 0)
        if x > left and x + room > left + width:
            x, y = left, y + LINE
        drawn += _draw(entry.state, words, x, y, paint)
        x += room + _GAP
    return "".join(drawn), y + LINE / 2 - top


def _draw(state: StateName | None, words: str, x: float, y: float, paint: Paint) -> Iterator[str]:
    if state:
        yield group(state, symbol(state, x + _MARK, y, _MARK), _MARK, paint)
        x += 3.2 * _MARK
    colours = paint(fill="palette-subtle")
    yield element("text", text(words), x=x, y=y + 4, font_size=SIZE, **colours)
