"""Accessibility, as axe finds it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.pages import rest


@cache
def _source() -> str:
    return (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, within: str = "body") -> list[Any]:
    """What axe finds, once the page rests: rule, help, and where and why for up to four places.

    Args:
        page: The page.
        within: A CSS selector: the part of the page that is looked at.
    """
    rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # Of what passes it need not say where: finding a selector for every element takes longest.
    found = page.evaluate("within => axe.run(within, {resultTypes: ['violations']})", within)[
        "violations"
    ]
    return [
        (v["id"], v["help"], [(n["target"], n["failureSummary"][:300]) for n in v["nodes"][:4]])
        for v in found
    ]
