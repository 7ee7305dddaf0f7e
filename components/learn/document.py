"""The page of Learn: a frame, the lessons as data, and one script.

All addresses are relative to `learn/`, so it works wherever the app is mounted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from components.guide.glossary import terms_of_page
from components.place_frame import header
from components.places import LEARN
from search_core.export.html import STYLE_SHEETS, data_safe, palette_style
from search_core.export.modules import bundle
from search_core.picture.palette import PALETTE_FILE

ASSETS = PALETTE_FILE.parent
ENTRANCE = "learn.js"
_SUMMARY = "Inference-time search, step by step: look, predict, and see."


def document(shown: Mapping[str, Any]) -> str:
    """The whole page.

    Args:
        shown: As `shown_lessons` gives them.
    """
    given = {
        "lessons": shown["lessons"],
        "forms": shown["forms"],
        "palette": _palette(),
        "terms": terms_of_page(),
    }
    data = data_safe(json.dumps(given, ensure_ascii=False, separators=(",", ":")))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>Learn · Espalier</title><meta name="description" content="{_SUMMARY}">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" type="image/svg+xml" href="emblem.svg">'
        '<link rel="stylesheet" href="style.css"><script src="theme.js"></script></head>'
        '<body class="learn"><a class="skip" href="#lesson">Skip to the lesson</a>'
        f'{header(LEARN)}<main id="lesson" tabindex="-1">'
        f'<div class="esp">{_without_script(shown)}</div></main>'
        f'<script type="application/json" id="learn-given">{data}</script>'
        '<script type="module" src="learn.js"></script></body></html>\n'
    )


def _palette() -> dict[str, Any]:
    """The explorer's, but for its star: to whoever sees it for the first time, a star says that the
    answer is a good one, and many that are chosen here are wrong."""
    palette: dict[str, Any] = json.loads(PALETTE_FILE.read_text(encoding="utf-8"))
    palette["states"]["chosen"]["symbol"] = palette["states"]["completed"]["symbol"]
    return palette


def _without_script(shown: Mapping[str, Any]) -> str:
    """What stands there until the script runs, and where none does."""
    entries = "".join(
        f"<li><b>{escape(lesson['title'])}.</b> {escape(lesson['summary'])}</li>"
        for lesson in shown["lessons"]
    )
    return f'<div class="esp-loading"><h1>Learn</h1><ol>{entries}</ol></div>'


def script() -> str:
    """The modules of the page as one.

    Raises:
        BundleError: They cannot be put together.
    """
    return bundle(ASSETS / "js", ENTRANCE)


def style() -> str:
    """The palette, the explorer's sheets, and its own."""
    names = ("tokens.css", "header.css", "terms.css", *STYLE_SHEETS, "learn.css", "learn_words.css")
    sheets = ((ASSETS / "css" / name).read_text(encoding="utf-8") for name in names)
    return "\n".join([palette_style(), *sheets])
