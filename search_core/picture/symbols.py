"""Symbols as SVG paths for a mark of radius 1; `assets/js/picture/shapes.js` has
the same ones."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache


def _polygon(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points) + "Z"


def _around(count: int, *radii: float) -> str:
    """A polygon or a star: corners around the middle, the first at the top."""
    corners = []
    for index in range(count):
        radius, angle = radii[index % len(radii)], 2 * math.pi * index / count - math.pi / 2
        corners.append((radius * math.cos(angle), radius * math.sin(angle)))
    return _polygon(corners)


def _ring(radius: float) -> str:
    r = radius
    return f"M{r} 0A{r} {r} 0 1 1 {-r} 0A{r} {r} 0 1 1 {r} 0Z"


def _cross() -> str:
    arm = 0.36
    quarter = [(0.0, -arm), (1 - arm, -1.0), (1.0, arm - 1)]
    corners = []
    for _ in range(4):
        corners += quarter
        quarter = [(-y, x) for x, y in quarter]
    return _polygon(corners)


@cache
def symbol_path(symbol: str) -> str:
    """Path data of a symbol; the names are plotly's.

    Raises:
        KeyError: The symbol is not drawn here.
    """
    square = _polygon([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
    return {
        "circle": _ring(1),
        "circle-open": _ring(1),
        "circle-open-dot": _ring(1) + _ring(0.28),
        "square": square,
        "square-open": square,
        "x": _cross(),
        "diamond": _around(4, 1.15),
        "star": _around(10, 1.15, 0.5),
        "hourglass-open": _polygon([(-0.85, -1), (0.85, -1), (-0.85, 1), (0.85, 1)]),
        "pentagon-open": _around(5, 1),
        "arrow-right-open": _polygon([(-0.9, -0.95), (1.15, 0), (-0.9, 0.95), (-0.35, 0)]),
        "triangle-down": _polygon([(-1.1, -0.75), (1.1, -0.75), (0, 0.9)]),
        "triangle-up": _polygon([(-1.1, 0.75), (1.1, 0.75), (0, -0.9)]),
    }[symbol]
