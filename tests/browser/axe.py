"""Accessibility, as axe finds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.pages import rest, show_theme


@cache
def _source() -> str:
    return (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose findings go by the theme: what was looked at whole in one needs no others in
the other. They take half of the time of all."""


def violations(page: Page, within: str = "body", only: Sequence[str] | None = None) -> list[Any]:
    """What axe finds, once the page rests: rule, help, and where and why for up to four places.

    Args:
        page: The page.
        within: A CSS selector: the part of the page that is looked at.
        only: The rules that are asked for, such as `COLOURS`; None: all.
    """
    rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # Of what passes it need not say where: finding a selector for every element takes longest.
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    found = page.evaluate("asked => axe.run(...asked)", [within, options])["violations"]
    return [
        (v["id"], v["help"], [(n["target"], n["failureSummary"][:300]) for n in v["nodes"][:4]])
        for v in found
    ]


def in_both_themes(page: Page, within: str = "body") -> dict[str, list[Any]]:
    """What axe finds in the light theme, and of colours in the dark one: the themes with findings.

    The page has the light theme afterwards.
    """
    found = {"light": violations(page, within)}
    show_theme(page, "dark")
    found["dark"] = violations(page, within, COLOURS)
    show_theme(page, "light")
    return {theme: what for theme, what in found.items() if what}
