"""Learn as a person meets it: by mouse, by keys, by touch."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.learn_place import ROOM, learn_served, show, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with learn_served() as served:
        yield served


def test_a_visitor_reads_predicts_and_is_told_by_mouse(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    shown(page, "1.1")
    expect(page.get_by_role("heading", level=1)).to_have_text("One guess")
    # The problem is all that there is to read: it stands there once, and where the tree will be.
    expect(page.locator(".learn-problem")).to_contain_text("Maya has 37 cakes")
    assert page.evaluate(COVERED) == 1.0
    dots = page.locator(".learn-dots").evaluate(LEFT)
    for number in ("1.2", "1.3", "1.4"):
        page.get_by_role("button", name="Next", exact=True).click()
        shown(page, number)
        assert page.locator(".learn-problem").count() == 1
        expect(page.locator('.esp-word[data-kind="problem"]:visible')).to_have_count(0)
    page.get_by_role("button", name="Back").click()
    shown(page, "1.3")
    page.get_by_role("button", name="Next", exact=True).click()
    shown(page, "1.4")
    # Whatever the button beside them says, the dots stay where they are.
    assert page.locator(".learn-dots").evaluate(LEFT) == dots
    # Marks are explained from the first on, in words that are known by then.
    key = page.get_by_role("list", name="What the marks mean")
    expect(key.get_by_role("listitem")).to_have_text(["A step", "An answer"])
    # A page that asks says "Skip" until it is answered; a click on the step in the tree answers.
    expect(page.locator(".learn-next")).to_have_text("Skip")
    mark = page.evaluate(f"{ROOM}.stage.canvas.positionOf('0')")
    page.locator(".learn-picture canvas").first.hover(position=mark)
    expect(page.locator(".esp-tip-title")).to_have_text("Step 1")
    page.locator(".learn-picture canvas").first.click(position=mark)
    expect(page.locator(".learn-said")).to_contain_text("Yes. Finn gives cakes")
    expect(page.locator(".learn-outcomes [data-picked=true]")).to_contain_text(
        "✗ it goes wrong here"
    )
    expect(page.locator(".learn-next")).to_have_text("Next")
    page.get_by_text("How this was made").click()
    expect(page.locator(".learn-made p")).to_contain_text("Nobody drew this: solver-small")
    # A ring covers nothing of its mark, nor of the sign that says right or wrong.
    expect(key).to_contain_text("Wrong")
    assert page.evaluate(ROOM_IN_RINGS) >= 0
    # What was answered is still there after another page, and after another visit.
    page.reload()
    shown(page, "1.4")
    expect(page.locator(".learn-said")).to_be_visible()
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator(".learn-option")).to_have_count(3)
    # A term explains itself.
    page.locator(".learn-caption .esp-term").first.hover()
    expect(page.locator(".term-card")).to_contain_text("language model")
    # A number says its lesson's name when it is pointed at; a button opens all of them as a list.
    judging = page.get_by_role("link", name="Judging along the way")
    name = judging.locator(".learn-name")
    assert seen_width(name) <= 1
    judging.hover()
    assert seen_width(name) > 100
    page.get_by_role("button", name="All lessons").click()
    assert all(seen_width(one) > 50 for one in page.locator(".learn-name").all())
    judging.click()
    shown(page, "4.1")
    expect(page.get_by_role("button", name="All lessons")).to_have_attribute(
        "aria-expanded", "false"
    )
    page.evaluate(f"{ROOM}.go({{lesson: 4, page: 4}})")
    shown(page, "4.4")
    page.locator(".learn-option").last.click()
    page.get_by_role("button", name="Fairly sure").click()
    expect(page.locator(".learn-said")).to_contain_text("Yes.")
    # They stand in the order in which they were asked about.
    expect(page.locator(".learn-outcomes .learn-letter")).to_have_text([*"ABCDE"])
    last = page.locator(".learn-outcomes li").last
    expect(last).to_have_attribute("data-picked", "true")
    expect(last).to_contain_text("✓ right way")
    expect(page.locator(".learn-outcomes li").first).to_contain_text("✗ dead end")
    expect(key.get_by_role("listitem")).to_have_text(["Kept", "Pruned", "×nWritten n times"])
    page.evaluate(f"{ROOM}.go({{lesson: 4, page: 9}})")
    shown(page, "4.9")
    page.get_by_role("button", name="Answer one more: lesson 3, page 3").click()
    shown(page, "3.3")


LEFT = "(dots) => dots.getBoundingClientRect().left"
# What part of the picture's frame the problem takes.
COVERED = """() => {
  const [one, frame] = [".learn-problem", ".learn-show"].map((at) => document.querySelector(at));
  return Math.round((10 * one.offsetHeight) / frame.clientHeight) / 10;
}"""

ROOM_IN_RINGS = """() => Math.min(...[...document.querySelectorAll(".esp-ring")].map((ring) => {
  const { canvas } = document.querySelector(".esp").classroom.stage;
  return ring.clientWidth / 2 - canvas.reachOf(ring.dataset.node);
}))"""


def seen_width(element: Locator) -> float:
    """Pixels; what is hidden from sight alone has one."""
    return float(element.evaluate("(name) => name.getBoundingClientRect().width"))


def test_all_of_it_goes_by_keys_and_ends_with_a_score(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "3.2")
    page.keyboard.press("ArrowRight")
    shown(page, "3.3")
    expect(page.locator(".learn-caption")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    shown(page, "3.2")
    page.keyboard.press("Enter")
    shown(page, "3.3")
    # What was picked is still picked for whoever turns the page before saying how sure they are.
    page.locator(".learn-option").nth(1).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    shown(page, "3.4")
    page.keyboard.press("ArrowLeft")
    shown(page, "3.3")
    expect(page.locator(".learn-option").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="A guess")).to_be_visible()
    # The right one in lesson 3, surely; the wrong one of lesson 4, as a guess.
    for place, option, sure in (("3.3", 1, 2), ("4.4", 4, 2), ("4.6", 1, 0)):
        if place != "3.3":
            show(page, address, place)
        page.locator(".learn-option").nth(option).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="A guess")).to_be_focused()
        for _ in range(sure):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".learn-said")).to_be_focused()
        expect(page.locator(".learn-judged[data-best=true]")).to_have_count(1)
    expect(page.locator(".learn-said")).to_contain_text("Not this one.")
    # Once more, and differently: what is counted stays the first answer.
    page.get_by_role("button", name="Answer again").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".learn-caption")).to_be_focused()
    page.locator(".learn-option").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="A guess")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".learn-said")).to_contain_text("Yes.")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shown(page, "4.9")
    # Sure and right twice; a guess among three leaves 1/3 of (1 + 1/4 ... ) to be counted.
    third = ((1 - 1 / 3) ** 2 + 2 * (1 / 3) ** 2) / 3
    expect(page.locator(".learn-score tr").first).to_contain_text(f"You{third / 3:.2f}")
    expect(page.locator(".learn-score-said")).to_have_text("You judged better than the verifier.")
    assert page.url.endswith("?lesson=4&page=9")
    # The list of lessons: opened, left again, opened and followed; and the tree as text.
    every = page.get_by_role("button", name="All lessons")
    every.focus()
    page.keyboard.press("Enter")
    expect(every).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(every).to_have_attribute("aria-expanded", "false")
    expect(every).to_be_focused()
    page.keyboard.press("Tab")
    guess = page.get_by_role("link", name="One guess")
    expect(guess).to_be_focused()
    assert seen_width(guess.locator(".learn-name")) > 50
    page.keyboard.press("Enter")
    shown(page, "1.1")
    page.get_by_text("The tree as text").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tree")).to_be_visible()


def test_a_page_plays_by_itself_once_and_stands_still_for_whoever_wants_that(
    address: str, page: Page
) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "2.2")
    still = page.evaluate(f"[{ROOM}.stage.playing, {ROOM}.stage.cursor, {ROOM}.page.to]")
    assert still[0] is False
    assert still[1] == still[2]
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(f"{ROOM}.stage.opening.frame = (tick) => {{ window.tick = tick; }}")
    page.get_by_role("button", name="Play again").click()
    assert page.evaluate(f"{ROOM}.stage.playing")
    expect(page.get_by_role("button", name="Play again")).to_be_hidden()
    begun = page.evaluate(f"[{ROOM}.stage.cursor, {ROOM}.page.from]")
    assert begun[0] == begun[1]
    # The clock is the test's: frames of a quarter of a second, until it is over.
    seconds = page.evaluate(
        "() => { let n = 0; while (tick && n < 999 && "
        f"{ROOM}.stage.playing) {{ tick(n * 250); n += 1; }} return n / 4; }}"
    )
    assert 7 <= seconds <= 8
    expect(page.get_by_role("button", name="Play again")).to_be_visible()
    assert page.evaluate(f"{ROOM}.stage.cursor === {ROOM}.page.to")
    # By keyboard once more. So are a term, and how the page was made.
    page.get_by_text("How this was made").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".learn-made code")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.locator(".learn-caption .esp-term").first.focus()
    expect(page.locator(".term-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".term-card")).to_be_hidden()
    page.get_by_role("button", name="Play again").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{ROOM}.stage.playing && {ROOM}.stage.cursor === {ROOM}.page.from")


def test_by_touch_on_a_phone(address: str, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    show(page, address, "4.6")
    page.locator(".learn-option").first.tap()
    page.get_by_role("button", name="Certain").tap()
    expect(page.locator(".learn-said")).to_contain_text("Yes.")
    page.get_by_role("button", name="Next", exact=True).tap()
    shown(page, "4.7")
    page.get_by_role("button", name="Back").tap()
    shown(page, "4.6")
    page.locator(".learn-caption .esp-term").first.tap()
    expect(page.locator(".term-card")).to_be_visible()
    page.get_by_text("How this was made").tap()
    expect(page.locator(".learn-made code")).to_be_visible()
    page.evaluate(f"{ROOM}.go({{lesson: 4, page: 9}})")
    shown(page, "4.9")
    page.get_by_role("button", name="Answer one more: lesson 3, page 3").tap()
    shown(page, "3.3")
    for target in page.locator(".learn-turn button, .learn-list a, .learn-theme").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    # The choice in the tree itself, and once more; the text of the tree; the list; the test.
    page.evaluate(f"{ROOM}.go({{lesson: 1, page: 4}})")
    shown(page, "1.4")
    mark = page.evaluate(f"{ROOM}.stage.canvas.positionOf('0')")
    page.locator(".learn-picture canvas").first.tap(position=mark)
    expect(page.locator(".learn-said")).to_contain_text("Yes. Finn gives cakes")
    page.get_by_role("button", name="Answer again").tap()
    expect(page.locator(".learn-option")).to_have_count(3)
    page.get_by_text("The tree as text").tap()
    expect(page.get_by_role("tree")).to_be_visible()
    page.get_by_role("button", name="All lessons").tap()
    stream = page.get_by_role("link", name="Inside one stream")
    assert seen_width(stream.locator(".learn-name")) > 100
    stream.tap()
    shown(page, "9.1")
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="Play again").tap()
    assert page.evaluate(f"{ROOM}.stage.playing")
    page.emulate_media(reduced_motion="reduce")
    # Both tests, each to its end.
    for label in ("Test: before", "Test: after the lessons"):
        expect(page.locator(".learn-exam-open")).to_have_text(label)
        page.locator(".learn-exam-open").tap()
        for question in page.locator(".learn-exam fieldset").all():
            question.locator("label").first.tap()
            expect(question.get_by_role("radio").first).to_be_checked()
        page.get_by_role("button", name="Done").tap()
        expect(page.locator(".learn-exam-said")).to_be_focused()
        if label == "Test: before":
            page.get_by_role("button", name="Close").tap()
    expect(page.locator(".learn-exam-body")).to_contain_text("Normalised gain")
    with page.expect_download():
        page.get_by_role("link", name="Save as JSON").tap()
    context.close()


def test_the_timeline_moves_the_picture_and_turns_no_page(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "9.4")
    whole = page.locator(".learn-cost").inner_text()
    moment = page.get_by_role("slider", name="Moment of the run")
    moment.focus()
    page.keyboard.press("Home")
    assert page.evaluate(f"{ROOM}.stage.cursor") < 3
    expect(page.locator(".learn-cost")).to_contain_text("0 tokens written")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    assert page.evaluate(f"[{ROOM}.place.lesson, {ROOM}.place.page]") == [9, 4]
    box = moment.bounding_box()
    assert box is not None
    moment.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    middle = page.evaluate(f"{ROOM}.stage.cursor / {ROOM}.stage.events.length")
    assert 0.4 < middle < 0.6
    before = page.evaluate(f"{ROOM}.stage.cursor")
    page.get_by_role("button", name="Forward one round").click()
    after = page.evaluate(f"{ROOM}.stage.cursor")
    assert after > before
    back, forward = (
        page.get_by_role("button", name=name) for name in ("Back one round", "Forward one round")
    )
    back.click()
    assert page.evaluate(f"{ROOM}.stage.cursor") < after
    forward.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{ROOM}.stage.cursor") == after
    back.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{ROOM}.stage.cursor") < after
    caption = page.locator(".learn-caption")
    caption.focus()
    page.keyboard.press("ArrowRight")
    shown(page, "9.5")
    page.keyboard.press("ArrowLeft")
    shown(page, "9.4")
    # Whoever comes back finds the moment that the page is about.
    expect(page.locator(".learn-cost")).to_have_text(whole, use_inner_text=True)


def test_nothing_says_that_arrow_keys_walk_the_tree(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "1.3")
    assert "walk the tree" not in page.locator(".learn-page").inner_html()
    expect(page.locator(".learn-next")).to_have_attribute(
        "aria-keyshortcuts", "ArrowRight PageDown Enter"
    )
    # A click on the picture leaves the arrows what they are.
    page.locator(".learn-picture canvas").first.click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowRight")
    shown(page, "1.4")
    page.keyboard.press("PageUp")
    shown(page, "1.3")


def test_links_open_pages_and_hide_what_a_teacher_does_not_want(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "2.4", "&hide=tally,lessons,colour")
    expect(page.locator(".learn-tally")).to_be_hidden()
    expect(page.locator(".learn-lessons")).to_be_hidden()
    expect(page.locator(".learn-notice")).to_contain_text("Nothing here is called colour")
    page.keyboard.press("ArrowRight")
    shown(page, "2.5")
    assert page.url.endswith("?lesson=2&page=5&hide=tally,lessons,colour") or "hide=" in page.url
    page.goto(f"{address}?lesson=2&page=99")
    shown(page, "2.1")
    expect(page.locator(".learn-notice")).to_contain_text("Lesson 2 has 5 pages")
    # Without an address one goes on where one was; the places lead on.
    page.goto(address)
    shown(page, "2.1")
    expect(page.locator(".learn-notice")).to_have_text("You go on where you were.")
    page.get_by_text("The tree as text").click()
    expect(page.get_by_role("tree")).to_be_visible()
    expect(page.get_by_role("treeitem").first).to_be_visible()
    # Its names are those that the lessons have used by now.
    assert not {"kept", "scored", "branch"} & set(
        re.findall(r"\w+", page.get_by_role("tree").inner_text())
    )
    page.get_by_role("navigation", name="Places").get_by_text("Guide").click()
    expect(page).to_have_url(f"{address.removesuffix('learn/')}guide/")
