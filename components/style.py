"""Theme and style sheets of the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from components.palette import css_variables

CSS = Path(__file__).resolve().parent.parent / "assets" / "css"
PAGE_SHEETS = (
    *("tokens.css", "header.css", "page.css", "choices.css"),
    *("kinds.css", "notice.css", "terms.css"),
)
# Fonts of the reader's own machine: nothing is fetched from elsewhere.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """A calm theme: indigo for actions, neutral greys, local fonts."""
    base = gr.themes.Default(
        primary_hue="indigo", neutral_hue="zinc", font=_SANS, font_mono=_MONO, radius_size="md"
    )
    # The default greys and the default button are below 4.5:1; these are above.
    return base.set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_hover_dark="*primary_700",
        button_cancel_background_fill="*neutral_200",
        button_cancel_background_fill_dark="*neutral_700",
        button_cancel_text_color="*neutral_900",
        button_cancel_text_color_dark="*neutral_50",
    )


def style_sheet() -> str:
    """The page's CSS, with the palette as custom properties."""
    return css_variables() + "\n".join(
        (CSS / name).read_text(encoding="utf-8") for name in PAGE_SHEETS
    )
