"""The line below the problem: what the embedded models read, one of each kind to try, and what is
left of the page where something else was typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from search_core.embedded import FAMILIES
from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import run_of, settle, wait
from tests.browser.form import choose, close_drawer, fill, notice_says
from tests.browser.pages import VIEWPORT, Keep, fits, show_theme

pytestmark = pytest.mark.browser

KINDS = "#kinds button:visible"
FOREIGN = "Why is the sky blue?"
BACK = "Back to the run on show"


def opened(keep: Keep, app: App) -> Page:
    """The page, its form that of the run on show."""
    page, new = keep(f"{app.url}/#kinds")
    page.set_viewport_size(VIEWPORT)
    if not new and (back := page.get_by_role("button", name=BACK)).is_visible():
        back.click()
        expect(back).to_be_hidden()
    return page


def test_each_kind_is_named_and_one_of_it_runs(app: App, keep: Keep) -> None:
    page = opened(keep, app)
    expect(page.locator(KINDS)).to_have_count(len(FAMILIES))
    for place, family in enumerate(FAMILIES.values()):
        kind = page.locator(KINDS).nth(place)
        expect(kind).to_contain_text(family.title)
        expect(kind).to_contain_text(family.first)
    before = run_of(page)
    page.locator("#kinds [data-kind=countdown]").click()
    expect(page.locator("#problem textarea")).to_have_value(FAMILIES["countdown"].first)
    expect(page.locator("#problem textarea")).to_be_focused()
    expect(page.locator("#notice")).to_contain_text("Filled in. Press Run.")
    assert run_of(page) == before, "nothing runs by itself"
    page.click("#run")
    wait(page, f"x.log.complete && x.log.run !== {before!r}")


def test_it_is_one_stop_of_the_keyboard(app: App, keep: Keep) -> None:
    page = opened(keep, app)
    page.locator("#kinds button").first.focus()
    page.keyboard.press("End")
    expect(page.locator("#kinds [data-kind=countdown]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#problem textarea")).to_have_value(FAMILIES["word"].first)
    stops = "[...document.querySelectorAll('#kinds button')].filter((b) => b.tabIndex === 0).length"
    assert page.evaluate(stops) == 1


def test_a_solver_of_one_kind_says_that_one(app: App, keep: Keep) -> None:
    page = opened(keep, app)
    choose(page, "solver", "stream")
    close_drawer(page)
    expect(page.locator(KINDS)).to_have_count(1)
    expect(page.locator(KINDS)).to_contain_text("Countdown")


def test_a_refusal_leaves_the_tree_in_sight(app: App, keep: Keep) -> None:
    page = opened(keep, app)
    page.set_viewport_size({"width": 1280, "height": 720})
    fill(page, "#problem", FOREIGN)
    page.click("#run")
    notice_says(page, "do not know this kind of problem")
    settle(page)
    box = page.locator("#explorer .esp-canvas").bounding_box()
    notice = page.locator("#notice .notice").bounding_box()
    assert box is not None
    assert notice is not None
    assert box["height"] >= 240
    assert notice["height"] <= 50
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    # Whatever was cut off is said whole, and put in whole.
    for offer in page.locator("#notice li button").all():
        assert offer.get_attribute("title") == offer.inner_text()
    # What is long gives way, what is short is read whole.
    cut = "all => all.map((one) => one.scrollWidth > one.clientWidth + 1 && one.innerText.length)"
    lengths = page.locator("#notice li button").evaluate_all(cut)
    assert all(length is False or length > 40 for length in lengths)


def test_on_a_phone_it_comes_with_a_problem_of_ones_own(app: App, keep: Keep) -> None:
    """At both widths and in both themes: what they find is told together."""
    page = opened(keep, app)
    found: dict[tuple[str, int, str], object] = {}
    page.set_viewport_size({"width": 320, "height": 1000})
    expect(page.locator("#kinds")).to_be_hidden()
    page.locator("#problem textarea").fill(FOREIGN)

    def look(selector: str, width: int) -> None:
        fits(page, width)
        for theme in ("light", "dark"):
            show_theme(page, theme)
            found[selector, width, theme] = violations(page, selector)

    expect(page.locator("#kinds")).to_be_visible()
    for width in (320, 390):
        look("#kinds", width)
    page.click("#run")
    notice_says(page, "do not know this kind of problem")
    for width in (320, 390):
        look("#notice", width)
        heights = page.locator("#notice li button").evaluate_all(
            "all => all.map((b) => b.offsetHeight)"
        )
        assert len(heights) == 3
        assert all(24 <= height < 40 for height in heights), f"each offer is one line at {width}"
    assert {where: what for where, what in found.items() if what} == {}
