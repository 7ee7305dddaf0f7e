"""The tree of a run as a still picture: one SVG, in light and dark, for files and notebooks."""

from __future__ import annotations

from search_core.log.events import ROOT
from search_core.log.tree import Tree
from search_core.picture.drawing import draw
from search_core.picture.key import cut_off, draw_key, entries, signs
from search_core.picture.labels import draw_labels, draw_levels, ends_width, labels
from search_core.picture.paint import OwnPaint
from search_core.picture.scene import Room, Scene, lay_out
from search_core.picture.svg import document, element
from search_core.picture.words import (
    about,
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
    """The tree as a self-contained SVG file with a text alternative.

    At most about 400 marks are drawn: what a larger tree has besides is folded and counted.

    Raises:
        ValueError: The log has not even begun.
    """
    scene = lay_out(tree, ROOM, ends_width)
    paint = OwnPaint(SCOPE)
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
    height = scene.height + key_height + 16
    body = [
        draw_levels(scene, 20, paint),
        draw(scene, paint, lambda mark: _told(scene, mark)),
        draw_labels(words, paint),
        key,
    ]
    ground = element("rect", width=WIDTH, height=height, rx=8.0, **paint(fill="palette-background"))
    return document(
        WIDTH,
        height,
        element("style", paint.style()),
        ground,
        *body,
        title=f"Search tree of {strategy_words(tree)}",
        about=about(tree),
        class_=SCOPE,
        style=f"width:100%;max-width:{_WIDEST}px;height:auto",
    )


def _told(scene: Scene, mark: str) -> str:
    fold = scene.shown.folds.get(mark)
    if fold is not None:
        return told_of_fold(fold)
    node = scene.tree.nodes[mark]
    return told(scene.tree, node, "kept" if mark == ROOT else scene.state(node))
