"""The tree of a run as a still picture: one SVG, in light and dark, for files and notebooks."""

from __future__ import annotations

from search_core.log.events import ROOT
from search_core.log.tree import Tree
from search_core.picture.drawing import draw
from search_core.picture.key import cut_off, draw_key, entries, signs
from search_core.picture.labels import draw_labels, draw_levels, ends_width, labels
from search_core.picture.paint import OwnPaint, Paint, ThemePaint
from search_core.picture.palette import Theme
from search_core.picture.scene import Room, Scene, lay_out
from search_core.picture.svg import document, element, text
from search_core.picture.text import fitted, one_line
from search_core.picture.words import (
    about,
    answer_sentence,
    size_words,
    state_counts,
    strategy_words,
    told,
    told_of_fold,
)

SCOPE = "espalier"
WIDTH = 720.0
_WIDEST = 880
"""In px, where there is room: letters are then a little larger than in the rest of a page."""
_MARGIN = 16.0
_HEAD = 44.0
_LONGEST_HEADING = 200
_QUIET = "palette-subtle"
ROOM = Room(
    width=WIDTH,
    tallest=620.0,
    columns=40,
    marks=400,
    levels=32,
    column=24.0,
    upright_column=0.0,
    level=WIDTH,
    radius=6.5,
    margin=_MARGIN,
    top=_HEAD,
)


def svg_picture(tree: Tree) -> str:
    """The tree as a self-contained SVG picture with a text alternative, in both themes.

    At most about 400 marks are drawn: what a larger tree has besides is folded and counted.

    Raises:
        ValueError: The log has not even begun.
    """
    paint = OwnPaint(SCOPE)
    body, height = _body(tree, paint)
    ground = _ground(height, paint, rx=8.0)
    return document(
        WIDTH,
        height,
        element("style", paint.style()),  # of all colours so far: the ground's too
        ground,
        body,
        title=_title(tree),
        about=about(tree),
        class_=SCOPE,
        style=f"width:100%;max-width:{_WIDEST}px;height:auto",
    )


def svg_file(tree: Tree, theme: Theme = "light") -> str:
    """The same as a file of its own: in one theme, with a heading that says what it shows.

    Colours are plain attributes, so that drawing programs and slides understand them.

    Raises:
        ValueError: The log has not even begun.
    """
    paint = ThemePaint(theme)
    body, height = _body(tree, paint)
    heading, taken = _heading(tree, paint)
    return document(
        WIDTH,
        height + taken,
        _ground(height + taken, paint),
        heading,
        element("g", body, transform=f"translate(0 {taken:g})"),
        title=_title(tree),
        about=about(tree),
    )


def _body(tree: Tree, paint: Paint) -> tuple[str, float]:
    """The tree with its key, and how high that is."""
    scene = lay_out(tree, ROOM, ends_width)
    words = labels(scene)
    labelled = {label.mark for label in words}
    key, key_height = draw_key(
        [
            *entries(scene),
            *signs(node for node in scene.nodes() if node.id in labelled),
            *cut_off(tree),
        ],
        state_counts(tree),
        left=_MARGIN,
        top=scene.height + 6,
        width=WIDTH - 2 * _MARGIN,
        paint=paint,
    )
    body = [
        draw_levels(scene, 20, paint),
        draw(scene, paint, lambda mark: _told(scene, mark)),
        draw_labels(words, paint),
        key,
    ]
    return "".join(body), scene.height + key_height + 16


def _heading(tree: Tree, paint: Paint) -> tuple[str, float]:
    """Which problem, which search and which answer, and how high that is."""
    room = WIDTH - 2 * _MARGIN
    lines = [
        (one_line(tree.root.text, _LONGEST_HEADING), 17.0, "palette-text"),
        (f"{strategy_words(tree)}, {size_words(tree)}. {answer_sentence(tree)}", 13.0, _QUIET),
    ]
    drawn, y = [], _MARGIN
    for words, size, colour in lines:
        y += 1.35 * size
        drawn.append(
            element(
                "text",
                text(fitted(words, room / size, bold=colour != _QUIET)),
                x=_MARGIN,
                y=y,
                font_size=size,
                **({} if colour == _QUIET else {"font_weight": "600"}),
                **paint(fill=colour),
            )
        )
    return "".join(drawn), y + 8


def _ground(height: float, paint: Paint, **more: float) -> str:
    fill = paint(fill="palette-background")
    return element("rect", width=WIDTH, height=height, **more, **fill)


def _title(tree: Tree) -> str:
    return f"Search tree of {strategy_words(tree)}"


def _told(scene: Scene, mark: str) -> str:
    fold = scene.shown.folds.get(mark)
    if fold is not None:
        return told_of_fold(fold)
    node = scene.tree.nodes[mark]
    return told(scene.tree, node, "kept" if mark == ROOT else scene.state(node))
