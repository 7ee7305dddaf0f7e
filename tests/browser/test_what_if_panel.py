"""What if, on the page: a run that is over is asked by mouse, keyboard and touch, and the tree
shows where it would have decided otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, settle, wait
from tests.browser.pages import rest

pytestmark = pytest.mark.browser


@pytest.fixture
def panel(page: Page, app: App) -> Page:
    return asked_run(page, app)


def asked_run(page: Page, app: App) -> Page:
    """A recorded beam search whose answer is wrong, and the panel that asks it in front."""
    open_page(page, app.url)
    page.get_by_role("button", name="the right path is cut").click()
    wait(page, "x.tree().started?.strategy === 'beam_search' && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    page.get_by_role("tab", name="What if").click()
    expect(field(page, "Noise")).to_be_visible()
    return page


def field(page: Page, name: str) -> Locator:
    """A field of the panel: the form of the run has some of the same name."""
    return page.get_by_role("region", name="What if").get_by_label(name)


def asks(request: Request, value: str) -> bool:
    return f'"{value}"' in (request.post_data or "")


FIELDS = ("First N", "Beam width M", "Aggregate", "Verifier", "Vote", "Noise", "Hedge λ")


def every_field_asks(page: Page, change: Callable[[Page, str], None]) -> None:
    """Each field, changed by one means, has the server asked."""
    for name in FIELDS:
        before = field(page, name).input_value()
        with page.expect_request(lambda asked: asks(asked, "ask_what_if")):
            change(page, name)
        assert field(page, name).input_value() != before, name


def by_keyboard(page: Page, name: str, key: str = "ArrowDown") -> None:
    field(page, name).focus()
    page.keyboard.press("ArrowUp" if name in ("Noise", "Hedge λ") else key)


def by_mouse(page: Page, name: str) -> None:
    """What stands in a field is marked and written over; a click elsewhere says that it is done."""
    one = field(page, name)
    one.click(click_count=3)
    if one.evaluate("(field) => field.tagName") == "SELECT":
        choose_another(one)
    else:
        page.keyboard.type("0.7" if name in ("Noise", "Hedge λ") else "3")
        page.locator(".esp-what-if-state").click()


def by_touch(page: Page, name: str) -> None:
    one = field(page, name)
    one.tap()
    if one.evaluate("(field) => field.tagName") == "SELECT":
        choose_another(one)
    else:
        one.fill("1")
        one.press("Enter")


def choose_another(select: Locator) -> None:
    another = "(field) => [...field.options].findIndex((option) => !option.selected)"
    select.select_option(index=select.evaluate(another))


# Words in the picture that stand below what is said of a mark, or have gone for it.
COVERED = """[...x.canvas.frame.querySelectorAll(".esp-words .esp-word")].filter((word) => {
  if (word.closest(".esp-words-measured")) return false;
  if (word.hasAttribute("data-away")) return true;
  const box = word.getBoundingClientRect();
  return [...document.querySelectorAll(".esp-ring-label")].some((label) => {
    const said = label.getBoundingClientRect();
    return said.left + 1 < box.right && box.left + 1 < said.right
      && said.top + 1 < box.bottom && box.top + 1 < said.bottom;
  });
}).map((word) => word.textContent)"""


def test_a_change_is_answered_and_marked_in_the_tree(panel: Page) -> None:
    """By keyboard; and a step of it by mouse."""
    # Where the right answer was lost is said before anything is asked.
    lost = panel.locator(".esp-what-if")
    expect(lost).to_contain_text("could still become right, and was cut in round 1")
    field(panel, "Noise").focus()
    panel.keyboard.press("Control+A")
    panel.keyboard.type("0.3")
    panel.keyboard.press("Enter")
    state = panel.locator(".esp-what-if-state")
    expect(state).to_contain_text("the answer would be 16 (wrong), as it was.")
    expect(state).to_contain_text("would have to be written")
    steps = panel.locator(".esp-what-if-step")
    expect(steps.first).to_have_text(re.compile(r"Round 1: .+ would be \w+; it was \w+"))
    ringed = steps.count()
    expect(panel.locator(".esp-ring")).to_have_count(ringed)
    settle(panel)
    rest(panel)  # rings glide to where they stand
    assert ask(panel, COVERED) == [], "what it says covers no words"
    # What is taken away shows the rings, too.
    drawn = ask(panel, "x.taking.drawing()")
    assert drawn.count(">would be ") + drawn.count(">kept<") + drawn.count(">pruned<") >= ringed
    steps.first.focus()
    panel.keyboard.press("Enter")
    expect(panel.locator(".esp-ring")).to_have_count(1)
    expect(panel.locator(".esp-ring-label")).to_have_text(re.compile("would be"))
    ring = panel.locator(".esp-ring").get_attribute("data-node")
    steps.last.click()
    expect(panel.locator(".esp-ring")).not_to_have_attribute("data-node", str(ring))
    expect(panel.locator(".esp-ring")).to_have_count(1)
    # The aggregate and the vote by mouse.
    for name, value in (("Aggregate", "min"), ("Vote", "majority")):
        field(panel, name).click()
        with panel.expect_request(lambda asked, value=value: asks(asked, value)):  # type: ignore[misc]
            field(panel, name).select_option(value)
        expect(state).to_contain_text("answer would be")
    # Another verifier by mouse, and the run's own again by keyboard.
    field(panel, "Verifier").click()
    field(panel, "Verifier").select_option("large")
    expect(state).to_contain_text("verifier-large has scored every step anew.")
    expect(state).to_contain_text("set them back")
    panel.keyboard.press("Home")
    panel.keyboard.press("Enter")
    expect(state).not_to_contain_text("anew")
    expect(lost).to_contain_text("could still become right, and was cut in round 1")
    shown = panel.get_by_role("button", name="Show it in the tree")
    for press in (shown.click, lambda: shown.press("Enter")):
        panel.locator(".esp-what-if-step").first.click()
        expect(panel.locator(".esp-ring-label")).to_have_text(re.compile("would be"))
        press()
        expect(panel.locator(".esp-ring-label")).to_have_text("lost here")
    assert violations(panel, ".esp-what-if") == []
    every_field_asks(panel, by_mouse)
    by_keyboard(panel, "Verifier", "Home")
    every_field_asks(panel, by_keyboard)
    # Another run is not marked with what is true of this one.
    panel.get_by_role("button", name="voting fails").click()
    wait(panel, "x.tree().started?.strategy === 'best_of_n' && x.log.complete")
    expect(panel.locator(".esp-what-if-step")).to_have_count(0)


def test_what_cannot_be_asked_is_said(panel: Page) -> None:
    field(panel, "Noise").fill("7")
    field(panel, "Noise").press("Enter")
    expect(panel.locator(".esp-what-if-error")).to_contain_text("must be 0 to 1")
    field(panel, "Vote").select_option("majority")
    expect(panel.locator(".esp-what-if-error")).to_contain_text("must be 0 to 1")


def test_on_a_phone_all_of_it_fits_and_goes_by_touch(app: App, phone: Page) -> None:
    panel = asked_run(phone, app)
    panel.set_viewport_size({"width": 320, "height": 640})
    aggregate = field(panel, "Aggregate")
    aggregate.scroll_into_view_if_needed()
    aggregate.select_option("min")
    expect(panel.locator(".esp-what-if-answer")).to_contain_text("answer would be")
    assert panel.evaluate("document.documentElement.scrollWidth") <= 320
    tabs = panel.locator(".esp-side .esp-tab")
    assert len({round(tab.bounding_box()["y"]) for tab in tabs.all()}) == 1  # type: ignore[index]
    wide = panel.locator(".esp-what-if").evaluate("e => e.scrollWidth - e.clientWidth")
    assert wide <= 0
    noise = field(panel, "Noise")
    noise.tap()
    noise.fill("0.3")
    noise.press("Enter")
    panel.locator(".esp-what-if-step").first.tap()
    expect(panel.locator(".esp-ring")).to_have_count(1)
    panel.get_by_role("button", name="Show it in the tree").tap()
    # Where there is no room for "lost here" without covering anything it says less.
    expect(panel.locator(".esp-ring-label")).to_have_text(re.compile("^lost( here)?$"))
    every_field_asks(panel, by_touch)
