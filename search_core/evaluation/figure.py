"""The figure of an evaluation: accuracy over budget, on average and for each family, as SVG.

Wide enough for a phone and for a page: few words, large marks, and its own light background,
so that it reads the same on a dark page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from search_core.evaluation.figure_panel import Frame, Panel
from search_core.evaluation.figure_series import AVERAGE, FigureContent, shown
from search_core.evaluation.svg import Drawing
from search_core.picture.palette import palette

_WIDTH, _MARGIN = 760.0, 24.0
_LARGE, _TEXT = 25.0, 19.0
_ROW = 270.0
_COLUMNS = 3
_TOP = Frame(left=78, top=176, width=430, height=300, text=_TEXT, mark=14)


def evaluation_figure(values: Mapping[str, Any]) -> str:
    """An SVG file of what `evaluate` wrote.

    Raises:
        ValueError: The values are something else.
    """
    what = shown(values)
    families = what.panels[1:]
    rows = math.ceil(len(families) / _COLUMNS)
    height = _TOP.bottom + 52 + _ROW * rows + 22
    theme = palette().themes["light"]
    title = "Problems solved, in %, by budget N"
    drawing = Drawing(
        _WIDTH,
        height,
        background=theme.background,
        ink=theme.ink,
        title=title,
        about=_about(what),
    )
    drawing.text((_MARGIN, 42), title, _LARGE, bold=True)
    drawing.text((_MARGIN, 70), _subtitle(values), 17, colour=theme.subtle)
    average = Panel(drawing, _TOP, what, AVERAGE)
    _point_key(drawing, average, what)
    average.draw("average of the families")
    average.label_lines()
    for place, family in enumerate(families):
        Panel(drawing, _small_frame(place), what, family).draw(family)
    drawing.text(
        (_WIDTH / 2, height - 16),
        "N: solutions' worth of samples. Bands and whiskers: 95 % intervals. Scales differ.",
        17,
        anchor="middle",
        colour=theme.subtle,
    )
    return drawing.to_svg()


def _small_frame(place: int) -> Frame:
    cell = (_WIDTH - 2 * _MARGIN) / _COLUMNS
    row, column = divmod(place, _COLUMNS)
    return Frame(
        left=_MARGIN + 38 + cell * column,
        top=_TOP.bottom + 88 + _ROW * row,
        width=cell - 52,
        height=180,
        text=17,
        mark=11,
    )


def _point_key(drawing: Drawing, panel: Panel, what: FigureContent) -> None:
    """Single points have no end to be labelled at: one line says which is which."""
    x, y = _MARGIN + 8, 108.0
    for series in what.points:
        panel.key(series.look, (x, y), line=False)
        drawing.text((x + 14, y + 6), series.label, _TEXT)
        x += 44 + 0.53 * _TEXT * len(series.label)
    if what.level:
        panel.key(what.level.look, (x + 14, y), line=True)
        drawing.text((x + 42, y + 6), what.level.label, _TEXT)


def _subtitle(values: Mapping[str, Any]) -> str:
    def size(model: Mapping[str, Any]) -> str:
        parameters = model.get("parameters")
        return f" ({parameters / 1e6:.1f}M)" if parameters else ""

    counts = set(values["problems"].values())
    problems = (
        f"{min(counts)} problems each"
        if len(counts) == 1
        else f"{sum(values['problems'].values())} problems"
    )
    seeds = len(values["seeds"])
    pair = " with ".join(f"{values[m]['name']}{size(values[m])}" for m in ("solver", "verifier"))
    return f"{pair}, {problems}, {seeds} seed{'s' if seeds > 1 else ''}"


def _about(what: FigureContent) -> str:
    """The averages in words, for people who cannot see the lines."""
    parts = []
    for series in (*what.lines, *what.points, *([what.level] if what.level else [])):
        marks = ", ".join(f"{100 * m.value:.0f} at N={m.n}" for m in series.marks[AVERAGE])
        parts.append(f"{series.label}: {marks}.")
    return "Percent of problems right, averaged over families. " + " ".join(parts)
