"""Everything fits into one screen: composer, tree, timeline and story, and on a phone the tree."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.explorer import ask, open_page, settle
from tests.browser.pages import Keep

pytestmark = pytest.mark.browser

INSIDE = """() => [...document.querySelectorAll(
  '#composer, #run, #chips, .esp-story-text, .esp-timeline, canvas, .esp-side-bar'
)].filter((element) => {
  const { top, left, bottom, right } = element.getBoundingClientRect();
  return top < 0 || left < 0 || bottom > innerHeight + 1 || right > innerWidth + 1;
}).map((element) => element.className || element.id)"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1000, 700), (1440, 900)])
def test_nothing_is_below_the_fold(app: App, keep: Keep, width: int, height: int) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size({"width": width, "height": height})
    settle(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(INSIDE) == []
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    assert box["height"] >= 280
    expect(page.locator(".esp-chronicle")).to_be_in_viewport()


def test_on_a_phone_the_tree_is_in_the_first_screen(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, app.url)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(INSIDE) == []
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    assert box["height"] >= 220
    composer = page.locator("#composer").bounding_box()
    assert composer is not None
    assert composer["height"] <= 120, "the composer is two lines"


def test_the_side_is_a_sheet_on_a_phone(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, app.url)
    answers = page.locator(".esp-answers")
    expect(answers).to_be_hidden()
    tab = page.get_by_role("tab", name="Answers")
    tab.click()
    expect(answers).to_be_in_viewport()
    tab.click()
    expect(answers).to_be_hidden()
    ask(page, "x.select(x.tree().chosen)")
    expect(page.locator(".esp-inspector")).to_be_in_viewport()
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".esp-inspector")).to_be_hidden()


def test_a_selected_step_comes_to_the_front_and_goes_again(app: App, page: Page) -> None:
    open_page(page, app.url)
    ask(page, "x.select(x.tree().chosen)")
    expect(page.get_by_role("tab", name="Step")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".esp-chronicle")).to_be_hidden()
    ask(page, "x.select(null)")
    expect(page.locator(".esp-chronicle")).to_be_visible()
    page.get_by_role("tab", name="Cost").click()
    ask(page, "x.select(x.tree().chosen)")
    page.get_by_role("tab", name="Cost").click()
    ask(page, "x.select(null)")
    expect(page.locator(".esp-costs")).to_be_visible()
