"""The words beside the marks of a tree that grows to the right.

Every line into a mark ends with a straight stretch of its own; the step's words stand on it, so
they never lie on another line. What ends a path (its answer, the count of a fold) stands to the
right of its mark where nothing else does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_core.log.events import ROOT
from search_core.log.tree import Tree
from search_core.picture.drawing import BEND
from search_core.picture.folding import Shown
from search_core.picture.numbers import format_count
from search_core.picture.paint import Paint
from search_core.picture.scene import Scene
from search_core.picture.svg import element, text
from search_core.picture.text import fitted, width
from search_core.picture.words import fold_words, mark_words, solution_words

SIZE = 11.5
_ABOVE, _BOLD_ABOVE = 3.5, 5.0
"""Height of the words above their line, which is thicker on the way to the answer."""
_HALO = "2"
"""Width of the ground around the words: what crosses them does not make them illegible."""
_BESIDE = 5.0
_APART = SIZE + 2.0
"""Words on one level are at least this far apart from top to bottom."""
_LEAST_WORDS = 4.0
"""Less room than so many ems is not enough for a step to say something."""
_WIDE_LEVEL = 95.0
"""Levels that are less apart have no room for two words in a row."""

Span = tuple[float, float]


@dataclass(frozen=True)
class Label:
    """Words, and where their first letter's base line begins.

    Attributes:
        strong: The part in front, in the colour of text.
        rest: The part after it, quieter.
        width: Estimated.
        bold: On the way to the chosen answer.
    """

    mark: str
    x: float
    y: float
    strong: str
    rest: str
    width: float
    bold: bool


def labels(scene: Scene) -> list[Label]:
    """Words for as many marks as there is room for, the most important ones first."""
    most = scene.most_visits()
    parent_of = {child: parent for parent, child in scene.parents()}
    spans = _spans(scene)
    taken: dict[int, list[float]] = defaultdict(list)
    placed = []
    for mark in sorted(parent_of, key=lambda mark: _importance(scene, mark)):
        x, y = scene.places[mark]
        level = scene.levels[mark]
        radius = scene.radius_at(mark, most)
        strong, rest, ends = _words(scene, mark)
        bold = mark in scene.winning
        beside = [
            Label(mark, x + radius + _BESIDE, y + 4, end, "", SIZE * width(end, bold), bold)
            for end in ends
        ]
        fitting = [label for label in beside if _free(scene, label, spans)]
        if fitting:
            placed.append(fitting[0])
        elif ends:
            # No room on the right: it goes where the words of the step would be.
            strong, rest = f"{strong} {ends[-1]}".strip(), ""
        start = scene.places[parent_of[mark]][0] + min(2 * BEND, scene.level) + 2
        room = (x - radius - 3 - start) / SIZE
        if any(abs(y - other) < _APART for other in taken[level]) or width(strong, bold) > room:
            continue
        left = room - width(f"{strong} " if strong else "", bold)
        rest = fitted(rest, left, bold) if left >= _LEAST_WORDS else ""
        if strong or rest:
            taken[level].append(y)
            space = SIZE * width(f"{strong} {rest}".strip(), bold)
            above = _BOLD_ABOVE if bold else _ABOVE
            placed.append(Label(mark, start, y - above, strong, rest, space, bold))
    return placed


def draw_labels(placed: Iterable[Label], paint: Paint) -> str:
    """The words as SVG."""
    halo = {**paint(stroke="palette-background"), "paint_order": "stroke"}
    words = "".join(_draw(label, paint) for label in placed)
    style = {"stroke_width": _HALO, "stroke_linejoin": "round", "font_size": f"{SIZE}"}
    return element("g", words, **halo, **style)


def draw_levels(scene: Scene, y: float, paint: Paint) -> str:
    """What each level is, above the tree: "problem", "step 1" and so on.

    Nothing where folds hide levels, so that none is called by a wrong number.
    """
    if scene.shown.bridges:
        return ""
    x0, _ = scene.places[ROOT]
    every = max(1, math.ceil(50 / scene.level))
    heads = [_head("problem", x0 - 5, y, "start", paint)] if scene.level > _WIDE_LEVEL else []
    for level in range(every, max(scene.levels.values()) + 1, every):
        words = f"step {level}" if level == every else f"{level}"
        heads.append(_head(words, x0 + level * scene.level, y, "middle", paint))
    return "".join(heads)


def _head(words: str, x: float, y: float, anchor: str, paint: Paint) -> str:
    colours = paint(fill="palette-subtle")
    return element("text", words, x=x, y=y, font_size=SIZE, text_anchor=anchor, **colours)


def _importance(scene: Scene, mark: str) -> int:
    if mark in scene.winning:
        return 0
    if mark in scene.shown.folds:
        return 1
    order = {"completed": 1, "kept": 2}
    return order.get(scene.tree.nodes[mark].state, 3)


def _words(scene: Scene, mark: str) -> tuple[str, str, list[str]]:
    """What stands on the line, first the numbers, then the text; and what stands at its end."""
    ends = _ends(scene.tree, scene.shown, mark)
    if mark in scene.shown.folds:
        return "", "", ends
    node = scene.tree.nodes[mark]
    # A solution's answer says more than the words that it is in.
    return mark_words(node), "" if ends else node.text, ends


def _ends(tree: Tree, shown: Shown, mark: str) -> list[str]:
    """What stands to the right of a mark, and how to say it more shortly."""
    if mark in shown.folds:
        return [fold_words(shown.folds[mark]), f"+{format_count(shown.folds[mark].steps)}"]
    node = tree.nodes[mark]
    return [solution_words(node)] if node.state == "completed" else []


def _spans(scene: Scene) -> Mapping[int, list[Span]]:
    """Of each level, from where to where lines leave its marks, from top to bottom."""
    spans = defaultdict(list)
    for parent, children in scene.shown.children.items():
        heights = [scene.places[mark][1] for mark in (parent, *children)]
        spans[scene.levels[parent]].append((min(heights), max(heights)))
    return spans


def _free(scene: Scene, beside: Label, spans: Mapping[int, Sequence[Span]]) -> bool:
    """Whether words to the right of a mark meet neither lines, nor words on them, nor marks."""
    y = scene.places[beside.mark][1]
    level = scene.levels[beside.mark]
    end = beside.x - scene.places[beside.mark][0] + beside.width + scene.largest
    below = max(SIZE, SIZE / 2 + scene.largest)
    # What hangs on a level stands within the span of the lines that leave it.
    return all(
        not low - 2 * SIZE < y < high + below
        for gap in range(level, level + 1 + int(end / scene.level))
        for low, high in spans.get(gap, ())
    )


def ends_width(tree: Tree, shown: Shown) -> float:
    """How much room the words to the right of the last marks take."""
    marks = [mark for children in shown.children.values() for mark in children]
    ends = [end for mark in marks for end in _ends(tree, shown, mark)]
    return SIZE * max((width(end, bold=True) for end in ends), default=0.0) + _BESIDE


def _draw(label: Label, paint: Paint) -> str:
    def part(words: str, colour: str) -> str:
        colours = {key: value for key, value in paint(fill=colour).items() if key != "stroke"}
        return element("tspan", text(words), **colours)

    gap = " " if label.strong and label.rest else ""
    return element(
        "text",
        part(label.strong + gap, "palette-text") if label.strong else "",
        part(label.rest, "palette-subtle") if label.rest else "",
        x=label.x,
        y=label.y,
        **({"font_weight": "700"} if label.bold else {}),
    )
