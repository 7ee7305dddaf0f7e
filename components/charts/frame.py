"""What every chart shares: transparent ground, legible text in both themes, no mode bar."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from components.palette import Theme, palette
from search_core.log.tree import Tree
from search_core.picture import HasTree

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
CLEAR = "rgba(0,0,0,0)"

MOST_ROUNDS = 500
"""Rounds of which a chart is drawn, the last of a run that has more: a bar is a pixel wide then."""

_BUTTONS = [
    *("zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"),
    *("resetScale2d", "toImage", "hoverClosestCartesian", "hoverCompareCartesian"),
    "toggleSpikelines",
]


Source = Tree | HasTree


def tree_of(source: Source) -> Tree:
    """The tree of a trace or result; a tree is its own."""
    return source if isinstance(source, Tree) else source.tree


def empty_figure(theme: Theme, height: int) -> Any:
    """A figure with the shared layout and nothing in it yet. `height` in px."""
    colours = palette().themes[theme]
    return go.Figure(
        layout={
            "template": go.layout.Template(),
            "height": height,
            "autosize": True,
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"family": FONT, "size": 13, "color": colours.text},
            "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "pad": 2},
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.muted,
                "font": {"family": FONT, "size": 13, "color": colours.text},
                "align": "left",
                "namelength": 0,
            },
            "legend": legend(theme),
            "modebar": {"remove": _BUTTONS, "bgcolor": CLEAR, "color": CLEAR, "activecolor": CLEAR},
        }
    )


def legend(theme: Theme) -> dict[str, Any]:
    """A key above the plot that wraps on narrow screens."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "bgcolor": CLEAR,
        "itemsizing": "trace",
        "font": {"color": palette().themes[theme].text, "size": 12},
    }


def faint(colour: str, alpha: float = 0.25) -> str:
    """A palette colour "#RRGGBB", see-through, for lines that only guide the eye."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def grid(theme: Theme) -> dict[str, Any]:
    """Faint lines across the plot, for an `axis`."""
    return {"showgrid": True, "gridcolor": faint(palette().themes[theme].muted), "gridwidth": 1}


def axis(theme: Theme, title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with quiet lines; touching it scrolls the page instead of zooming."""
    colours = palette().themes[theme]
    return {
        "title": {"text": title, "font": {"color": colours.subtle, "size": 12}, "standoff": 6},
        "tickfont": {"color": colours.subtle, "size": 12},
        "color": colours.subtle,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": colours.muted,
        "linewidth": 1,
        "ticks": "",
        "fixedrange": True,
        "automargin": True,
        **more,
    }


def note(figure: Any, text: str, theme: Theme) -> None:
    """Say in the middle of an empty chart why it is empty."""
    figure.add_annotation(
        text=text,
        showarrow=False,
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        font={"color": palette().themes[theme].subtle, "size": 13},
    )
    figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False})
