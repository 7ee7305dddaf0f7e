"""The palette as plotly and the page's style sheet want it."""

from __future__ import annotations

from typing import Any

from search_core.picture.palette import (
    STATES,
    THEMES,
    GradeName,
    SeriesName,
    StateName,
    Theme,
    palette,
    variables,
)

__all__ = [
    "STATES",
    "THEMES",
    "GradeName",
    "SeriesName",
    "StateName",
    "Theme",
    "bar",
    "css_variables",
    "marker",
    "palette",
]


def marker(state: StateName, theme: Theme) -> dict[str, Any]:
    """Plotly's `marker` for nodes in this state."""
    entry = palette().states[state]
    line = entry.line[theme]
    # Plotly paints the outline of an open symbol with the marker's own colour.
    return {
        "symbol": entry.symbol,
        "size": entry.size,
        "color": entry.fill[theme] or line,
        "opacity": 1,
        "line": {"width": entry.line_width, "color": line},
    }


def bar(series: SeriesName, theme: Theme) -> dict[str, Any]:
    """Plotly's `marker` for bars of this series."""
    entry = palette().series[series]
    colours = palette().themes[theme]
    return {
        "color": entry.fill[theme],
        "line": {"width": 1, "color": colours.ink},
        "pattern": {
            "shape": entry.hatch,
            "fillmode": "overlay",
            "fgcolor": colours.ink,
            "size": 6,
            "solidity": 0.15,
        },
    }


def css_variables() -> str:
    """The palette as CSS custom properties: light under `:root`, dark under `.dark`.

    An open mark's fill is `transparent`.
    """
    blocks = []
    selectors: dict[Theme, str] = {"light": ":root", "dark": ".dark"}
    for theme, selector in selectors.items():
        named = variables(theme).items()
        lines = [f"  --{name}: {colour or 'transparent'};" for name, colour in named]
        blocks.append("\n".join([f"{selector} {{", *lines, "}"]))
    return "\n".join(blocks) + "\n"
