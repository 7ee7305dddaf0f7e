"""Theme and style sheets of the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from components.palette import css_variables

CSS = Path(__file__).resolve().parent.parent / "assets" / "css" / "page.css"
# Fonts of the reader's own machine: nothing is fetched from elsewhere.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """A calm theme: indigo for actions, neutral greys, local fonts."""
    return gr.themes.Default(
        primary_hue="indigo", neutral_hue="zinc", font=_SANS, font_mono=_MONO, radius_size="md"
    )


def style_sheet() -> str:
    """The page's CSS, with the palette as custom properties."""
    return css_variables() + CSS.read_text(encoding="utf-8")
