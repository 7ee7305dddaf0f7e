"""One panel of the figure: share of problems right over the budget."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search_core.evaluation.figure_series import FigureContent, FigureSeries, Look, Mark
from search_core.evaluation.svg import Drawing, SvgPoint
from search_core.picture.palette import palette

_LEAST_SPAN = 0.16
_STEPS = (0.02, 0.05, 0.1, 0.2, 0.25)
_MOST_TICKS = 6
_BAND = 0.13


@dataclass(frozen=True)
class Frame:
    """Where a panel's plot lies, and how large its text and marks are."""

    left: float
    top: float
    width: float
    height: float
    text: float
    mark: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Panel:
    """Draws one panel.

    Args:
        drawing: What to draw on.
        frame: Where.
        shown: All series.
        name: Which panel: "average" or a family.
    """

    def __init__(self, drawing: Drawing, frame: Frame, shown: FigureContent, name: str) -> None:
        self._drawing, self._frame, self._shown, self._name = drawing, frame, shown, name
        everything = [*shown.lines, *shown.points, *([shown.level] if shown.level else [])]
        marks = [mark for series in everything for mark in series.marks[name]]
        self._budgets = sorted({mark.n for mark in marks} | {1})
        self._low, self._high = _range(marks)
        theme = palette().themes["light"]
        self._grid = palette().states["collapsed"].fill["light"] or theme.background
        self._muted, self._axis = theme.subtle, theme.muted

    def draw(self, title: str) -> None:
        """Axes, bands, lines, points, in this order."""
        frame = self._frame
        self._drawing.text(
            (frame.left, frame.top - 0.75 * frame.text), title, frame.text, bold=True
        )
        self._axes()
        if self._shown.level:
            self._level(self._shown.level)
        for series in self._shown.lines:
            self._band(series)
        for series in self._shown.lines:
            self._line(series)
        self._points(self._shown.points)

    def label_lines(self) -> None:
        """Each line's name to the right of its end, moved apart where they would meet."""
        frame, gap = self._frame, 1.35 * self._frame.text
        ends = [(series, series.marks[self._name][-1]) for series in self._shown.lines]
        ends.sort(key=lambda end: -end[1].value)
        places = spread([self._y(mark.value) for _, mark in ends], gap, frame.top, frame.bottom)
        for (series, mark), y in zip(ends, places, strict=True):
            x = frame.right + 0.9 * frame.text
            self._drawing.line(
                [(self._x(mark.n) + frame.mark, self._y(mark.value)), (x - 4, y)], self._axis, 1
            )
            self.key(series.look, (x + 0.45 * frame.text, y), line=False)
            self._drawing.text(
                (x + 1.15 * frame.text, y + 0.35 * frame.text), series.label, frame.text
            )

    def key(self, look: Look, at: SvgPoint, *, line: bool) -> None:
        """A series' symbol, or a piece of its line, as a key shows it."""
        if line:
            ends = [(at[0] - 20, at[1]), (at[0] + 20, at[1])]
            self._drawing.line(ends, look.colour, look.width, look.dash)
        else:
            self._drawing.symbol(look.symbol, at, look.colour, self._frame.mark, hollow=look.hollow)

    def _x(self, n: float) -> float:
        """Budgets are equally far apart when they double; greedy has room on the left."""
        frame, inset = self._frame, max(0.1 * self._frame.width, 2.6 * self._frame.mark)
        most = math.log2(max(self._budgets)) or 1.0
        return frame.left + inset + math.log2(n) / most * (frame.width - inset - frame.mark)

    def _y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return self._frame.bottom - share * self._frame.height

    def _axes(self) -> None:
        frame, drawing = self._frame, self._drawing
        for value in ticks(self._low, self._high):
            y = self._y(value)
            drawing.line([(frame.left, y), (frame.right, y)], self._grid, 1)
            drawing.text(
                (frame.left - 0.4 * frame.text, y + 0.35 * frame.text),
                f"{100 * value:.0f}",
                frame.text,
                anchor="end",
                colour=self._muted,
            )
        drawing.line([(frame.left, frame.bottom), (frame.right, frame.bottom)], self._axis, 1.5)
        drawing.text(
            (frame.left - 0.4 * frame.text, frame.bottom + 1.25 * frame.text + 3),
            "N",
            frame.text,
            anchor="end",
            colour=self._muted,
        )
        for n in self._budgets:
            x = self._x(n)
            drawing.line([(x, frame.bottom), (x, frame.bottom + 6)], self._axis, 1.5)
            drawing.text(
                (x, frame.bottom + 1.25 * frame.text + 3),
                str(n),
                frame.text,
                anchor="middle",
                colour=self._muted,
            )

    def _level(self, series: FigureSeries) -> None:
        frame = self._frame
        for mark in series.marks[self._name]:
            y = self._y(mark.value)
            ends = [(frame.left, y), (frame.right, y)]
            self._drawing.line(ends, series.look.colour, series.look.width, series.look.dash)

    def _band(self, series: FigureSeries) -> None:
        marks = series.marks[self._name]
        above = [(self._x(mark.n), self._y(mark.high)) for mark in marks]
        below = [(self._x(mark.n), self._y(mark.low)) for mark in reversed(marks)]
        self._drawing.area([*above, *below], series.look.colour, _BAND)

    def _line(self, series: FigureSeries) -> None:
        look = series.look
        points = [(self._x(mark.n), self._y(mark.value)) for mark in series.marks[self._name]]
        self._drawing.line(points, look.colour, look.width, look.dash)
        for point in points:
            self._drawing.symbol(
                look.symbol, point, look.colour, self._frame.mark, hollow=look.hollow
            )

    def _points(self, points: Sequence[FigureSeries]) -> None:
        """With whiskers, each beside its budget so that none hides another."""
        step = 1.25 * self._frame.mark
        searches = [series for series in points if series.label != "greedy"]
        for series in points:
            if series in searches:
                aside = step * (searches.index(series) - (len(searches) - 1) / 2)
                aside += math.copysign(0.5 * step, aside) if aside else 0.0
            else:
                aside = -1.3 * step
            for mark in series.marks[self._name]:
                self._point(series.look, mark, self._x(mark.n) + aside)

    def _point(self, look: Look, mark: Mark, x: float) -> None:
        ends = [(x, self._y(mark.low)), (x, self._y(mark.high))]
        self._drawing.line(ends, look.colour, 2)
        self._drawing.symbol(
            look.symbol, (x, self._y(mark.value)), look.colour, 1.15 * self._frame.mark
        )


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places at least `gap` apart, from the top down, as near the wanted ones as can be.

    Args:
        wanted: Rising numbers.
    """
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else top))
    lowest = bottom
    for index in reversed(range(len(places))):
        places[index] = min(places[index], lowest)
        lowest = places[index] - gap
    return places


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` to `high`, six at most."""
    fits = (step for step in _STEPS if (high - low) / step <= _MOST_TICKS - 0.99)
    step = next(fits, _STEPS[-1])
    first = math.ceil(low / step - 1e-9)
    return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _range(marks: Iterable[Mark]) -> tuple[float, float]:
    """What the axis spans: all intervals, some air, and never less than `_LEAST_SPAN`."""
    each = list(marks)
    low = min((mark.low for mark in each), default=0.0)
    high = max((mark.high for mark in each), default=1.0)
    high = min(1.0, math.ceil(high * 20 + 0.2) / 20)
    low = max(0.0, math.floor(low * 20 - 0.2) / 20)
    return min(low, max(0.0, high - _LEAST_SPAN)), high
