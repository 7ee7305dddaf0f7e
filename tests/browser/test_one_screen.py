"""Everything fits into one screen: composer, tree, timeline and story, and on a phone the tree."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.explorer import ask, settle, wait
from tests.browser.pages import Keep

pytestmark = pytest.mark.browser

INSIDE = """() => [...document.querySelectorAll(
  '#composer, #run, #chips, .esp-story-text, .esp-timeline, canvas, .esp-side-bar'
)].filter((element) => {
  const { top, left, bottom, right } = element.getBoundingClientRect();
  return top < 0 || left < 0 || bottom > innerHeight + 1 || right > innerWidth + 1;
}).map((element) => element.className || element.id)"""


# Chips of which a part is seen, and whether it is said that there are more than are seen.
CHIPS = """() => {
  const list = document.querySelector('#chips .chip-list').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('#chips .chip')]
    .filter((chip) => chip.closest('.chip-list')).map((chip) => chip.getBoundingClientRect());
  const seen = boxes.filter((box) => box.top < list.bottom - 1);
  const part = seen.filter((box) => box.right > list.right + 1 || box.bottom > list.bottom + 1);
  const said = document.querySelector('.chip-more').textContent;
  const hidden = boxes.length - seen.length;
  return { shown: seen.length, part: part.length, said: said === (hidden ? `+${hidden}` : '') };
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1000, 700), (1440, 900)])
def test_nothing_is_below_the_fold(app: App, keep: Keep, width: int, height: int) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size({"width": width, "height": height})
    settle(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(INSIDE) == []
    hidden = "field => field.scrollHeight - field.clientHeight"
    assert page.locator("#problem textarea").evaluate(hidden) <= 0, "no line of it is cut"
    cut = "list => list.scrollWidth - list.parentElement.clientWidth"
    assert page.locator(".esp-side .esp-tabs").evaluate(cut) <= 0, "every tab is in its bar"
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    assert box["height"] >= 280
    expect(page.locator(".esp-chronicle")).to_be_in_viewport()
    chips = page.evaluate(CHIPS)
    assert chips["shown"] > 0
    assert (chips["part"], chips["said"]) == (0, True)


def give(page: Page, width: int, height: int) -> None:
    """Give the window this size, and wait until the picture has its own."""
    page.set_viewport_size({"width": width, "height": height})
    wait(page, f"innerWidth === {width} && x.canvas.vertical === {str(width < 640).lower()}")
    wait(page, "Math.abs(x.canvas.size.width - x.canvas.element.clientWidth) < 1")
    wait(page, "Math.abs(x.canvas.size.height - x.canvas.element.clientHeight) < 1")
    settle(page)


@pytest.mark.parametrize(
    ("width", "height", "tree"), [(390, 844, 300), (360, 740, 240), (320, 700, 220)]
)
def test_on_a_phone_the_tree_is_in_the_first_screen(
    app: App, keep: Keep, width: int, height: int, tree: int
) -> None:
    page, _ = keep(f"{app.url}/")
    give(page, width, height)
    expect(page.locator(".esp-minute")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if height > 800:
        assert page.evaluate(INSIDE) == []
    expect(page.locator("#explorer .esp-canvas")).to_be_in_viewport(ratio=1)
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    assert box["height"] >= tree
    composer = page.locator("#composer").bounding_box()
    assert composer is not None
    assert composer["height"] <= 120, "the composer is two lines"
    # The answer that was chosen stands in sight, and is read.
    wait(page, "x.tree().finished && !x.canvas.busy")
    assert ask(page, "x.canvas.words.plan.words.get(x.tree().chosen)?.kind") == "line"


def test_the_side_is_a_sheet_on_a_phone(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    give(page, 390, 844)
    answers = page.locator(".esp-answers")
    expect(answers).to_be_hidden()
    tab = page.get_by_role("tab", name="Answers")
    tab.click()
    expect(answers).to_be_in_viewport()
    tab.click()
    expect(answers).to_be_hidden()
    ask(page, "x.select(x.tree().chosen)")
    inspector = page.locator(".esp-inspector")
    expect(inspector).to_be_in_viewport()
    # Above it stands the whole tree, what is selected among it, once it knows its room.
    wait(page, "Math.abs(x.canvas.size.height - x.canvas.element.clientHeight) < 1")
    settle(page)
    place = ask(page, "x.canvas.positionOf(x.selected)")
    box, sheet = page.locator("#explorer .esp-canvas").bounding_box(), inspector.bounding_box()
    assert box is not None
    assert sheet is not None
    assert box["height"] > 150
    assert box["y"] + place["y"] < box["y"] + box["height"] <= sheet["y"]
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".esp-inspector")).to_be_hidden()


def test_a_selected_step_comes_to_the_front_and_goes_again(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    give(page, 1280, 720)
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


def height_of(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["height"]


def middle_of(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


LONG_WORD = "Waiting: your search is the next. Stop leaves the line. " * 3
COVERED = """() => {
  const notice = document.querySelector("#notice .notice").getBoundingClientRect();
  const chips = innerWidth < 860 ? "" : ", #kinds button, #chips .chip, #chosen .chip";
  const others = `.places a, .theme, #composer, #open-drawer, .esp-top, .esp-minute${chips}`;
  return [...document.querySelectorAll(others)]
    .map((one) => [one.textContent.slice(0, 30), one.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.left < notice.right - 1 && notice.left < box.right - 1
      && box.top < notice.bottom - 1 && notice.top < box.bottom - 1)
    .map(([name]) => name);
}"""


def test_what_is_beside_the_long_key_stays_together_and_nothing_jumps(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/?run=recorded-countdown-mcts")
    page.set_viewport_size({"width": 1280, "height": 720})
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-mcts'")
    settle(page)
    segments, find = ".esp-segments", ".esp-find-open"
    assert abs(middle_of(page, segments) - middle_of(page, find)) < 3
    before = height_of(page, ".esp-legend"), middle_of(page, "#explorer .esp-canvas")
    for part in (0.5, 0.8):
        ask(page, f"x.seek(Math.round(x.log.length * {part}))")
        settle(page)
        assert (height_of(page, ".esp-legend"), middle_of(page, "#explorer .esp-canvas")) == before
    # A word by the way lies over what is there.
    page.evaluate(
        """() => {
          const notice = document.querySelector("#notice .notice");
          notice.querySelector(".notice-line").textContent = "This machine is busy.";
          notice.hidden = false;
          notice.closest(".contain > .column").dataset.notice = "info";
        }"""
    )
    expect(page.get_by_text("This machine is busy.")).to_be_visible()
    assert middle_of(page, "#explorer .esp-canvas") == before[1]
    # However long it is, it covers no place, nor what stands below its line.
    page.evaluate(f"document.querySelector('.notice-line').textContent = {LONG_WORD!r}")
    for width in (320, 390, 768, 1000, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 720})
        assert page.evaluate(COVERED) == [], width
    page.evaluate("document.querySelector('#notice .notice').hidden = true")
    page.evaluate("delete document.querySelector('.contain > .column').dataset.notice")


def test_on_a_small_phone_there_is_a_tree_too(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/?run=recorded-countdown-mcts")
    give(page, 320, 700)
    assert height_of(page, "#explorer .esp-canvas") >= 180
    # The pace is read whole.
    cut = """(select) => {
      const pen = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(select);
      pen.font = style.font;
      const text = pen.measureText(select.selectedOptions[0].text).width;
      const around = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
      return text + around - select.clientWidth;
    }"""
    assert page.locator(".esp-timeline select").evaluate(cut) <= 0
    # What finds steps is in reach, however long the key is.
    expect(page.locator(".esp-find-open")).to_be_in_viewport(ratio=1)


def test_the_way_to_the_guide_stands_beside_run(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/?run=recorded-countdown-mcts")
    give(page, 1280, 720)
    page.locator("#problem textarea").fill(
        "A long problem, which takes two lines of the field. " * 4
    )
    assert height_of(page, "#problem textarea") > 50, "the problem takes two lines"
    assert abs(middle_of(page, "#composer > .guide-link") - middle_of(page, "#run")) < 1
