"""The shapes of a chart, later ones over earlier ones, as one SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from search_core.picture.svg import document, element
from search_core.picture.svg import text as escaped
from search_core.picture.symbols import symbol_path

SvgPoint = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
SvgSymbol = Literal["circle", "square", "diamond", "x", "triangle-up", "triangle-down", "star"]
_RADIUS = 0.52
"""Of a mark, as a part of its size: the symbols differ in width."""


class Drawing:
    """Shapes on a background. Lengths are user units.

    Args:
        width, height: Size of the view box.
        background, ink: Colours of the page and of text.
        title, about: For people who cannot see it.
    """

    def __init__(
        self, width: float, height: float, *, background: str, ink: str, title: str, about: str
    ) -> None:
        self._size = width, height
        self._background, self._ink = background, ink
        self._title, self._about = title, about
        self._shapes: list[str] = []

    def line(
        self, points: Sequence[SvgPoint], colour: str, width: float = 1, dash: str = ""
    ) -> None:
        """A line through points, in order."""
        self._shapes.append(
            element(
                "polyline",
                points=_pairs(points),
                fill="none",
                stroke=colour,
                stroke_width=width,
                stroke_linejoin="round",
                **({"stroke_dasharray": dash} if dash else {}),
            )
        )

    def area(self, points: Sequence[SvgPoint], colour: str, opacity: float) -> None:
        """A filled outline."""
        self._shapes.append(
            element("polygon", points=_pairs(points), fill=colour, fill_opacity=f"{opacity:g}")
        )

    def text(
        self,
        at: SvgPoint,
        text: str,
        size: float,
        *,
        anchor: Anchor = "start",
        colour: str = "",
        bold: bool = False,
    ) -> None:
        """One line of text; `at` is on its base line."""
        self._shapes.append(
            element(
                "text",
                escaped(text),
                x=at[0],
                y=at[1],
                font_size=size,
                text_anchor=anchor,
                fill=colour or self._ink,
                **({"font_weight": "600"} if bold else {}),
            )
        )

    def symbol(
        self,
        symbol: SvgSymbol,
        at: SvgPoint,
        colour: str,
        size: float = 12,
        *,
        hollow: bool = False,
    ) -> None:
        """A mark about `size` wide, edged so that it stands out from lines."""
        fill, edge, width = (
            (self._background, colour, 2.5) if hollow else (colour, self._background, 1.5)
        )
        scale = _RADIUS * size
        self._shapes.append(
            element(
                "path",
                d=symbol_path(symbol),
                transform=f"translate({at[0]:.1f} {at[1]:.1f}) scale({scale:.2f})",
                fill=fill,
                stroke=edge,
                stroke_width=f"{width / scale:.2f}",
            )
        )

    def to_svg(self) -> str:
        """The whole file."""
        width, height = self._size
        ground = element("rect", width=width, height=height, rx=12.0, fill=self._background)
        shapes = (f"\n{shape}" for shape in (ground, *self._shapes))
        return document(width, height, *shapes, title=self._title, about=self._about) + "\n"


def _pairs(points: Sequence[SvgPoint]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
