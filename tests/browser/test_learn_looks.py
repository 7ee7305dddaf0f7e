"""How the pages of Learn look: at every width, in both themes, words beside their marks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from search_core.lessons import read_lessons
from tests.browser.axe import COLOURS, violations
from tests.browser.learn_place import ROOM, learn_served, show, shown
from tests.browser.pages import new_context

pytestmark = pytest.mark.browser

LESSONS = read_lessons()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with learn_served() as served:
        yield served


PLACES = [
    f"{read.number}.{number}" for read in LESSONS for number in range(1, len(read.lesson.pages) + 1)
]


def test_each_choice_stands_at_its_own_step(address: str, page: Page) -> None:
    """Letters on the line of their own ring; words at all choices of a picture, or at none."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 800})
    seen = """() => {
      const { question, stage } = document.querySelector(".esp").classroom;
      const middle = (element) => {
        const { top, height } = element.getBoundingClientRect();
        return top + height / 2;
      };
      const { texts } = stage.canvas.words.plan;
      return question.question.options.map(({ id, text }) => {
        const ring = document.querySelector(`.esp-ring[data-node="${id}"]`);
        const words = document.querySelector(`.esp-word[data-id="${id}"]`);
        return {
          apart: Math.abs(middle(ring) - middle(ring.firstElementChild)),
          own: Boolean(words?.textContent.includes(text)),
          worded: texts.some((word) => word.id === id),
        };
      });
    }"""
    for place in ("8.5", "3.3", "4.4"):
        show(page, address, place)
        page.wait_for_function(f"() => ({seen})().every(({{ own }}) => own)")
        assert all(one["apart"] < 2 for one in page.evaluate(seen)), place
    page.set_viewport_size({"width": 390, "height": 844})
    for place in ("8.5", "4.4"):
        show(page, address, place)
        page.wait_for_function(
            f"() => {ROOM}.stage.canvas.vertical && {ROOM}.stage.canvas.words.plan.texts.length"
            f" && !{ROOM}.stage.canvas.busy"
        )
        assert len({one["worded"] for one in page.evaluate(seen)}) == 1, place
    canvas = f"{ROOM}.stage.canvas"
    worded = f"() => {canvas}.words.plan.texts.length > 3 && !{canvas}.busy"
    # Of a chain, words begin below the ring of their step; no level's name lies on a mark.
    page.evaluate(f"{ROOM}.go({{lesson: 10, page: 1}})")
    shown(page, "10.1")
    page.wait_for_function(worded)
    assert page.evaluate(BELOW_THE_RING) > 0
    page.evaluate(f"{ROOM}.go({{lesson: 4, page: 1}})")
    shown(page, "4.1")
    page.wait_for_function(worded)
    assert page.evaluate(NAMES_ON_MARKS) == []


BELOW_THE_RING = """() => Math.min(...[...document.querySelectorAll(".esp-ring")].map((ring) => {
  const word = document.querySelector(`.esp-word[data-id="${ring.dataset.node}"]`);
  return word.getBoundingClientRect().top - ring.getBoundingClientRect().bottom;
}))"""
NAMES_ON_MARKS = """() => {
  const { canvas } = document.querySelector(".esp").classroom.stage;
  const frame = canvas.frame.getBoundingClientRect();
  const names = [...document.querySelectorAll(".esp-word-header")];
  return names.filter((name) => {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    return [...canvas.scene.items.values()].some(({ id }) => {
      const { x, y } = canvas.positionOf(id);
      const [over, down] = [x + frame.left, y + frame.top];
      return left < over + 4 && over - 4 < right && top < down + 4 && down - 4 < bottom;
    });
  }).map((name) => name.textContent);
}"""


def fits(page: Page, place: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
    expect(page.locator(".learn-caption")).to_be_visible()


def test_by_keyboard_from_the_first_page_to_the_last_and_every_page_fits(
    address: str, browser: Browser
) -> None:
    """All pages one after another in one window: no words are cut, nothing lies outside."""
    context = new_context(browser)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": 1280, "height": 720})
    show(page, address, "1.1")
    page.evaluate(COUNTING)
    turns = []
    for place in PLACES[1:]:
        page.keyboard.press("ArrowRight")
        shown(page, place)
        fits(page, place)
        # What a picture says uses no term before its page, either.
        if PLACES.index(place) < PLACES.index("9.5"):
            assert "interval" not in page.locator(".learn-page").inner_text(), place
        turns.append(page.evaluate(f"{ROOM}.lastTurnMs"))
    # A page that is turned to waits for nothing: its run was asked for before; it is drawn once,
    # and once more where noise has chosen among its solutions.
    turned = page.evaluate("() => window.turned")
    assert len(turned) == len(turns)
    assert [turn for turn in turned if not turn["here"] or turn["drawn"] > turn["most"]] == []
    print(f"turning a page: median {sorted(turns)[len(turns) // 2]:.0f} ms, most {max(turns):.0f}")
    expect(page.locator(".learn-next")).to_have_text("Now search yourself")
    page.set_viewport_size({"width": 320, "height": 640})
    for place in PLACES:
        lesson, number = place.split(".")
        page.evaluate(f"{ROOM}.go({{lesson: {lesson}, page: {number}}})")
        shown(page, place)
        fits(page, place)
    # A window that is wider or narrower shows where one is all the same.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(IN_SIGHT)
    assert complaints == []
    context.close()


# Of each page that is turned to: whether its run is here by then, and how often it is drawn.
COUNTING = """() => {
  const room = document.querySelector(".esp").classroom;
  window.turned = [];
  const [turn, seek] = [room.turn.bind(room), room.stage.seek.bind(room.stage)];
  room.stage.seek = (cursor) => { turned.at(-1).drawn += 1; return seek(cursor); };
  room.turn = (by) => {
    const { trace, noise } = room.course.page(room.course.beside(room.place, by));
    turned.push({ trace, here: !trace || room.traces.has(trace), drawn: 0, most: noise ? 2 : 1 });
    turn(by);
  };
}"""

IN_SIGHT = """() => {
  const [row, link] = [".learn-list", ".learn-list a[aria-current]"].map((at) =>
    document.querySelector(at).getBoundingClientRect());
  return row.left <= link.left && link.right <= row.right;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_page_is_accessible(address: str, browser: Browser, theme: str) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "3.3", f"&__theme={theme}")
    for place in ("3.3", "4.2", "6.5", "7.2", "7.3", "7.4", "8.2", "8.6", "8.8", "9.4", "10.3"):
        lesson, number = place.split(".")
        page.evaluate(f"{ROOM}.go({{lesson: {lesson}, page: {number}}})")
        shown(page, place)
        assert violations(page, only=COLOURS if theme == "dark" else None) == [], place
    context.close()
