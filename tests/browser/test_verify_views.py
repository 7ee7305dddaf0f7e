"""Verify's views of one solution and of one tree in a browser: by keyboard, on a phone, in both
themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.pwned=1>"
WIDTHS = (320, 768, 1280)


def fits(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_solution_is_changed_by_keyboard_and_old_scores_stand_beside_new(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/verify/#solution")
    view = page.locator("[data-view=solution]")
    steps = view.locator(".steps textarea")
    expect(view.locator(".sums tbody tr")).to_have_count(2)
    count = steps.count()
    expect(view.locator(".score .was")).to_have_count(0)
    first = steps.first.input_value()
    # A threshold of one's own moves the first error, and nothing is asked for that.
    slider = view.get_by_role("slider", name="Threshold")
    expect(slider).to_be_hidden()
    view.get_by_label("One threshold for all verifiers").check()
    slider.focus()
    page.keyboard.press("End")
    expect(view.locator(".steps li").first.locator(".score .first")).to_have_count(2)
    page.keyboard.press("Home")
    view.get_by_label("One threshold for all verifiers").uncheck()
    # A wrong number: the checker sees it, and scores change.
    steps.first.fill(first.replace("=", "= 9", 1))
    expect(view.locator(".score.truth").first).to_contain_text("does not hold")
    expect(view.locator(".score .was").first).to_contain_text("was ")
    # Moved, inserted and deleted by keys, the focus going along.
    text = steps.first.input_value()
    steps.first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(steps.nth(1)).to_have_value(text)
    expect(steps.nth(1)).to_be_focused()
    page.keyboard.press("Alt+Enter")
    expect(steps).to_have_count(count + 1)
    expect(view.locator("[data-part=state]")).to_contain_text("A step is empty")
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Control+Enter")
    expect(view.locator("[data-part=state]")).to_have_text("")
    page.keyboard.press("Alt+Backspace")
    expect(steps).to_have_count(count)
    view.get_by_role("button", name="Compare with these scores").click()
    expect(view.locator(".score .was")).to_have_count(0)
    fits(page)
    assert violations(page, "body") == []
    assert page.evaluate("window.pwned") is None
    assert app.errors() == []


def test_a_tree_is_scored_anew_and_its_map_walked_by_keys(app: App, page: Page) -> None:
    page.goto(f"{app.url}/verify/?__theme=dark#tree")
    view = page.locator("[data-view=tree]")
    expect(view.locator("[data-part=sentences] li").first).to_contain_text("first decision")
    assert view.locator(".mark").count() > 50
    assert view.locator(".ring").count() > 1
    link = view.locator("[data-part=then] a").first
    assert "run=recorded-expression-beam-search&node=" in (link.get_attribute("href") or "")
    told = view.locator("[data-part=step] h3")
    before = told.inner_text()
    view.locator("[data-part=map]").focus()
    page.keyboard.press("ArrowLeft")
    expect(told).not_to_have_text(before)
    slider = view.get_by_role("slider", name="Checkpoint")
    if slider.count():
        slider.focus()
        page.keyboard.press("End")
        expect(view.locator("[data-part=now-head]")).to_contain_text("Checkpoint 6")
    fits(page)
    assert violations(page, "body") == []
    assert app.errors() == []
