"""The frame around a place that is a document of its own: its head, and the header with all places.

Its addresses are relative to the place's own, one level below the app's root; the place serves
`emblem.svg`, `style.css` and its scripts itself.
"""

from __future__ import annotations

from html import escape

from components.emblem import emblem
from components.places import Place, places_bar


def framed(place: Place, title: str, summary: str, body: str, scripts: str) -> str:
    """A whole HTML document.

    Args:
        place: Which place it is part of.
        title: Of the document, as text.
        summary: What it is, in a sentence, as text.
        body: Markup below the header; what is read first has the id "text".
        scripts: Markup of its script elements.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><meta name="description" content="{escape(summary)}">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" type="image/svg+xml" href="emblem.svg">'
        f'<link rel="stylesheet" href="style.css">{scripts}</head><body>'
        '<a class="skip" href="#text">Skip to the text</a>'
        f"{header(place)}"
        f'{body}<p id="told" class="unseen" role="status"></p></body></html>\n'
    )


def header(place: Place) -> str:
    """The header of a document one level below the app's root: the brand, and all places."""
    return (
        '<header class="place-header"><a class="brand" href="../" data-place>'
        f"{emblem()}<span>Espalier</span></a>{places_bar(place, '../')}</header>"
    )
