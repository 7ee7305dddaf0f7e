"""The palette keeps its promises: shapes first, colours that differ for every kind of eye."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from components.palette import bar, css_variables, marker
from search_core.picture.palette import (
    PALETTE_FILE,
    STATES,
    THEMES,
    PaletteError,
    Theme,
    load_palette,
    palette,
)
from tests.cvd import VISIONS, ciede2000, contrast, difference, lab, lightness, linear_rgb

LEAST_DIFFERENCE = 12.0
LEAST_LIGHTNESS_STEP = 20.0
GRAPHICS, TEXT = 3.0, 4.5  # WCAG 2.2, 1.4.11 and 1.4.3; not rounded

# Sharma, Wu and Dalal 2005, table 1: L*, a*, b* twice, and the difference.
SHARMA = [
    (50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425),
    (50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615),
    (50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412),
    (50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669),
    (50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461),
    (50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065),
    (50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492),
    (50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977),
    (50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030),
    (50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
]

both_themes = pytest.mark.parametrize("theme", THEMES)


def fills(theme: Theme) -> dict[str, str]:
    """Fill colours of the solid marks."""
    colours = {name: state.fill[theme] for name, state in palette().states.items()}
    return {name: colour for name, colour in colours.items() if colour}


@pytest.mark.parametrize("row", SHARMA)
def test_the_colour_difference_is_the_published_one(row: tuple[float, ...]) -> None:
    first, second, expected = np.array(row[:3]), np.array(row[3:6]), row[6]
    assert ciede2000(first, second) == pytest.approx(expected, abs=5e-5)
    assert ciede2000(second, first) == pytest.approx(expected, abs=5e-5)


def test_simulations_leave_grey_alone_and_join_what_a_dichromat_confuses() -> None:
    grey = linear_rgb("#808080")
    for name, see in VISIONS.items():
        assert ciede2000(lab(see(grey)), lab(grey)) < 1, name
    red_and_green = ("#D04030", "#7A7A20")
    assert difference(*red_and_green, "normal") > 40
    assert difference(*red_and_green, "deutan (Viénot 1999)") < 15
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_every_state_and_grade_has_its_own_symbol_label_and_meaning() -> None:
    entries = [*palette().states.values(), *palette().grades.values()]
    for field in ("symbol", "label", "meaning"):
        assert len({getattr(entry, field) for entry in entries}) == len(entries), field
    assert {grade.mark for grade in palette().grades.values()} == {"✓", "✗"}


def test_plotly_knows_every_symbol_and_hatch() -> None:
    import plotly.graph_objects as go

    for theme in THEMES:
        for state in STATES:
            go.Scatter(marker=marker(state, theme))
        for series in palette().series:
            go.Bar(marker=bar(series, theme))


@both_themes
@pytest.mark.parametrize("vision", VISIONS)
def test_fills_differ_for_every_kind_of_colour_vision(theme: Theme, vision: str) -> None:
    for (one, first), (other, second) in combinations(fills(theme).items(), 2):
        assert difference(first, second, vision) >= LEAST_DIFFERENCE, (one, other)


@both_themes
@pytest.mark.parametrize("vision", VISIONS)
def test_bars_differ_by_colour_and_by_hatching(theme: Theme, vision: str) -> None:
    bars = palette().series.values()
    assert len({bar.hatch for bar in bars}) == len(bars)
    for first, second in combinations(bars, 2):
        assert difference(first.fill[theme], second.fill[theme], vision) >= LEAST_DIFFERENCE


@both_themes
def test_similar_shapes_differ_in_lightness(theme: Theme) -> None:
    """Without any colour vision, marks of one family are told apart by light and dark; inside
    an open mark one sees the background."""
    behind = palette().themes[theme].background
    seen = [
        (state.symbol.partition("-")[0], lightness(state.fill[theme] or behind))
        for state in palette().states.values()
    ]
    for (family, first), (other_family, second) in combinations(seen, 2):
        if family == other_family:
            assert abs(first - second) >= LEAST_LIGHTNESS_STEP, family


@both_themes
@pytest.mark.parametrize("ground", ["background", "surface"])
def test_outlines_edges_and_rings_stand_out(theme: Theme, ground: str) -> None:
    colours = palette().themes[theme]
    behind = getattr(colours, ground)
    assert contrast(colours.ink, behind) >= GRAPHICS
    assert contrast(colours.muted, behind) >= GRAPHICS
    assert contrast(colours.focus, behind) >= GRAPHICS
    for name, state in palette().states.items():
        # A dark outline on a dark ground is fine where the fill itself stands out.
        seen = [state.line[theme], state.fill[theme] or state.line[theme]]
        assert max(contrast(colour, behind) for colour in seen) >= GRAPHICS, name
        line = [state.edge.color[theme], *([colours.casing] if state.edge.casing else [])]
        assert max(contrast(colour, behind) for colour in line) >= GRAPHICS, name
    for name, grade in palette().grades.items():
        assert contrast(grade.line[theme], behind) >= GRAPHICS, name


@both_themes
def test_a_casing_can_be_told_from_its_edge(theme: Theme) -> None:
    for state in palette().states.values():
        if state.edge.casing:
            assert state.edge.casing > state.edge.width
            assert contrast(state.edge.color[theme], palette().themes[theme].casing) >= GRAPHICS


@both_themes
def test_text_is_legible(theme: Theme) -> None:
    colours = palette().themes[theme]
    for behind in (colours.background, colours.surface):
        assert contrast(colours.text, behind) >= TEXT
        assert contrast(colours.subtle, behind) >= TEXT
    assert contrast(colours.muted, colours.background) >= TEXT


def test_style_sheets_get_every_colour_in_both_themes() -> None:
    css = css_variables()
    light, dark = css.split(".dark {")
    assert light.startswith(":root {")
    for block in (light, dark):
        for state in STATES:
            for part in ("fill", "line", "edge"):
                assert f"--state-{state}-{part}: " in block
        assert re.search(r"--palette-ink: #[0-9A-F]{6};", block)
        assert "--grade-right-line" in block
        assert "--series-verifier-fill" in block
    assert f"--state-kept-fill: {palette().states['kept'].fill['light']};" in light
    assert f"--state-kept-fill: {palette().states['kept'].fill['dark']};" in dark
    assert "--state-frontier-fill: transparent;" in css


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["states", "kept", "symbol"], "<script>", "states.kept.symbol"),
        (["states", "kept", "fill", "dark"], "red", "states.kept.fill.dark"),
        (["states", "kept", "edge", "dash"], "wavy", "states.kept.edge.dash"),
        (["themes", "light", "ink"], None, "themes.light.ink"),
        (["grades", "right", "size"], -1, "grades.right.size"),
    ],
)
def test_a_broken_palette_is_refused_and_says_where(
    tmp_path: Path, path: list[str], value: object, where: str
) -> None:
    table = json.loads(PALETTE_FILE.read_text(encoding="utf-8"))
    entry = table
    for key in path[:-1]:
        entry = entry[key]
    entry[path[-1]] = value
    broken = tmp_path / "palette.json"
    broken.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(PaletteError, match=re.escape(where)):
        load_palette(broken)


def test_a_palette_with_holes_is_refused(tmp_path: Path) -> None:
    table = json.loads(PALETTE_FILE.read_text(encoding="utf-8"))
    del table["states"]["pruned"]
    broken = tmp_path / "palette.json"
    broken.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(PaletteError, match="states lacks pruned"):
        load_palette(broken)
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(PaletteError, match="not JSON"):
        load_palette(broken)


def test_no_other_source_file_names_a_colour_of_the_palette() -> None:
    root = PALETTE_FILE.parent.parent
    known = set(re.findall(r"#[0-9a-f]{6}\b", PALETTE_FILE.read_text(encoding="utf-8").lower()))
    places = ("components", "search_core", "assets/js", "assets/css")
    folders = [root / place for place in places]
    files = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".js", ".mjs", ".css", ".html", ".svg"}
    ]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        assert not known & set(re.findall(r"#[0-9a-f]{6}\b", text)), path.name
