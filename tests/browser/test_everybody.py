"""For everybody: by keyboard, by ear, by finger, on a small screen, and with other colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.app_process import App
from tests.browser.axe import COLOURS, violations
from tests.browser.explorer import ask, open_page, settle, wait
from tests.browser.pages import Keep, leave
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.browser

MOST_STOPS = 10
"""The first of them leads past all others; the header and each row of chips are one."""
LEAST_TARGET = 43.5
MOST_SHIFT = 0.1
SLOWER = 2
"""How much slower the phone's processor is made: what comes late shows itself each time then."""
WATCH_SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput) shifts.push([entry.startTime, entry.value]);
  }).observe({ type: "layout-shift", buffered: true });
"""
# Cumulative layout shift as browsers report it: the worst burst, of at most five seconds, with less
# than one second between two of its shifts.
CUMULATIVE = """() => {
  let worst = 0, sum = 0, first = -Infinity, last = -Infinity;
  for (const [time, value] of shifts) {
    if (time - last >= 1000 || time - first >= 5000) { sum = 0; first = time; }
    sum += value;
    last = time;
    worst = Math.max(worst, sum);
  }
  return worst;
}"""
# Two frames: what was there before they were asked for has been drawn.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# A place that is a document of its own: its address, and when it is whole.
PLACES = {
    "learn/": "document.querySelector('.esp').dataset.shown",
    "compare/": "document.querySelector('.esp').dataset.shown",
    "guide/speed": "!document.querySelector('.sections > .fold').open || innerWidth >= 1240",
    "verify/": "document.getElementById('report').style.height",
}
SMALL = """(least) => [...document.querySelectorAll(
    "button, a[href], input, select, textarea, summary, [role=tab]")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}))
  .filter((one) => !one.closest("[inert], .skip, p"))
  .map((one) => [one.closest("label") ?? one, one])
  .map(([area, one]) => [one.outerHTML.slice(0, 90), area.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least || box.height < least))
  .map(([what, box]) => `${what}: ${box.width} x ${box.height}`)"""
PANELS = ", ".join(f".esp-{name} *" for name in ("answers", "costs", "charts", "inspector"))
SIDEWAYS = """(panels) => [...document.querySelectorAll(panels)]
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1
    && ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
  .map((one) => one.className)"""


@pytest.fixture(scope="module")
def phone(browser: Browser, running_app: App) -> Iterator[Page]:
    """A page that was opened with fingers, on 390 by 844."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    processor = context.new_cdp_session(page)
    processor.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    open_page(page, running_app.url)
    settle(page)
    processor.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    yield page
    leave(page)
    context.close()


def test_nothing_jumps_while_a_phone_opens_the_page(phone: Page) -> None:
    assert phone.evaluate(CUMULATIVE) < MOST_SHIFT


@pytest.mark.parametrize("place", PLACES)
def test_nothing_jumps_while_another_place_opens(page: Page, app: App, place: str) -> None:
    """What its scripts ask for, and they themselves, come after what is there has been drawn."""
    held: list[Route] = []
    page.context.route("**/*", partial(late, held))
    whole = f"() => document.readyState === 'complete' && Boolean({PLACES[place]})"
    own = page.context.new_page()  # what is to be heard from the first moment on stays with it
    own.add_init_script(WATCH_SHIFTS)
    for width in (390, 1280):
        own.set_viewport_size({"width": width, "height": 844})
        own.goto(f"{app.url}/{place}", wait_until="commit")
        wait_until(partial(come_by_and_by, own, held, whole), f"The whole of {place}")
        own.evaluate(DRAWN)
        assert own.evaluate(CUMULATIVE) < MOST_SHIFT, width


def come_by_and_by(page: Page, held: list[Route], whole: str) -> bool:
    """Whether all of it is there; if not, draw what is, and let come what it waits for."""
    page.evaluate(DRAWN)
    while held:
        held.pop().continue_()
    return bool(page.evaluate(whole))


def late(held: list[Route], route: Route) -> None:
    """Keep what is asked for, but for what the first picture cannot do without."""
    first = route.request.url.endswith(("/theme.js", ".css"))
    if first or route.request.resource_type not in {"script", "fetch"}:
        route.continue_()
    else:
        held.append(route)


def test_everything_can_be_hit_with_a_finger(phone: Page) -> None:
    for tab in ("Charts", "Outline", "Tree", "Answers", "Step", "Story"):
        phone.get_by_role("tab", name=tab).click()
        assert phone.evaluate(SMALL, LEAST_TARGET) == [], tab


@pytest.mark.parametrize("width", [320, 390])
def test_answers_and_tables_never_scroll_sideways(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 844})
    for tab in ("Answers", "Cost", "Story"):
        phone.get_by_role("tab", name=tab).click()
        assert phone.evaluate(SIDEWAYS, PANELS) == [], tab
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
    rows = phone.locator(".esp-answers [role=row]")
    expect(rows.first.get_by_role("columnheader", include_hidden=True)).not_to_have_count(0)


def test_the_tree_is_among_the_first_stops_and_the_first_leads_there(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    expect(first).to_have_text("Skip to the tree")
    expect(first).to_be_in_viewport()
    for _ in range(MOST_STOPS - 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('canvas.esp-canvas')"):
            break
    else:
        pytest.fail(f"the tree is not among the first {MOST_STOPS} stops")
    page.get_by_text("Skip to the tree").focus()
    page.keyboard.press("Enter")
    expect(page.locator("canvas.esp-canvas")).to_be_focused()


def test_the_chips_are_one_stop_with_arrow_keys(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    chips = page.get_by_role("toolbar", name="Chosen problems and settings")
    buttons = chips.get_by_role("button")
    settle(page)
    expect(buttons.first).to_be_visible()
    # The form and the run on show come one after the other; until both are there, chips are marked.
    expect(page.locator(".chip-changed")).to_have_count(0)
    page.locator("#open-drawer").focus()
    page.keyboard.press("Home")
    expect(buttons.first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#open-drawer")).to_be_focused()
    assert chips.locator("[tabindex='0']").count() == 1


def test_the_tree_can_be_read_where_it_stands(app: App, keep: Keep) -> None:
    """As a screen reader reads the page, without a key of the tree's own."""
    page, _ = keep(f"{app.url}/")
    words = page.get_by_role("region", name="The tree in words")
    expect(words).to_contain_text("Search tree with")
    expect(words.get_by_role("listitem")).to_have_count(
        ask(page, "x.tree().path(x.tree().chosen).length")
    )
    text = str(ask(page, "x.tree().nodes.get(x.tree().chosen).text"))
    expect(words.get_by_role("listitem").last).to_contain_text(text.strip())
    expect(words.get_by_role("listitem").first).to_contain_text("Beside it:")


def test_more_contrast_and_forced_colours_reach_the_picture(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    settle(page)
    pruned = "x.theme.edge(x.given.palette.states.pruned).colour"
    usual = ask(page, pruned)
    subtle = ask(page, "x.theme.base.subtle")
    page.emulate_media(contrast="more")
    # What follows the change comes first: whoever asks the query before takes its news away.
    wait(page, f"x.theme.base.subtle !== {subtle!r}")
    wait(page, f"{pruned} === x.theme.base.ink")
    assert ask(page, pruned) != usual
    assert violations(page, only=COLOURS) == []
    page.emulate_media(contrast="null", forced_colors="active")
    wait(page, f"{pruned} === 'CanvasText'")
    assert violations(page, only=COLOURS) == []
    page.emulate_media(forced_colors="null")
    wait(page, f"{pruned} === {usual!r}")
