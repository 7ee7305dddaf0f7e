"""The place Compare in a browser: by mouse, by keyboard, by touch."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Press = Callable[[Locator], None]
WIDTHS = (320, 768, 1280, 1920)
RACE = "document.querySelector('.esp').race"
SHORT = "problem=Use+24,+7+and+1+to+make+18.&seed=1&lane=beam_search+n%3D4&lane=dvts+n%3D4"


def open_compare(app: App, page: Page, query: str = "") -> None:
    page.goto(f"{app.url}/compare/?{query}")
    expect(page.locator(".race-table")).to_be_visible()


def place_of(page: Page, lane: int, node: str) -> tuple[float, float]:
    """Where the mark of a step of a lane is on the screen."""
    canvas = page.locator(".race-lane canvas.esp-canvas").nth(lane)
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_be_visible()
    wait_until(lambda: page.evaluate(f"!{RACE}.lanes[{lane}].canvas.glide"))
    box = canvas.bounding_box()
    place = page.evaluate(f"{RACE}.lanes[{lane}].canvas.positionOf({node!r})")
    assert box
    return box["x"] + place["x"], box["y"] + place["y"]


def at_end(page: Page) -> bool:
    return bool(page.evaluate(f"{RACE}.lanes.every(l => l.cursor === l.events.length)"))


def enter(button: Locator) -> None:
    button.press("Enter")


def choose(field: Locator, label: str) -> None:
    """By mouse or touch: the list that opens is the browser's own."""
    field.select_option(label=label)


def type_choice(field: Locator, label: str) -> None:
    field.focus()
    field.page.keyboard.type(label[:2])


def play_and_pause(page: Page, press: Press) -> None:
    """From the end, where it stands, the race begins anew."""
    button = page.locator(".race-controls .esp-icon-button").nth(1)
    press(button)
    expect(button).to_have_accessible_name("Pause")
    press(button)
    expect(button).to_have_accessible_name("Play")
    assert not at_end(page)


def link(page: Page, press: Press) -> None:
    button = page.locator(".race-title button").last
    press(button)
    expect(button).to_have_text(re.compile("Copied|Cannot copy here"))


def trials(page: Page, press: Press) -> None:
    """On 20 problems, begun and stopped."""
    press(page.get_by_role("button", name="On 20 problems"))
    press(page.locator(".race-trials").get_by_role("button", name="Stop"))
    expect(page.locator(".race-trials-state")).to_contain_text("Stopped")


def unfold(page: Page, press: Press) -> None:
    """A race of one's own is folded to a line that says what is set."""
    summary = page.locator(".race-setup > summary")
    expect(summary).to_contain_text(re.compile("Change this race.* N 4 · .* · seed [01]"))
    expect(page.locator(".race-form")).to_be_hidden()
    press(summary)
    expect(page.locator(".race-form")).to_be_visible()


def change_lane(page: Page, press: Press, choose: Callable[[Locator, str], None]) -> None:
    """The second lane to DVTS, or back to beam search, with a beam width of its own."""
    lane = page.locator(".race-lane-fields").nth(1)
    strategy = lane.get_by_label("Strategy")
    now = strategy.input_value()
    other, said = ("Beam search", "keeps 2") if now == "dvts" else ("DVTS", "2 subtrees")
    choose(strategy, other)
    expect(strategy).not_to_have_value(now)
    press(lane.get_by_text("More options"))
    lane.get_by_label(re.compile("Beam width M")).fill("2")
    # What the width comes to is said, for N as it is typed too.
    expect(lane).to_contain_text(f"Beam width M ({said})")


def stopped(page: Page, press: Press) -> None:
    """A race that is ready is begun, and stopped before it tells of anything."""
    runs = page.evaluate(f"{RACE}.runs.join()")
    held: list[Route] = []
    page.route("**/compare/events*", lambda route: held.append(route), times=1)
    press(page.get_by_role("button", name="More budget"))
    stop = page.locator(".race-ways").get_by_role("button", name="Stop")
    expect(stop).to_be_in_viewport()  # wherever the lanes are
    with page.expect_response(lambda reply: "/compare/stop" in reply.url) as told:
        press(stop)
    assert told.value.ok
    held[0].continue_()
    expect(stop).to_be_hidden()
    expect(page.locator(".race-table tbody tr")).to_have_count(3)
    assert page.evaluate(f"{RACE}.runs.join()") != runs


