"""The states' colours and symbols: `assets/palette.json`, checked and typed.

That file is the one place where they are defined: still pictures, charts, the page's CSS
(through `variables`) and its JavaScript take them from there. No source file names a colour of
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PALETTE_FILE = Path(__file__).resolve().parents[2] / "assets" / "palette.json"

Theme = Literal["light", "dark"]
StateName = Literal[
    "writing",
    "frontier",
    "candidate",
    "kept",
    "pruned",
    "completed",
    "merged",
    "rollout",
    "chosen",
    "collapsed",
]
GradeName = Literal["right", "wrong"]
SeriesName = Literal["solver", "solver_prompt", "verifier"]
THEMES: tuple[Theme, ...] = get_args(Theme)
STATES: tuple[StateName, ...] = get_args(StateName)

Colour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]
Symbol = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
Pixels = Annotated[float, Field(ge=0, le=64)]
Dash = Literal["solid", "dot", "dash", "longdash", "dashdot"]
Hatch = Literal["", "/", "\\", "x", ".", "-", "|", "+"]


class PaletteError(ValueError):
    """`assets/palette.json` is broken; the message says where."""


class _Entry(BaseModel):
    # Readers in other languages may add fields of their own.
    model_config = ConfigDict(frozen=True, extra="ignore")


class ThemeColours(_Entry):
    """Colours of one theme that belong to no state."""

    background: Colour
    surface: Colour
    """Behind panels; text and marks must also be legible on it."""
    ink: Colour
    """Outline of filled marks."""
    muted: Colour
    """Quiet lines; as text only on `background`."""
    text: Colour
    subtle: Colour
    """Secondary text."""
    casing: Colour
    """Below the winning path, wider than it."""
    focus: Colour


class Edge(_Entry):
    """The line from the parent into a node. Widths in px."""

    dash: Dash
    width: Pixels
    casing: Pixels = 0
    """Width of the casing drawn below; 0: none."""
    color: Mapping[Theme, Colour]


class State(_Entry):
    """How a node in this state looks. `size` and `line_width` in px."""

    label: str
    meaning: str
    symbol: Symbol
    """A plotly marker symbol; unique among states and grades."""
    size: Pixels
    line_width: Pixels
    fill: Mapping[Theme, Colour | None]
    """None: the mark is open and its outline alone is seen."""
    line: Mapping[Theme, Colour]
    edge: Edge


class GradeStyle(_Entry):
    """The ring around a solution that was held against the reference."""

    label: str
    meaning: str
    symbol: Symbol
    size: Pixels
    mark: Annotated[str, Field(min_length=1, max_length=1)]
    line_width: Pixels
    line: Mapping[Theme, Colour]


class Series(_Entry):
    """A bar of the cost chart. The hatching tells the bars apart without colour."""

    label: str
    hatch: Hatch
    fill: Mapping[Theme, Colour]


class Palette(_Entry):
    """The whole file."""

    themes: Mapping[Theme, ThemeColours]
    states: Mapping[StateName, State]
    grades: Mapping[GradeName, GradeStyle]
    series: Mapping[SeriesName, Series]

    @model_validator(mode="after")
    def _complete(self) -> Palette:
        for name, table, expected in (
            ("themes", self.themes, THEMES),
            ("states", self.states, STATES),
            ("grades", self.grades, get_args(GradeName)),
            ("series", self.series, get_args(SeriesName)),
        ):
            missing = [key for key in expected if key not in table]
            if missing:
                raise ValueError(f"{name} lacks {', '.join(missing)}")
        for where, colours in self._by_theme():
            missing = [theme for theme in THEMES if theme not in colours]
            if missing:
                raise ValueError(f"{where} has no colour for theme {', '.join(missing)}")
        return self

    def _by_theme(self) -> Iterator[tuple[str, Mapping[Theme, str | None]]]:
        for name, state in self.states.items():
            yield f"states.{name}.fill", state.fill
            yield f"states.{name}.line", state.line
            yield f"states.{name}.edge.color", state.edge.color
        for grade_name, grade in self.grades.items():
            yield f"grades.{grade_name}.line", grade.line
        for series_name, series in self.series.items():
            yield f"series.{series_name}.fill", series.fill


def load_palette(path: Path = PALETTE_FILE) -> Palette:
    """Read and check a palette file.

    Raises:
        PaletteError: It is not JSON, or an entry is missing or malformed.
        OSError: It cannot be opened.
    """
    try:
        return Palette.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "palette"
        raise PaletteError(f"{path.name}, {where}: {first['msg']}") from error
    except ValueError as error:
        raise PaletteError(f"{path.name} is not JSON: {error}") from error


@cache
def palette() -> Palette:
    """The project's palette, read once."""
    return load_palette()


def variables(theme: Theme) -> dict[str, str | None]:
    """Every colour of a theme by the name of its custom property, without the dashes before it.

    `palette-ink`, `state-kept-fill`, `state-kept-line`, `state-kept-edge`, `grade-right-line`,
    `series-solver-fill` and so on. None: an open mark's fill.
    """
    table = palette()
    named: dict[str, str | None] = {
        f"palette-{name}": colour for name, colour in table.themes[theme].model_dump().items()
    }
    for state, entry in table.states.items():
        named[f"state-{state}-fill"] = entry.fill[theme]
        named[f"state-{state}-line"] = entry.line[theme]
        named[f"state-{state}-edge"] = entry.edge.color[theme]
    for grade, ring in table.grades.items():
        named[f"grade-{grade}-line"] = ring.line[theme]
    for series, bar in table.series.items():
        named[f"series-{series.replace('_', '-')}-fill"] = bar.fill[theme]
    return named
