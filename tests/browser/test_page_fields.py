"""The form's fields: sets of radio buttons as one, and mistakes where they are made."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import open_page, run_of, wait
from tests.browser.form import choose, expect_chosen, fill, open_drawer
from tests.browser.pages import Keep

pytestmark = pytest.mark.browser


def press_run(page: Page) -> None:
    page.click("#run")
    expect(page.locator("#notice [role=alert]")).to_contain_text(".")


def test_each_set_of_radio_buttons_is_one_group_with_a_name(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    sets = page.evaluate(
        """() => [...document.querySelectorAll('[role=radiogroup]')].map((group) => [
          group.getAttribute('aria-labelledby') && document.getElementById(
            group.getAttribute('aria-labelledby')).textContent.trim(),
          [...new Set([...group.querySelectorAll('input[type=radio]')].map((r) => r.name))],
        ])"""
    )
    names = [name for _, (name,) in sets]
    assert {"Strategy", "Solver", "Verifier"} <= {title for title, _ in sets}
    assert len(set(names)) == len(names)
    stray = page.evaluate(
        "document.querySelectorAll('input[type=radio]:not([role=radiogroup] *)').length"
    )
    assert stray == 0


def test_arrow_keys_choose_in_it_and_tab_leaves_it(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    solvers = page.locator("#solver input").evaluate_all("all => all.map((one) => one.value)")
    page.evaluate("document.querySelector('#solver input:checked').focus()")
    page.keyboard.press("ArrowDown")
    expect_chosen(page, "solver", solvers[1])
    assert page.evaluate("document.activeElement.value") == solvers[1]
    page.keyboard.press("ArrowUp")
    expect_chosen(page, "solver", solvers[0])
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('#solver input')")


def test_a_mistake_is_an_alert_with_what_works_on_buttons(app: App, page: Page) -> None:
    open_page(page, app.url)
    before = run_of(page)
    box = page.locator("#problem textarea")
    # Of another text nothing is known; of the same one, asked again, the same is said.
    for _ in range(2):
        fill(page, "#problem", "What is 3 + 4?")
        expect(page.locator("#notice [role=alert]")).to_have_text("")
        fill(page, "#problem", "Why is the sky blue?")
        press_run(page)
        expect(box).to_have_attribute("aria-invalid", "true")
    told = page.locator(f"#{box.get_attribute('aria-describedby')}")
    expect(told).to_contain_text("do not know this kind of problem")
    assert "python" not in told.inner_text()
    assert violations(page, "#notice") == []
    offers = page.locator("#notice [role=alert] li button")
    expect(offers).to_have_count(3)
    wanted = offers.first.inner_text()
    offers.first.click()
    expect(box).to_have_value(wanted)
    expect(box).to_be_focused()
    expect(box).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#notice [role=alert]")).to_have_text("")
    expect(page.locator("#notice")).to_contain_text("Filled in. Press Run.")
    page.click("#run")
    wait(page, f"x.log.complete && x.log.run !== {before!r}")
    expect(page.locator("#notice [role=alert]")).to_have_text("")


def test_a_mistake_in_a_number_stands_at_it_until_it_is_mended(app: App, page: Page) -> None:
    open_page(page, app.url)
    fill(page, "#option-n", "1000")
    press_run(page)
    field = page.locator("#option-n input")
    expect(field).to_have_attribute("aria-invalid", "true")
    told = page.locator(f"#{field.get_attribute('aria-describedby')}")
    expect(told).to_contain_text("1 to 256")
    page.get_by_role("button", name="Set Budget N to 256").click()
    expect(field).to_have_value("256")
    expect(field).to_be_focused()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field-mistake")).to_have_count(0)


def test_a_mistake_behind_the_drawer_is_told_there_too(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.click("#open-drawer")
    choose(page, "strategy", "beam_search")
    fill(page, "#option-beam-width", "99")
    page.click("#close-drawer")
    press_run(page)
    expect(page.locator("#option-beam-width .field-mistake")).to_contain_text("at most N")
    page.get_by_role("button", name="Set Beam width M to 16").click()
    expect(page.locator("#option-beam-width input")).to_be_focused()
    expect(page.locator("#option-beam-width input")).to_have_value("16")
    expect(page.locator(".field-mistake")).to_have_count(0)
