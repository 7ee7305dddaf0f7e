"""Learn as a person meets it: by mouse, by keys, by touch, at every width, in both themes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from components.guide import guide_routes
from components.learn import learn_routes
from search_core.lessons import read_lessons
from tests.browser.axe import violations
from tests.browser.pages import new_context
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

LESSONS = read_lessons()
ROOM = "document.querySelector('.esp').classroom"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Learn and the guide under a sub-path, as behind a proxy; nothing else of the app."""
    home = Route("/", lambda _: HTMLResponse("<title>Explore</title>"))
    routes = [Mount("/sub", routes=[*learn_routes(), *guide_routes(), home])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "The server of Learn")
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/sub/learn/"
    server.should_exit = True
    thread.join()


def show(page: Page, address: str, place: str, more: str = "") -> None:
    """Open a page of a lesson, "4.2", and wait until its picture is there."""
    lesson, number = place.split(".")
    page.goto(f"{address}?lesson={lesson}&page={number}{more}")
    shown(page, place)


def shown(page: Page, place: str) -> None:
    expect(page.locator(".esp")).to_have_attribute("data-shown", place)


def test_a_visitor_reads_predicts_and_is_told_by_mouse(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    shown(page, "1.1")
    expect(page.get_by_role("heading", level=1)).to_have_text("One guess")
    expect(page.locator(".learn-problem")).to_contain_text("Maya has 37 cakes")
    for number in ("1.2", "1.3", "1.4"):
        page.get_by_role("button", name="Next", exact=True).click()
        shown(page, number)
    # A page that asks says "Skip" until it is answered; a click on the step in the tree answers.
    expect(page.locator(".learn-next")).to_have_text("Skip")
    mark = page.evaluate(f"{ROOM}.stage.canvas.positionOf('0')")
    page.locator(".learn-picture canvas").first.click(position=mark)
    expect(page.locator(".learn-said")).to_contain_text("Yes. Finn gives cakes")
    expect(page.locator(".learn-outcomes [data-picked=true]")).to_contain_text("✓ right")
    expect(page.locator(".learn-next")).to_have_text("Next")
    # What was answered is still there after another page, and after another visit.
    page.reload()
    shown(page, "1.4")
    expect(page.locator(".learn-said")).to_be_visible()
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator(".learn-option")).to_have_count(3)
    # A term explains itself.
    page.locator(".learn-caption .esp-term").first.hover()
    expect(page.locator(".term-card")).to_contain_text("language model")


def test_all_of_it_goes_by_keys_and_ends_with_a_score(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "3.4")
    page.keyboard.press("ArrowRight")
    shown(page, "3.5")
    expect(page.locator(".learn-caption")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    shown(page, "3.4")
    page.keyboard.press("Enter")
    shown(page, "3.5")
    # The right one in lesson 3, surely; the wrong one of lesson 4, as a guess.
    for place, option, sure in (("3.5", 1, 2), ("4.4", 4, 2), ("4.6", 1, 0)):
        if place != "3.5":
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
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shown(page, "4.8")
    # Sure and right twice; a guess among three leaves 1/3 of (1 + 1/4 ... ) to be counted.
    guess = ((1 - 1 / 3) ** 2 + 2 * (1 / 3) ** 2) / 3
    expect(page.locator(".learn-score tr").first).to_contain_text(f"You{guess / 3:.2f}")
    expect(page.locator(".learn-score-said")).to_have_text("You judged better than the verifier.")
    assert page.url.endswith("?lesson=4&page=8")


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
    for target in page.locator(".learn-turn button, .learn-list a, .learn-theme").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_fits_and_is_accessible(address: str, browser: Browser, theme: str) -> None:
    """All pages one after another in one window: no words are cut, nothing lies outside."""
    context = new_context(browser)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    show(page, address, "1.1", f"&__theme={theme}")
    for width, height in ((1280, 720), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        for read in LESSONS:
            for number in range(1, len(read.lesson.pages) + 1):
                place = f"{read.number}.{number}"
                page.evaluate(f"{ROOM}.go({{lesson: {read.number}, page: {number}}})")
                shown(page, place)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
                expect(page.locator(".learn-caption")).to_be_visible()
    for place in ("3.5", "4.2", "4.9"):
        page.evaluate(f"{ROOM}.go({{lesson: {place[0]}, page: {place[2]}}})")
        shown(page, place)
        assert violations(page) == [], place
    assert complaints == []
    context.close()


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
    page.get_by_role("navigation", name="Places").get_by_text("Guide").click()
    expect(page).to_have_url(f"{address.removesuffix('learn/')}guide/")


def test_who_wants_takes_a_test_before_and_another_after(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "1.1")
    right = page.evaluate(
        f"['a', 'b'].map((form) => {ROOM}.exam.forms[form].map((question) => question.right))"
    )
    first = "ab".index(page.evaluate(f"{ROOM}.exam.taken.first"))
    questions = page.locator(".learn-exam fieldset")
    # Two are right before, and five after: three of the four that were not known.
    for label, form, known in (("Test: before", first, 2), ("Test: after", 1 - first, 5)):
        page.get_by_role("button", name=label).click()
        expect(questions).to_have_count(6)
        for place, answer in enumerate(right[form]):
            chosen = answer if place < known else answer % 3 + 1
            questions.nth(place).get_by_role("radio").nth(chosen - 1).check()
        page.get_by_role("button", name="Done").click()
        expect(page.locator(".learn-exam-said")).to_be_focused()
        if form == first:
            expect(page.locator(".learn-exam-said")).to_contain_text("after the second test")
            page.keyboard.press("Escape")
            page.reload()
            shown(page, "1.1")
    expect(page.locator(".learn-exam-said")).to_have_text(
        "Before: 2 of 6 right. After: 5 of 6 right."
    )
    expect(page.locator(".learn-exam-body")).to_contain_text("Normalised gain: 0.75")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as JSON").click()
    record = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert record["normalised_gain"] == 0.75
    assert record["before"]["answers"][:2] == right[first][:2]
    assert violations(page, ".learn-exam") == []
