"""A class in a browser: a teacher, a pupil at a laptop by keyboard, and one at a phone by touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, place_of, settle, wait
from tests.browser.pages import Visit

pytestmark = pytest.mark.browser

FIRST = "recorded-countdown-beam-search"
OTHER = "recorded-word-problem-beam-search"


@pytest.fixture
def laptop(visit: Visit) -> Page:
    return visit()


def test_a_class_decides_together(app: App, page: Page, phone: Page, laptop: Page) -> None:
    open_page(page, f"{app.url}/?run={FIRST}")
    settle(page)
    page.get_by_role("button", name="Class", exact=True).click()
    page.get_by_role("button", name="Open a class").click()
    lesson = page.get_by_role("region", name="Class")
    wait(page, "x.attending.session.state")
    code = ask(page, "x.attending.session.code")
    expect(lesson.locator(".esp-class-code strong")).to_have_text(code)
    expect(lesson).to_contain_text(f"Open {app.url.removeprefix('http://')}, press Class")

    # By link on the phone; by the code, typed in small letters, at the laptop.
    phone.goto(ask(page, "x.attending.link()"))
    wait(phone, f"x.log.run === {FIRST!r} && x.log.complete && x.attending.role === 'pupil'")
    open_page(laptop, app.url)
    laptop.get_by_role("button", name="Class", exact=True).press("Enter")
    # Whoever has pressed it types the code, and none of its letters is a shortcut.
    laptop.keyboard.type(code.lower())
    laptop.keyboard.press("Enter")
    wait(laptop, f"x.log.run === {FIRST!r} && x.log.complete")
    expect(lesson).to_contain_text("2 pages joined")

    # Cursor, selection and run are the teacher's.
    page.evaluate("document.querySelector('.esp').espalier.scrub(40)")
    ask(page, "x.select('root')")
    for pupil in (phone, laptop):
        wait(pupil, "x.cursor() === 40 && x.selected === 'root'")

    # Where the class takes a page while it is being drawn, all its panels go along.
    ask(laptop, "x.attending.lockstep.back()")
    ask(laptop, "x.viewState.select(null, x.tree(), x.writing(x.tree())), x.refreshNow()")
    wait(laptop, "x.selected === 'root'")
    expect(laptop.get_by_text("No step is selected")).to_be_hidden()

    # Whoever touches the timeline looks away until they come back.
    laptop.get_by_role("slider", name="Moment of the run").press("ArrowLeft")
    back = laptop.get_by_role("button", name="Back to the teacher")
    expect(back).to_be_visible()
    assert ask(laptop, "x.cursor()") == 39
    back.press("Enter")
    wait(laptop, "x.cursor() === 40")
    expect(back).to_be_hidden()
    # Whoever closes a panel by Escape does not turn away.
    laptop.evaluate("document.querySelector('.esp').espalier.canvas.element.focus()")
    laptop.keyboard.press("Escape")
    assert ask(laptop, "x.selected === 'root' && !x.attending.away")

    # Asked at the moment before anybody has judged; chosen by touch, and by keyboard.
    lesson.get_by_role("button", name="Ask here").click()
    for pupil in (phone, laptop):
        expect(pupil.get_by_text("Which branch would you keep?", exact=True)).to_be_visible()
        assert ask(pupil, "[...x.tree().nodes.values()].every((node) => node.score === null)")
    # The teacher's tree bears the letters of the pupils' buttons; a led page offers no acts.
    letters = page.locator(".esp-ring:not([hidden]) .esp-ring-label")
    # Steps that repeat one bear its letter, too.
    expect(letters).to_have_text(list("ABCDEFGHIJ" + "BDBBFD"))
    ask(laptop, "x.page.side.makeRoom('root')")
    expect(laptop.locator(".esp-acts")).to_have_count(0)
    # All branches are seen at once on a phone.
    asked = phone.locator(".esp-class-question")
    assert phone.locator(".esp-class-option").count() == 10
    assert asked.evaluate("asked => asked.scrollHeight <= asked.clientHeight")
    phone.locator(".esp-class-option").nth(1).tap()
    expect(phone.locator(".esp-class-question .esp-quiet")).to_contain_text("You chose B.")
    assert not phone.locator("#composer").is_visible()
    # Whoever walks through the tree with the keys is not called back, and Enter chooses there.
    laptop.evaluate("document.querySelector('.esp').espalier.canvas.element.focus()")
    ask(laptop, "x.select(x.attending.question.options[0])")
    laptop.keyboard.press("Enter")
    options = laptop.get_by_role("group", name="Branches").get_by_role("button")
    expect(options.first).to_have_attribute("aria-pressed", "true")
    assert ask(laptop, "x.selected === x.attending.question.options[0] && !x.attending.away")
    expect(lesson).to_contain_text("All are asked: which branch would you keep?")
    expect(lesson).to_contain_text("2 have chosen")
    for pupil in (phone, laptop):
        assert "counts" not in ask(pupil, "x.attending.question")
    assert violations(phone, ".esp-class") == []

    # Letters that had no room have it again where the picture is another one.
    crowded = ask(page, "x.pointing.element.querySelectorAll('[data-crowded]').length")
    assert crowded == 0
    ask(page, "[...x.pointing.element.children].at(-1).firstElementChild.dataset.crowded = ''")
    page.set_viewport_size({"width": 390, "height": 844})
    wait(page, "x.canvas.vertical")
    wait(page, "!x.pointing.element.querySelector('[data-crowded]')")
    page.set_viewport_size({"width": 1280, "height": 720})
    wait(page, "!x.canvas.vertical")
    lesson.get_by_role("button", name="Reveal").click()
    for one in (page, phone, laptop):
        rows = one.locator(".esp-class-rows li")
        expect(rows.nth(1).locator("b")).to_have_text("1")
        expect(
            one.locator('.esp-class-verifier:has-text("verifier\'s choice")').first
        ).to_be_visible()
        expect(rows.first.locator(".esp-class-truth")).to_contain_text("– cut: nobody knows")
    expect(phone.locator(".esp-class [aria-live=polite]")).to_contain_text("Revealed. 2 chose.")
    expect(phone.locator(".esp-class-rows li[data-mine=true] b")).to_have_text("1")
    assert violations(phone, ".esp-class") == []

    # In the lecture hall the code stands there, too.
    page.keyboard.press("Escape")
    ask(page, "x.projector.open()")
    expect(page.locator("dialog .esp-class-code strong")).to_have_text(code)
    page.keyboard.press("Escape")

    # Another run, a refresh of a pupil and of the teacher, and the end.
    ask(page, f"x.visit.show({OTHER!r})")
    wait(phone, f"x.log.run === {OTHER!r}")
    wait(laptop, f"x.log.run === {OTHER!r} && !x.attending.away")
    phone.reload()
    wait(phone, f"x.log.run === {OTHER!r} && x.attending.role === 'pupil'")
    page.reload()
    wait(page, "x.attending.role === 'teacher' && x.attending.session.connected")
    expect(lesson).to_contain_text("2 pages joined")
    # Once more with other hands: the teacher by keyboard, a tap in the tree, a mouse in the list.
    ask(page, f"x.visit.show({FIRST!r})")
    for one in (page, phone, laptop):
        wait(one, f"x.log.run === {FIRST!r} && x.log.complete")
    ask(page, "x.select('root')")
    lesson.get_by_role("button", name="Ask here").press("Enter")
    for pupil in (phone, laptop):
        expect(pupil.get_by_text("Which branch would you keep?", exact=True)).to_be_visible()
    phone.touchscreen.tap(*place_of(phone, ask(phone, "x.attending.question.options[2]")))
    expect(phone.locator(".esp-class-question .esp-quiet")).to_contain_text("You chose C.")
    assert ask(phone, "!x.attending.away")
    options = laptop.get_by_role("group", name="Branches").get_by_role("button")
    options.nth(1).click()
    expect(options.nth(1)).to_have_attribute("aria-pressed", "true")
    laptop.mouse.click(*place_of(laptop, ask(laptop, "x.attending.question.options[3]")))
    expect(options.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(lesson).to_contain_text("2 have chosen")
    lesson.get_by_role("button", name="Take back").press("Enter")
    for pupil in (phone, laptop):
        expect(pupil.get_by_text("Which branch would you keep?", exact=True)).to_be_hidden()
    # Looked away by a tap and by a click, and back likewise; whoever leaves is left alone.
    for pupil in (phone, laptop):
        where = place_of(pupil, "root")
        ask(page, "x.select(null)")
        wait(pupil, "!x.selected")
        press = pupil.touchscreen.tap if pupil is phone else pupil.mouse.click
        press(*where)
        back = pupil.get_by_role("button", name="Back to the teacher")
        expect(back).to_be_visible()
        back.tap() if pupil is phone else back.click()
        expect(back).to_be_hidden()
        ask(page, "x.select('root')")
        wait(pupil, "x.selected === 'root'")
    phone.get_by_role("button", name="Leave").tap()
    expect(phone.locator("#composer")).to_be_visible()
    expect(lesson).to_contain_text("1 page joined")
    lesson.get_by_role("button", name="End class").click()
    expect(laptop.locator(".esp-class")).to_contain_text("The teacher has ended the class.")
    expect(page.locator("#notice")).to_contain_text("The class is over.")
    # Anybody may lead: from the phone by touch, with a pupil who types the code; and by keyboard.
    close = laptop.locator(".esp-class").get_by_role("button", name="Close", exact=True)
    said, way = laptop.locator(".esp-class-trouble").bounding_box(), close.bounding_box()
    assert said is not None
    assert way is not None
    assert said["x"] < way["x"]  # first that it is over, then the way on
    close.click()
    lead(phone, Locator.tap)
    join(laptop, ask(phone, "x.attending.session.code"), Locator.click)
    decide(phone, Locator.tap)
    close.press("Enter")
    lead(laptop, enter)
    code = ask(laptop, "x.attending.session.code")
    join(phone, code, Locator.tap)
    for press in (enter, Locator.click):
        join(page, code, press)
        press(page.get_by_role("button", name="Leave"))
        wait(page, "!x.attending.role")
    decide(laptop, enter)
    expect(phone.locator(".esp-class")).to_contain_text("The teacher has ended the class.")
    assert app.errors() == []


Press = Callable[[Locator], None]


def enter(button: Locator) -> None:
    button.press("Enter")


def lead(page: Page, press: Press) -> None:
    """Open a class at the problem."""
    press(page.get_by_role("button", name="Class", exact=True))
    press(page.get_by_role("button", name="Open a class"))
    wait(page, "x.attending.session.state")
    ask(page, "x.select('root')")


def join(page: Page, code: str, press: Press) -> None:
    """Join a class that looks at the problem, by its code."""
    press(page.get_by_role("button", name="Class", exact=True))
    page.get_by_label("or join one by its code").fill(code)
    press(page.get_by_role("button", name="Join", exact=True))
    wait(page, "x.attending.role === 'pupil' && x.selected === 'root'")


def decide(page: Page, press: Press) -> None:
    """Ask, reveal, go on, hand the link out, and end the class."""
    lesson = page.get_by_role("region", name="Class")
    for name in ("Ask here", "Reveal", "Go on"):
        press(lesson.get_by_role("button", name=name))
    # What the button says it says for a moment: whoever looks now and then may miss it.
    lesson.evaluate(
        """lesson => {
          window.told = "";
          const tell = () => (window.told += lesson.querySelector("[data-name=copy]")?.textContent);
          new MutationObserver(tell).observe(lesson, {childList: true, subtree: true});
        }"""
    )
    press(lesson.locator("[data-name=copy]"))
    page.wait_for_function("() => /Copied|Not allowed/.test(window.told)")
    press(lesson.get_by_role("button", name="End class"))
    wait(page, "!x.attending.role")
