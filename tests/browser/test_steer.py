"""The shears: a person acts by mouse, keyboard and touch, and sees what would have been."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, run_of, wait

pytestmark = pytest.mark.browser

CUT = "the right path is cut"
BASE = "recorded-right-path-is-cut"


def open_cut(page: Page, app: App) -> None:
    """A recorded beam search that cut the right path; its first cut step is selected."""
    open_page(page, app.url)
    page.get_by_role("button", name=CUT).click()
    wait(page, f"x.log.run === {BASE!r} && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    ask(page, "x.select('0')")
    expect(act(page, "Keep")).to_be_visible()


def act(page: Page, name: str) -> Locator:
    return page.locator(".esp-acts-buttons").get_by_role("button", name=name, exact=True)


def came(page: Page, before: str) -> str:
    """Wait until another run stands there, whole; its id."""
    wait(page, f"x.log.run !== {before!r} && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    return run_of(page)


def actions_of(page: Page) -> list[str]:
    return list(ask(page, "x.tree().notes.map(note => note.action + ' ' + note.id)"))


def test_what_is_kept_by_mouse_can_be_undone_and_done_again(page: Page, app: App) -> None:
    open_cut(page, app)
    page.locator("summary", has_text="Signed").click()
    page.get_by_label("Your name").fill("Ada")
    act(page, "Keep").click()
    kept = came(page, BASE)
    line = page.get_by_role("region", name="Steered by hand")
    expect(line).to_contain_text("Ada kept “24 + 1 = 25, left 7 25”.")
    # The answer that the cut had lost; only what is new was written.
    assert ask(page, "x.tree().finished.answer") == "18"
    assert 0 < ask(page, "x.tree().cost.generated") < 254
    assert ask(page, "x.selected") == "0"
    assert violations(page, ".esp-acts") == []
    assert violations(page, ".esp-steered") == []
    act(page, "Edit step").click()
    page.get_by_label("The step", exact=True).fill("24 + 7 = 31, left 1 31")
    page.get_by_role("button", name="Put it there").click()
    edited = came(page, kept)
    assert actions_of(page) == ["kept 0", "edited 0"]
    line.get_by_role("button", name="Undo").click()
    assert came(page, edited) == kept
    line.get_by_role("button", name="Undo").click()
    assert came(page, kept) == BASE
    line.get_by_role("button", name="Redo").click()
    assert came(page, BASE) == kept
    line.get_by_role("button", name="Redo").click()
    assert came(page, kept) == edited
    line.get_by_role("button", name="Untouched run").click()
    assert came(page, edited) == BASE
    # What stands there is said in the list of runs too.
    page.get_by_role("button", name="runs", exact=False).first.click()
    expect(page.get_by_role("menuitem", name="steered by 2 acts")).to_be_visible()


def test_every_act_has_a_key(page: Page, app: App) -> None:
    open_cut(page, app)
    tree = page.locator("#explorer canvas").first
    tree.focus()
    page.keyboard.press("k")
    run = came(page, BASE)
    tree.focus()
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    run = came(page, run)
    assert len(ask(page, "x.tree().nodes.get('0').children")) >= 5
    tree.focus()
    page.keyboard.press("i")
    page.keyboard.type("25 - 7 = 18, left 18")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    run = came(page, run)
    assert ask(page, "[...x.tree().nodes.values()].filter(node => node.by).length") == 1
    tree.focus()
    page.keyboard.press("o")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    run = came(page, run)
    assert actions_of(page) == ["kept 0", "grown 0", "injected 0", "went_on 0"]
    tree.focus()
    page.keyboard.press("u")
    undone = came(page, run)
    page.locator("#explorer canvas").first.focus()
    page.keyboard.press("Shift+U")
    assert came(page, undone) == run
    # What makes no sense here is said, and nothing is asked.
    page.locator("#explorer canvas").first.focus()
    page.keyboard.press("k")
    expect(page.locator(".esp-acts-state")).to_have_text("“Keep” makes no sense at this step.")


def test_by_touch_a_step_is_cut_and_what_if_grows_what_is_missing(
    browser: Browser, app: App
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    try:
        open_cut(page, app)
        ask(page, "x.select('1')")
        expect(act(page, "Keep")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.locator(".esp-acts-buttons button").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44
        ask(page, "x.select('3')")
        act(page, "Cut").tap()
        run = came(page, BASE)
        assert actions_of(page) == ["pruned 3"]
        page.get_by_role("button", name="Undo").tap()
        came(page, run)
        page.get_by_role("tab", name="What if").tap()
        width = page.get_by_role("region", name="What if").get_by_label("Beam width")
        width.fill("2")
        width.press("Enter")
        page.get_by_role("button", name="Grow just these").tap()
        came(page, BASE)
        assert ask(page, "x.tree().started.options.beam_width") == 2
        assert ask(page, "x.tree().notes.length") == 0
    finally:
        context.close()
