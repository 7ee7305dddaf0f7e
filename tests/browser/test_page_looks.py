"""How the page looks: its width, its charts' colours, and what axe and the keyboard find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import in_both_themes
from tests.browser.explorer import open_page
from tests.browser.pages import fits

pytestmark = pytest.mark.browser


def test_nothing_is_wider_than_the_window(app: App, page: Page) -> None:
    """Not where it opens on a phone, and not where the window then grows."""
    page.set_viewport_size({"width": 320, "height": 900})
    open_page(page, app.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for width in (768, 1280, 1920):
        fits(page, width)


def test_axe_finds_no_violation(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    open_page(page, app.url)
    found = {}
    for view in ("Outline", "Charts", "Tree"):
        page.get_by_role("tab", name=view).click()
        if view == "Charts":
            expect(page.locator(".js-plotly-plot")).to_have_count(3)
        found[view] = in_both_themes(page)
    assert {where: what for where, what in found.items() if what} == {}


def test_whoever_goes_by_keyboard_sees_where_they_are(app: App, page: Page) -> None:
    """Fields and choices of the form show an outline: Gradio's own are too faint or absent."""
    open_page(page, app.url)
    page.locator("#theme").focus()
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        what, seen = page.evaluate(
            """() => {
              const e = document.activeElement;
              const shown = [e, e.closest('label')].filter(Boolean).some((element) => {
                const { outlineStyle, outlineWidth } = getComputedStyle(element);
                return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
              });
              return [e.tagName + ' ' + (e.id || e.value || e.innerText), shown];
            }"""
        )
        if what.startswith("CANVAS"):
            break
        if not seen:
            unseen.append(what)
    else:
        pytest.fail("the keyboard never reached the picture")
    assert unseen == []
