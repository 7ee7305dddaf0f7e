"""A small picture of a recorded run: what a strategy's tree looks like, at a glance.

Colours are the page's custom properties of the palette, so the picture follows the theme;
shapes and dashes say the same without colour.
"""

from __future__ import annotations

from html import escape

from search_core.log.tree import Tree
from search_core.picture.drawing import draw, group, symbol
from search_core.picture.key import entries
from search_core.picture.paint import page_paint
from search_core.picture.scene import Room, Scene, lay_out
from search_core.picture.svg import element
from search_core.picture.words import about

WIDTH = 296.0
"""Width of the drawing in units of its own; the page scales it."""
ROOM = Room(
    width=WIDTH,
    tallest=220.0,
    columns=30,
    marks=400,
    levels=40,
    column=13.5,
    upright_column=18.0,
    level=34.0,
    radius=5.0,
    margin=11.0,
    apart=False,
)


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
    scene = lay_out(tree, ROOM)
    picture = element(
        "svg",
        draw(scene, page_paint),
        class_="diagram",
        role="img",
        aria_label=f"A recorded run of {title}: {about(tree)}",
        viewBox=f"0 0 {WIDTH:g} {scene.height:g}",
    )
    return picture + _key(scene)


def _key(scene: Scene) -> str:
    """Each mark that occurs, with its name: the picture explains itself."""
    marks = "".join(
        element(
            "span",
            element(
                "svg",
                group(entry.state, symbol(entry.state, 0, 0, 1), 1, page_paint),
                viewBox="-1.3 -1.3 2.6 2.6",
                aria_hidden="true",
            )
            if entry.state
            else "",
            escape(entry.words),
            class_="diagram-entry",
        )
        for entry in entries(scene)
    )
    return element("figcaption", marks, class_="diagram-key")
