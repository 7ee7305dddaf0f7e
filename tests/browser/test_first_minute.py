"""What a new visitor sees first: a search that plays, three words explained, and "Now you"."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.app_process import App
from tests.browser.explorer import ask, open_page, settle, wait
from tests.browser.pages import be_new

_SAYS = "attempts say"
_HALF_COVERED = """() => {
  const boxes = (name) =>
    [...document.querySelectorAll(`#explorer .${name}`)].map((e) => e.getBoundingClientRect());
  const over = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const covers = (a, b) =>
    a.left <= b.left && a.right >= b.right && a.top <= b.top && a.bottom >= b.bottom;
  const half = (a) => boxes("esp-word-header").filter((b) => over(a, b) && !covers(a, b));
  const labels = boxes("esp-ring-label");
  return [labels.length, labels.flatMap(half).length];
}"""
"""How many rings say something, and how many names of levels lie half below that."""


_ALL_CHOSEN = """async () => {
  const chips = [...document.querySelectorAll("#chosen button")];
  const last = chips.find((chip) => chip.textContent.includes("the verifier is fooled"));
  for (const chip of [...chips, last]) {
    chip.click();
    await new Promise((next) => setTimeout(next)); // as a person's clicks come, one by one
  }
}"""


def come_new(page: Page, address: str) -> None:
    """The page of somebody who has never been here, its first run all there."""
    be_new(page, address)
    open_page(page, address)


def test_a_newcomer_is_played_to_and_takes_over(app: App, page: Page) -> None:
    come_new(page, app.url)
    wait(page, "x.minute.playing && x.at < x.log.length")
    words = page.get_by_role("region", name="Introduction")
    expect(words).to_contain_text("A step")
    expect(words).to_contain_text("A verifier")
    expect(words).to_contain_text("A strategy")
    wait(page, "document.querySelectorAll('#explorer .esp-ring').length > 0")
    page.keyboard.press("Shift")
    assert ask(page, "x.minute.playing") is True
    page.keyboard.press("Escape")
    wait(page, "!x.minute.playing && x.at === x.log.length")
    expect(words).to_contain_text(_SAYS)
    settle(page)
    assert page.evaluate(_HALF_COVERED) == [2, 0]
    # The sentence is pointed at, and so is each of the three words.
    words.get_by_role("button", name="A verifier").focus()
    wait(page, "document.querySelectorAll('#explorer .esp-ring').length === 1")
    words.get_by_role("button", name="Play again").click()
    wait(page, "x.minute.playing")
    # It moves by itself, so the timeline says Pause: that holds it, and plays nothing.
    pause = page.locator(".esp-timeline").get_by_role("button", name="Pause")
    for hold in (pause.click, lambda: pause.press(" ")):
        hold()
        wait(page, "!x.minute.playing && x.at < x.log.length")
        expect(pause).to_have_count(0)
        assert ask(page, "x.player.playing") is False
        words.get_by_role("button", name="Play again").click()
        wait(page, "x.minute.playing")
    # A click anywhere ends it, and the search stands there whole.
    page.locator("#brand").click()
    wait(page, "!x.minute.playing && x.at === x.log.length")
    words.get_by_role("button", name="Now you").click()
    expect(page.locator("#notice")).to_contain_text("Then press Run.")
    expect(page.locator("#problem textarea")).to_be_focused()
    expect(words).to_be_hidden()
    # On a phone the message is read in lines, and Run is free.
    page.set_viewport_size({"width": 390, "height": 844})
    said = page.locator("#notice .notice").bounding_box()
    assert said is not None
    assert said["width"] > 150
    assert said["height"] < 100
    page.locator("#run").click(trial=True)


def test_whoever_comes_for_something_else_is_not_played_to(app: App, page: Page) -> None:
    come_new(page, f"{app.url}/?node=0")
    settle(page)
    assert ask(page, "x.minute.playing") is False
    assert ask(page, "x.at === x.log.length") is True


def test_a_chosen_problem_shows_what_it_says(app: App, page: Page) -> None:
    open_page(page, app.url)
    words = page.get_by_role("region", name="Introduction")
    expect(words).to_contain_text(_SAYS)
    for name, says in (
        ("the verifier is fooled", "likes"),
        ("the right path is cut", "from which"),
        ("more is worse", "Of the first"),
        ("voting fails", "vote says"),
    ):
        page.locator("#chosen").get_by_role("button", name=name).click()
        expect(words).to_contain_text(says)
    # Of several that are pressed before the first is there, the last one counts.
    page.evaluate(_ALL_CHOSEN)
    expect(words).to_contain_text("likes")
    # Nothing is selected, where a letter would take all of the problem away.
    words.get_by_role("button", name="Now you").click()
    field = page.locator("#problem textarea")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart === field.value.length")
    # A step that was cut can be kept.
    page.locator("#chosen").get_by_role("button", name="the right path is cut").click()
    words.get_by_role("button", name="Now you").click()
    expect(page.get_by_role("button", name="Keep", exact=True)).to_be_focused()
    expect(page.locator(".esp-acts-buttons + * + * + [role=status]")).to_contain_text("Press Keep")


def test_who_is_quicker_than_the_page_is_told_and_left_with_the_tree(app: App, page: Page) -> None:
    held: list[Route] = []
    through = False
    # Once all may pass, none is held that comes only then.
    page.route("**/js/main.js*", lambda r: r.continue_() if through else held.append(r))
    page.goto(app.url)
    field, notice = page.locator("#problem textarea"), page.locator("#notice")
    field.fill("What is love?")
    page.locator("#run").click()
    expect(notice).to_contain_text("do not know this kind of problem")
    through = True
    for route in held:
        route.continue_()
    # Of the two values that came meanwhile the page has the last: the refused run's.
    wait(page, "x.log.complete && x.log.run")
    expect(page.locator(".esp-story-text")).not_to_contain_text("Waiting")
    # What is read, and not known, is told before anything runs, with what works in one line.
    field.fill(
        "Tom has 12 muffins. Tom eats 3 muffins. Tom finds 5 muffins. "
        "How many muffins does Tom have now?"
    )
    field.blur()
    expect(notice).to_contain_text("never read the word “muffins”")
    offers = notice.get_by_role("list", name="What works").get_by_role("button")
    expect(offers).to_have_count(3)
    tops = {box["y"] for offer in offers.all() if (box := offer.bounding_box())}
    assert len(tops) == 1
    offers.first.click()
    expect(field).to_have_value(re.compile("^Tom has 12 (?!muffins)"))
    page.locator("#brand").click()
    expect(notice).to_contain_text("Press Run")


def test_a_word_explains_itself_by_focus_pointer_and_tap(app: App, page: Page) -> None:
    open_page(page, app.url)
    settle(page)
    card = page.get_by_role("note")
    legend = page.locator(".esp-legend-entry[data-term=solution]")
    legend.hover()
    expect(card).to_contain_text("A path that ended")
    family = "element => getComputedStyle(element).fontFamily.split(',')[0]"
    assert card.evaluate(family) == page.locator("#explorer .esp").evaluate(family)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.move(0, 0)
    # A term that comes to stand under a pointer that rests is not asked about.
    over = """(term, at) => {
      const mouse = { bubbles: true, pointerType: "mouse", screenX: at, screenY: at };
      term.dispatchEvent(new PointerEvent("pointerover", mouse));
      return !document.getElementById("term-card").hidden;
    }"""
    resting = "new PointerEvent('pointermove', { bubbles: true, screenX: 5, screenY: 5 })"
    page.evaluate(f"document.dispatchEvent({resting})")
    assert [legend.evaluate(over, at) for at in (5, 6)] == [False, True]
    page.keyboard.press("Escape")
    ask(page, "x.select('0')")
    term = page.locator(".esp-inspector .esp-term").first
    page.keyboard.press("Tab")
    term.focus()
    expect(card).to_be_visible()
    expect(term).to_have_attribute("aria-describedby", "term-card")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert ask(page, "x.selected") == "0"
    term.evaluate(
        """(term) => {
          term.blur();
          const touch = { bubbles: true, pointerType: "touch" };
          term.dispatchEvent(new PointerEvent("pointerdown", touch));
          term.click();
        }"""
    )
    expect(card).to_be_visible()
    assert card.get_by_role("link").get_attribute("href").startswith(f"{app.url}/guide/")