def nothing_is_struck_through(page: Page) -> None:
    """A score's bar stands below its words, and all trees begin at one height."""
    struck = """() => [...document.querySelectorAll(".esp-word[data-kind=line]")].filter((word) => {
      const [text, bar] = [".esp-word-text", ".esp-word-bar"].map((part) =>
        word.querySelector(part)?.getBoundingClientRect());
      return text && bar && bar.top < text.bottom - 1;
    }).map((word) => word.textContent)"""
    assert page.evaluate(struck) == []
    tops = """() => [...document.querySelectorAll(".race-picture")].map((picture) =>
      Math.round(picture.getBoundingClientRect().top))"""
    page.evaluate(f"{RACE}.lanes[1].name.textContent = 'A name of many words '.repeat(4)")
    assert len(set(page.evaluate(tops))) == 1


def test_a_newcomer_sees_where_the_recorded_race_parts(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(app.url)
    with page.context.expect_page() as opened:
        page.click("#places a:text-is('Compare')")
    compare = opened.value
    expect(compare.locator(".race-table tbody tr")).to_have_count(3)
    # It plays by itself, once; who wins is said when that is seen.
    expect(compare.get_by_role("button", name="Pause")).to_be_visible()
    expect(compare.locator(".race-outcome")).to_be_hidden()
    expect(compare.locator(".race-result").first).to_have_text("No answer yet")
    wait_until(lambda: at_end(compare))
    expect(compare.locator(".race-verdict").first).to_have_text("✗ wrong")
    expect(compare.locator(".race-partings")).to_contain_text("in round 1: DVTS cuts 12 steps")
    for lane, vote in enumerate(("majority", "weighted", "weighted")):
        expect(compare.locator(".race-result").nth(lane)).to_contain_text(f"by {vote} vote")
    nothing_is_struck_through(compare)
    expect(compare.locator(".race-outcome")).to_have_text(
        "Beam search and DVTS are right; Best-of-N is wrong. Cheapest of these: Beam search, with "
        "706 tokens and 2 GFLOPs. They first part in round 1. One problem proves nothing: try On "
        "20 problems."
    )
    # Where two part is shown, and ringed.
    compare.get_by_role("button", name="Show where lane 2 parts").click()
    expect(compare.locator(".race-lane .esp-ring-label").first).to_have_text("They part here")
    expect(compare.locator(".race-result").first).to_have_text("No answer yet")
    assert not at_end(compare)
    compare.get_by_role("link", name="On 20 problems").click()
    expect(compare.get_by_role("button", name="On 20 problems")).to_be_focused()
    compare.get_by_role("button", name="Forward one round").click()
    compare.get_by_role("radio", name="Seconds").check()
    expect(compare.locator(".race-value")).to_contain_text(" s")
    # A step that is selected in one tree is followed in all of them.
    compare.mouse.click(*place_of(compare, 2, "2"))
    for lane in range(3):
        expect(compare.locator(".race-chosen").nth(lane)).to_contain_text("Adam uses 4 pens")
    # The timeline is dragged.
    slider = compare.get_by_role("slider", name="Moment of the race").bounding_box()
    assert slider
    height = slider["y"] + slider["height"] / 2
    compare.mouse.move(slider["x"] + slider["width"] / 2, height)
    compare.mouse.down()
    compare.mouse.move(slider["x"] + slider["width"] - 1, height, steps=4)
    compare.mouse.up()
    assert at_end(compare)
    assert compare.locator(".race-open").first.get_attribute("href") == (
        "../?run=recorded-race-lane-1"
    )
    play_and_pause(compare, Locator.click)
    link(compare, Locator.click)
    # A race of one's own: a lane more and two less, run, and asked about on 20 problems.
    compare.get_by_text("A race of your own").click()
    compare.get_by_role("button", name="Add a lane").click()
    compare.get_by_role("button", name="Remove lane 4").click()
    compare.get_by_role("button", name="Remove lane 3").click()
    for budget in compare.get_by_label("Budget N").all():
        budget.fill("4")
    change_lane(compare, Locator.click, choose)
    compare.get_by_role("button", name="Race", exact=True).click()
    expect(compare.locator(".race-table tbody tr")).to_have_count(2)
    unfold(compare, Locator.click)
    expect(compare.locator(".race-name").nth(1)).to_contain_text("DVTS")
    trials(compare, Locator.click)
    stopped(compare, Locator.click)
    assert app.errors() == []


def test_a_race_of_ones_own_by_keyboard_and_its_link(
    app: App, page: Page, console: list[str]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_compare(app, page)
    expect(page.locator(".race-outcome")).to_be_visible()  # nothing moves by itself
    assert at_end(page)
    page.locator(".race-setup > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Problem", exact=True).fill("Use 24, 7 and 1 to make 18.")
    page.get_by_role("button", name="Remove lane 3").press("Enter")
    budget = page.get_by_label("Budget N")
    budget.nth(0).fill("4")
    budget.nth(1).fill("999")
    budget.nth(1).press("Enter")
    # It is refused where it is wrong, and the field has the focus.
    mistake = page.locator(".race-lane-fields .race-mistake").nth(1)
    expect(mistake).to_contain_text("Budget N (n) is 999; it must be 1 to 256")
    expect(budget.nth(1)).to_be_focused()
    assert [text for text in console if "400" not in text] == []
    console.clear()  # the browser says there that the server refused
    budget.nth(1).fill("4")
    budget.nth(1).press("Enter")
    expect(mistake).to_be_hidden()
    expect(page.locator(".race-table tbody tr")).to_have_count(2)
    expect(page.locator(".race-lane .race-result").nth(1)).to_contain_text("Answer 16, wrong ✗")
    assert at_end(page)
    expect(page.locator(".race-setup > summary")).to_be_focused()
    address = page.url
    assert "lane=best_of_n+n%3D4" in address
    assert "runs=" in address
    trials(page, enter)
    link(page, enter)
    play_and_pause(page, enter)
    page.get_by_role("button", name="Back one round").press("Enter")
    assert not at_end(page)
    page.get_by_role("button", name="Show where lane 2 parts").press("Enter")
    page.get_by_role("link", name="On 20 problems").press("Enter")
    expect(page.get_by_role("button", name="On 20 problems")).to_be_focused()
    # A lane more, and less again.
    unfold(page, enter)
    page.get_by_role("button", name="Add a lane").press("Enter")
    expect(page.locator(".race-lane-fields")).to_have_count(3)
    page.get_by_role("button", name="Remove lane 3").press("Enter")
    expect(page.locator(".race-lane-fields")).to_have_count(2)
    change_lane(page, enter, type_choice)
    page.get_by_role("radio", name="Tokens").press("ArrowRight")
    expect(page.locator(".race-value")).to_contain_text("FLOPs")
    page.get_by_role("radio", name="FLOPs").press("ArrowLeft")
    slider = page.get_by_role("slider", name="Moment of the race")
    slider.press("Home")
    expect(page.locator(".race-value")).to_have_text("0 tokens written")
    slider.press("PageUp")
    assert not at_end(page)
    picture = page.locator("#tree-1")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):  # it grows down, or to the right
        picture.press(key)
    expect(page.locator(".race-chosen").first).to_contain_text("Step 1, branch")
    # A refresh finds the same runs and starts none.
    page.reload()
    expect(page.locator(".race-table tbody tr")).to_have_count(2)
    assert page.url == address
    stopped(page, enter)
    assert app.errors() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_link_races_and_the_page_fits_under_a_thumb(
    app: App, browser: Browser, theme: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_compare(app, page, f"__theme={theme}" + (f"&{SHORT}" if theme == "dark" else ""))
    lanes = page.locator(".race-lane")
    first, second = lanes.nth(0).bounding_box(), lanes.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    # That there are others is seen at once, and a tap leads there.
    way = page.get_by_role("button", name="To lane 2")
    expect(way).to_be_in_viewport()
    way.tap()
    expect(lanes.nth(1)).to_be_focused()
    wait_until(lambda: lanes.nth(1).evaluate("lane => lane.getBoundingClientRect().top < 130"))
    expect(way).to_be_in_viewport()
    page.get_by_role("button", name="Back one round").tap()
    page.get_by_role("button", name="Back one round").tap()
    assert not at_end(page)
    for _ in range(2):
        page.get_by_role("button", name="Forward one round").tap()
    page.get_by_role("radio", name="FLOPs").tap()
    expect(page.locator(".race-value")).to_contain_text("FLOPs")
    # A step is selected by a tap, and a term explains itself.
    page.touchscreen.tap(*place_of(page, 0, "0"))
    expect(page.locator(".race-chosen").last).not_to_be_empty()
    page.locator(".race-table tbody tr").first.get_by_role("button", name="In memory").tap()
    expect(page.locator("#term-card")).to_contain_text("keys and values")
    if theme == "dark":
        unfold(page, Locator.tap)
    else:
        page.get_by_text("A race of your own").tap()
    if theme == "dark":
        play_and_pause(page, Locator.tap)
        slider = page.get_by_role("slider", name="Moment of the race")
        box = slider.bounding_box()
        assert box
        page.touchscreen.tap(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
        assert at_end(page)
        link(page, Locator.tap)
        trials(page, Locator.tap)
        page.get_by_role("button", name="Add a lane").tap()
        page.get_by_role("button", name="Remove lane 3").tap()
        change_lane(page, Locator.tap, choose)
        runs = page.evaluate(f"{RACE}.runs.join()")
        page.get_by_role("button", name="Race", exact=True).tap()
        wait_until(lambda: page.evaluate(f"{RACE}.runs.join()") != runs)
        expect(page.locator(".race-table tbody tr")).to_have_count(2)
        expect(page.locator(".race-name").nth(1)).to_contain_text("Beam search")
        stopped(page, Locator.tap)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, "body") == []
    context.close()
    assert app.errors() == []
