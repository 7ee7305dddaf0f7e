"""The report's charts, as SVG that takes its colours from the page around it.

What a line is, is told by its symbol and its dashes, and written beside it; colour only helps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from search_core.evaluation.figure_panel import spread, ticks
from search_core.evaluation.svg import Drawing, SvgPoint, SvgSymbol

_INK, _GROUND = "var(--palette-text)", "var(--palette-background)"
_QUIET, _GRID = "var(--palette-subtle)", "var(--palette-surface)"
_MAIN, _SECOND = "var(--series-verifier-fill)", "var(--series-solver-fill)"
_RIGHT, _WRONG = "var(--grade-right-line)", "var(--grade-wrong-line)"
_TEXT = 13.0


class Curve(NamedTuple):
    """A line of a chart: points, and an interval around each where there is one."""

    label: str
    points: Sequence[SvgPoint]
    colour: str
    symbol: SvgSymbol
    dash: str = ""
    band: Sequence[tuple[float, float, float]] = ()


class Chart:
    """Axes in a drawing, in the data's own units.

    Args:
        title, about: For people who cannot see it.
        across: What x is; the range of x and of y.
    """

    def __init__(
        self,
        title: str,
        about: str,
        across: str,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        width: float = 500,
        label_room: float = 128,
        up: str = "",
    ) -> None:
        self._x_range, self._y_range = x, y
        self.left, self.top, self.right, self.bottom = 52.0, 54.0, width - label_room, 280.0
        self.drawing = Drawing(width, 326, background=_GROUND, ink=_INK, title=title, about=about)
        self.drawing.text((8, 20), title, 14, bold=True)
        self._axes(across, up)

    def at(self, x: float, y: float) -> SvgPoint:
        """Where a point of the data lies."""
        (x0, x1), (y0, y1) = self._x_range, self._y_range
        return (
            self.left + (x - x0) / ((x1 - x0) or 1) * (self.right - self.left),
            self.bottom - (y - y0) / ((y1 - y0) or 1) * (self.bottom - self.top),
        )

    def curves(self, curves: Sequence[Curve], *, every: int = 1) -> None:
        """Bands below, lines above, and each line's name beside its end.

        Args:
            every: Points from one symbol to the next.
        """
        for curve in curves:
            if curve.band:
                above = [self.at(x, high) for x, _, high in curve.band]
                below = [self.at(x, low) for x, low, _ in reversed(curve.band)]
                self.drawing.area([*above, *below], curve.colour, 0.16)
        for curve in curves:
            places = [self.at(x, y) for x, y in curve.points]
            self.drawing.line(places, curve.colour, 2, curve.dash)
            for place in places[::every]:
                self.drawing.symbol(curve.symbol, place, curve.colour, 10)
        self._name(sorted(curves, key=lambda curve: -curve.points[-1][1]))

    def upright(self, x: float, label: str) -> None:
        """A dotted line at x with a word at its top."""
        ends = [self.at(x, self._y_range[0]), self.at(x, self._y_range[1])]
        self.drawing.line(ends, _QUIET, 1.5, "2 4")
        self.drawing.text((ends[1][0] + 4, self.top - 9), label, 12, colour=_QUIET)

    def _axes(self, across: str, up: str) -> None:
        for value in ticks(*self._y_range):
            _, y = self.at(self._x_range[0], value)
            self.drawing.line([(self.left, y), (self.right, y)], _GRID, 1)
            shown = f"{value:.2f}".rstrip("0").rstrip(".") or "0"
            self.drawing.text((self.left - 8, y + 4), shown, _TEXT, anchor="end", colour=_QUIET)
        self.drawing.line([(self.left, self.bottom), (self.right, self.bottom)], _QUIET, 1.2)
        for value in _across(self._x_range):
            x, _ = self.at(value, 0)
            self.drawing.line([(x, self.bottom), (x, self.bottom + 5)], _QUIET, 1.2)
            self.drawing.text(
                (x, self.bottom + 19), f"{value:g}", _TEXT, anchor="middle", colour=_QUIET
            )
        middle = (self.left + self.right) / 2
        self.drawing.text((middle, self.bottom + 38), across, _TEXT, anchor="middle")
        if up:
            self.drawing.text((self.left, self.top - 9), up, 12, colour=_QUIET)

    def _name(self, curves: Sequence[Curve]) -> None:
        ends = [self.at(*curve.points[-1]) for curve in curves]
        places = spread([y for _, y in ends], 18, self.top, self.bottom)
        for curve, end, y in zip(curves, ends, places, strict=True):
            x = self.right + 14
            self.drawing.line([(end[0] + 5, end[1]), (x - 2, y)], _QUIET, 0.8)
            self.drawing.symbol(curve.symbol, (x + 5, y), curve.colour, 10)
            self.drawing.text((x + 15, y + 4.5), curve.label, _TEXT)


def reliability_chart(what: str, found: Mapping[str, Any]) -> str:
    """Bins of scores against what happened."""
    bins = [each for each in found["bins"] if each["items"]]
    ece = found["ece"]["value"]
    said = ", ".join(f"{b['score']:.2f}: {b['value']:.2f} of {b['items']:,}" for b in bins)
    chart = Chart(
        f"Reliability of {what}",
        f"Share right by mean score. {said}. ECE {ece:.3f}.",
        "mean score",
        (0, 1),
        (0, 1),
        width=400,
        label_room=20,
        up="share right",
    )
    chart.drawing.line([chart.at(0, 0), chart.at(1, 1)], _QUIET, 1.5, "6 5")
    most = max(each["items"] for each in bins)
    for each in bins:
        x, y = each["score"], each["value"]
        height = 0.12 * each["items"] / most
        foot = [(x - 0.02, 0.0), (x - 0.02, height), (x + 0.02, height), (x + 0.02, 0.0)]
        chart.drawing.area([chart.at(*corner) for corner in foot], _QUIET, 0.35)
        if each["interval"]:
            low, high = each["interval"]["low"], each["interval"]["high"]
            chart.drawing.line([chart.at(x, low), chart.at(x, high)], _MAIN, 2)
        chart.drawing.symbol("circle", chart.at(x, y), _MAIN, 11)
    return chart.drawing.to_svg()


def best_of_n_chart(found: Mapping[str, Any]) -> str:
    """Accuracy over N, with what an oracle would choose and what chance would."""
    points = found["curve"]
    low = min(p["low"] for p in points)
    high = max(max(p["oracle"], p["high"]) for p in points)
    bounds = max(0.0, low - 0.03), min(1.0, high + 0.03)
    first = points[0]["value"]
    said = ", ".join(f"{p['n']}: {p['value']:.3f}" for p in points if p["n"] in _TOLD)
    chart = Chart(
        "Right by best-of-N",
        f"Share of problems right by N: {said}.",
        "N",
        (1, points[-1]["n"]),
        bounds,
        up="share right",
    )
    curves = [
        Curve(
            "this verifier",
            [(p["n"], p["value"]) for p in points],
            _MAIN,
            "circle",
            band=[(p["n"], p["low"], p["high"]) for p in points],
        ),
        Curve("oracle", [(p["n"], p["oracle"]) for p in points], _RIGHT, "diamond", "7 4"),
        Curve("by chance", [(p["n"], first) for p in points], _QUIET, "x", "2 4"),
    ]
    chart.curves(curves, every=max(1, len(points) // 8))
    if found["more_samples_hurt"]:
        chart.upright(found["peak"]["n"], "more hurt")
    return chart.drawing.to_svg()


_TOLD = frozenset({1, 2, 4, 8, 16, 32, 64, 128, 256})


def threshold_chart(found: Mapping[str, Any], used: float) -> str:
    """First-error F1 and its two accuracies along the thresholds."""
    points = found["points"]
    names: list[tuple[str, str, str, SvgSymbol, str]] = [
        ("f1", "F1", _MAIN, "circle", ""),
        ("on_errors", "on errors", _WRONG, "x", "7 4"),
        ("on_correct", "on sound ones", _RIGHT, "diamond", "2 4"),
    ]
    curves = [
        Curve(label, [(p["threshold"], p[key] / 100) for p in points if p[key] is not None],
              colour, symbol, dash)
        for key, label, colour, symbol, dash in names
    ]  # fmt: skip
    chart = Chart(
        "First errors by threshold",
        f"The best F1 is at a threshold of {found['best']}; {used:g} is used here.",
        "threshold",
        (0, 1),
        (0, 1),
        up="share found",
    )
    chart.upright(used, f"used: {used:g}")
    chart.curves([curve for curve in curves if curve.points], every=3)
    return chart.drawing.to_svg()


def _across(bounds: tuple[float, float]) -> list[float]:
    low, high = bounds
    if high <= 1:
        return [0, 0.2, 0.4, 0.6, 0.8, 1]
    steps = (1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 200, 500, 1000)
    step = next((each for each in steps if (high - low) / each <= 8), high)
    first = [low] if step == 1 else []
    return [*first, *(step * n for n in range(1, int(high / step) + 1) if step * n >= low)]
