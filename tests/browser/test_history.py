"""The browser's Back and Forward, and the list of this visit's runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from search_core.log.events import event_from_dict
from search_core.serving.batches import encode_batch
from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, show, start, wait
from tests.browser.form import fill
from tests.browser.stage import FIRST, Stage

pytestmark = pytest.mark.browser

_NAMED = "new URLSearchParams(location.search).get('run')"


def push(stage: Stage, run: str, first: int, end: int) -> None:
    """Some events of a run that goes on."""
    batch = [event_from_dict(event) for event in stage.runs[run][first:end]]
    head = stage.heads[run] = end
    stage.pushes.put({"run": run, "ev": encode_batch(batch), "head": head, "live": True})


def test_back_and_forward_show_the_runs_of_a_visit(stage: Stage, view: Page) -> None:
    show(view, "best")
    show(view, "dvts")
    entries = view.evaluate("history.length")
    view.go_back()
    wait(view, "x.log.run === 'best' && x.log.complete")
    view.go_back()
    wait(view, f"x.log.run === {FIRST!r} && x.log.complete")
    assert view.evaluate(_NAMED) is None
    view.go_forward()
    view.go_forward()
    wait(view, "x.log.run === 'dvts' && x.log.complete")
    assert view.evaluate(_NAMED) == "dvts"
    assert view.evaluate("history.length") == entries

    # What stands for a run that the server no longer has leaves its name in the address.
    view.evaluate("['?run=gone', '?run=dvts'].forEach(a => history.pushState(null, '', a))")
    view.go_back()
    wait(view, f"x.log.run === {FIRST!r} && x.log.complete")
    assert view.evaluate(_NAMED) == "gone"
    view.go_forward()
    wait(view, "x.log.run === 'dvts' && x.log.complete")

    # A run that goes on does not take the page back from whoever has turned to another one.
    view.click("#tell")
    push(stage, "live", 0, 20)
    wait(view, "x.log.run === 'live' && x.log.length === 20")
    view.go_back()
    wait(view, "x.log.run === 'dvts' && x.log.complete")
    push(stage, "live", 20, 30)
    stage.pushes.put({"run": "", "next": "best"})  # after it in the same stream
    view.wait_for_function(f"() => {_NAMED} === 'best'")
    assert ask(view, "x.log.run") == "dvts"


def test_the_menu_of_runs_compares_them_and_leads_back(view: Page) -> None:
    button = view.get_by_title("Runs of this visit")
    expect(button).to_be_hidden()
    show(view, "hostile")
    show(view, "best")
    expect(button).to_have_text("3 runs")
    button.press("ArrowDown")
    items = view.get_by_role("menuitem")
    expect(items).to_have_count(3)
    expect(items.nth(0)).to_contain_text("Best of n, N 16")
    expect(items.nth(2)).to_contain_text("Beam search, N 16, recorded")
    expect(items.nth(2)).to_contain_text("What is 3 * 8 - 4?")
    expect(items.nth(2)).to_contain_text("tokens")
    expect(items.nth(0)).to_have_attribute("aria-current", "true")
    assert violations(view, ".esp-story") == []
    assert not view.evaluate("'pwned' in window")
    view.keyboard.press("End")
    view.keyboard.press("Enter")
    wait(view, f"x.log.run === {FIRST!r} && x.log.complete")
    expect(items.first).to_be_hidden()
    view.go_back()
    wait(view, "x.log.run === 'best' && x.log.complete")


def test_what_copying_says_moves_no_button(view: Page) -> None:
    save = view.get_by_role("button", name="Save", exact=True)
    before = save.bounding_box()
    view.get_by_role("button", name="Copy link").click()
    expect(view.locator(".esp-copied")).not_to_be_empty()
    assert save.bounding_box() == before


def test_back_fills_the_form_and_starts_nothing(app: App, page: Page) -> None:
    open_page(page, f"{app.url}/")
    fill(page, "#problem", "Use 3, 7, 8 and 25 to make 24.")
    fill(page, "#option-n", "3")
    first = start(page)
    wait(page, "x.log.complete")
    expect(page.locator("#run")).to_be_enabled()
    fill(page, "#option-n", "2")
    second = start(page)
    wait(page, "x.log.complete")
    runs = len(list(app.runs.glob("*.jsonl")))
    page.go_back()
    wait(page, f"x.log.run === {first!r} && x.log.complete")
    expect(page.locator("#option-n input")).to_have_value("3")
    page.go_back()
    wait(page, "x.log.run.startsWith('recorded-') && x.log.complete")
    assert page.evaluate(_NAMED) is None
    expect(page.locator("#problem textarea")).not_to_have_value("Use 3, 7, 8 and 25 to make 24.")
    page.go_forward()
    page.go_forward()
    wait(page, f"x.log.run === {second!r} && x.log.complete")
    expect(page.locator("#option-n input")).to_have_value("2")
    assert len(list(app.runs.glob("*.jsonl"))) == runs
    assert app.errors() == []
