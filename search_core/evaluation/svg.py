"""A few SVG shapes, written as text: nothing to install, and the same file every time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Symbol = Literal["circle", "square", "diamond", "cross", "triangle-up", "triangle-down", "star"]


class Drawing:
    """Shapes on a background, later ones over earlier ones. Lengths are user units.

    Args:
        width, height: Size of the view box.
        background, ink: Colours of the page and of text.
        title, description: For people who cannot see it.
    """

    def __init__(
        self, width: float, height: float, *, background: str, ink: str, title: str, about: str
    ) -> None:
        self._size = width, height
        self._background, self._ink = background, ink
        self._title, self._about = title, about
        self._shapes: list[str] = []

    def line(self, points: Sequence[Point], colour: str, width: float = 1, dash: str = "") -> None:
        """A line through points, in order."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._shapes.append(
            f'<polyline points="{_pairs(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{width:g}" stroke-linejoin="round"{dashed}/>'
        )

    def area(self, points: Sequence[Point], colour: str, opacity: float) -> None:
        """A filled outline."""
        self._shapes.append(
            f'<polygon points="{_pairs(points)}" fill="{colour}" fill-opacity="{opacity:g}"/>'
        )

    def text(
        self,
        at: Point,
        text: str,
        size: float,
        *,
        anchor: Anchor = "start",
        colour: str = "",
        bold: bool = False,
    ) -> None:
        """One line of text; `at` is on its base line."""
        weight = ' font-weight="600"' if bold else ""
        self._shapes.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
            f'fill="{colour or self._ink}"{weight}>{escape(text)}</text>'
        )

    def symbol(
        self, symbol: Symbol, at: Point, colour: str, size: float = 12, *, hollow: bool = False
    ) -> None:
        """A mark about `size` wide, edged so that it stands out from lines."""
        fill, edge, width = (
            (self._background, colour, 2.5) if hollow else (colour, self._background, 1.5)
        )
        style = f'fill="{fill}" stroke="{edge}" stroke-width="{width:g}"'
        x, y = at
        if symbol == "circle":
            self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 2:g}" {style}/>')
            return
        corners = [(x + size * dx, y + size * dy) for dx, dy in _CORNERS[symbol]]
        self._shapes.append(f'<polygon points="{_pairs(corners)}" {style}/>')

    def to_svg(self) -> str:
        """The whole file."""
        width, height = self._size
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
                f'width="{width:g}" height="{height:g}" role="img" '
                f"aria-label={quoteattr(self._title)} "
                'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">',
                f"<title>{escape(self._title)}</title>",
                f"<desc>{escape(self._about)}</desc>",
                f'<rect width="{width:g}" height="{height:g}" rx="12" fill="{self._background}"/>',
                *self._shapes,
                "</svg>\n",
            ]
        )


def _pairs(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _star() -> list[Point]:
    radii = (0.65, 0.28)
    turns = [(radii[i % 2], math.pi * i / 5) for i in range(10)]
    return [(radius * math.sin(turn), -radius * math.cos(turn)) for radius, turn in turns]


_ARM = 0.19
_CORNERS: dict[str, list[Point]] = {
    "square": [(-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)],
    "diamond": [(0, -0.65), (0.65, 0), (0, 0.65), (-0.65, 0)],
    "triangle-up": [(0, -0.62), (0.6, 0.48), (-0.6, 0.48)],
    "triangle-down": [(0, 0.62), (0.6, -0.48), (-0.6, -0.48)],
    "cross": [
        (0, -_ARM), (0.5 - _ARM, -0.5), (0.5, -0.5 + _ARM), (_ARM, 0), (0.5, 0.5 - _ARM),
        (0.5 - _ARM, 0.5), (0, _ARM), (-0.5 + _ARM, 0.5), (-0.5, 0.5 - _ARM), (-_ARM, 0),
        (-0.5, -0.5 + _ARM), (-0.5 + _ARM, -0.5),
    ],
    "star": _star(),
}  # fmt: skip
