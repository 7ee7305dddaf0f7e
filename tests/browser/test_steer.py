"""The shears on a finished run: every act and what comes of it, and the way back by every means.

That every act goes by keyboard and by touch too is asked of a run that goes on: `test_steer_live`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, place_of, run_of, settle, wait
from tests.browser.hand import Hand, Means, act

pytestmark = pytest.mark.browser

CUT = "the right path is cut"
BASE = "recorded-right-path-is-cut"


def open_cut(page: Page, app: App) -> None:
    """A recorded beam search that cut the right path; its first cut step is selected."""
    open_page(page, app.url)
    page.get_by_role("button", name=CUT).click()
    wait(page, f"x.log.run === {BASE!r} && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    ask(page, "x.select('0')")
    expect(act(page, "Keep")).to_be_visible()


def came(page: Page, before: str) -> str:
    """Wait until another run stands there, whole; its id."""
    wait(page, f"x.log.run !== {before!r} && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    return run_of(page)


def actions_of(page: Page) -> list[str]:
    return list(ask(page, "x.tree().notes.map(note => note.action + ' ' + note.id)"))


def a_tap_presses_nothing_else(page: Page) -> None:
    """What rises under the finger is not pressed by the tap that raised it."""
    for node in ("3.0.0", "4.0.3", "0"):
        ask(page, "x.select(null)")
        settle(page)
        page.touchscreen.tap(*place_of(page, node))
        wait(page, f"x.selected === {node!r}")
        settle(page)
        assert run_of(page) == BASE
        assert page.evaluate("document.activeElement.localName") == "canvas"


def a_duplicate_opens_nothing(page: Page) -> None:
    """The sheet stays down where the selected step turns out to repeat another one."""
    merged = ask(page, "x.log.events.findIndex((event) => event.kind === 'merged')")
    ask(page, f"x.scrub({merged})")
    ask(page, f"x.select(x.log.events[{merged}].id)")
    page.get_by_role("button", name="Close the panel").tap()
    ask(page, f"x.scrub({merged + 1})")
    wait(page, f"x.selected === x.log.events[{merged}].into && !x.timer")
    assert ask(page, "!x.page.side.open")
    ask(page, "x.scrub(x.log.length)")
    wait(page, "x.tree().finished")
    ask(page, "x.select('0')")
    # Above the sheet there is little room: what is selected stays in it, whatever is drawn anew.
    page.get_by_role("tab", name="Step", exact=True).tap()
    wait(page, "x.page.side.open")
    settle(page)
    ask(page, "x.canvas.reveal('0')")
    ask(page, "x.refreshNow()")
    settle(page)
    assert 0 < ask(page, "x.canvas.positionOf('0').y") < ask(page, "x.canvas.size.height")


def the_key_cuts_no_word(page: Page) -> None:
    """What the legend's line has no room for is seen once one goes into it."""
    legend = page.locator(".esp-legend-all")
    expect(legend).to_have_attribute("data-more", "true")
    seen = """all => [...all.querySelectorAll(".esp-legend-entry:not([hidden])")]
      .filter((entry) => getComputedStyle(entry).opacity === "1")
      .map((entry) => entry.getBoundingClientRect().right - all.getBoundingClientRect().right)"""
    inside = legend.evaluate(seen)
    assert max(inside) <= 0
    legend.get_by_role("button", name="Wrong").focus()
    assert len(legend.evaluate(seen)) > len(inside)


def kept(page: Page, app: App, means: Means) -> list[str]:
    """Keep what was cut; the run before, and the one that came of it."""
    hand = Hand(page, means)
    open_cut(page, app)
    if means == "mouse":
        the_key_cuts_no_word(page)
    if means == "touch":
        a_tap_presses_nothing_else(page)
        a_duplicate_opens_nothing(page)
    hand.act("keep")
    runs = [BASE, came(page, BASE)]
    # The answer that the cut had lost; only what is new was written.
    assert ask(page, "x.tree().finished.answer") == "18"
    assert 0 < ask(page, "x.tree().cost.generated") < 254
    assert ask(page, "x.selected") == "0"
    if means == "touch":
        # What came of it is seen: the sheet is down.
        tree = page.locator("#explorer canvas").first.bounding_box()
        assert tree
        assert tree["height"] > 0.3 * 844
    return runs


def one_more(hand: Hand, before: str) -> str:
    """One more step after the one that was kept; the run that came of it."""
    children = "x.tree().nodes.get('0').children.length"
    there = ask(hand.page, children)
    hand.act("grow")
    hand.fill("More next steps", "1")
    hand.submit("Grow them")
    run = came(hand.page, before)
    assert ask(hand.page, children) == there + 1
    return run


def there_and_back(hand: Hand, runs: list[str], acts: int = 1) -> None:
    """The last acts undone, and done again."""
    for way, steps in (("Undo", 1), ("Redo", -1)):
        for _ in range(acts):
            now = runs.index(run_of(hand.page))
            hand.steered(way)
            assert came(hand.page, runs[now]) == runs[now - steps]


def journey(page: Page, app: App) -> None:
    """Every act, one on top of the other, and back."""
    hand = Hand(page, "mouse")
    runs = kept(page, app, "mouse")

    def done() -> None:
        runs.append(came(page, runs[-1]))

    runs.append(one_more(hand, runs[-1]))
    hand.act("write")
    # The whole form is seen, on a phone's low sheet, too.
    expect(page.get_by_role("button", name="Put it there")).to_be_in_viewport(ratio=1)
    hand.fill("The next step", "25 - 7 = 18, left 18")
    hand.submit("Put it there")
    done()
    assert ask(page, "[...x.tree().nodes.values()].filter(node => node.by).length") == 1
    # What one wrote is what one looks at; then back to the step before it.
    # Where another says the same, both are one from then on.
    own = "[...x.tree().nodes.values()].find(node => node.by)"
    wait(page, f"x.selected === ({own}.merged_into ?? {own}.id)")
    ask(page, "x.select('0')")
    expect(act(page, "Edit step")).to_be_visible()
    hand.act("edit")
    hand.fill("The step", "24 + 7 = 31, left 1 31")
    hand.submit("Put it there")
    done()
    assert ask(page, "x.tree().nodes.get('0').text.trim()") == "24 + 7 = 31, left 1 31"
    hand.act("cut")
    done()
    assert ask(page, "x.tree().nodes.get('0').state") == "pruned"
    hand.act("go_on")
    hand.choose("Strategy", "DVTS")
    hand.fill("Budget N", "4")
    hand.submit("Go on")
    done()
    done_to = ("kept", "grown", "injected", "edited", "pruned", "went_on")
    assert actions_of(page) == [f"{action} 0" for action in done_to]
    expect(page.get_by_role("region", name="Steered by hand")).to_contain_text("DVTS")
    there_and_back(hand, runs, acts=2)


def taken_away(hand: Hand) -> None:
    """The steered run as a link and as a file, and played again."""
    page = hand.page
    hand.press(page.get_by_role("button", name="Copy link"))
    expect(page.locator(".esp-copied")).to_have_text(re.compile("Link copied|did not allow"))
    expect(page.get_by_role("button", name="Copy link")).to_be_focused()  # it keeps its place
    hand.press(page.get_by_role("button", name="Save", exact=True))
    with page.expect_download() as download:
        hand.press(page.locator(".esp-menu-item[data-kind=jsonl]"))
    tree = read_trace(download.value.path()).tree
    acts = ask(page, "x.tree().notes.map(note => note.action)")
    assert [note.action for note in tree.notes] == acts
    hand.press(page.get_by_role("button", name="Play", exact=True))
    wait(page, "x.player.playing || x.cursor() < x.log.events.length")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")


def held_against_the_untouched(hand: Hand, steered: str) -> Page:
    """Where the steered run and the one that nobody touched part is marked and said."""
    link = hand.page.get_by_role("region", name="Steered by hand").get_by_role(
        "link", name="Compare"
    )
    with hand.page.context.expect_page() as opened:
        hand.press(link)
    compare = opened.value
    expect(compare.locator(".race-table tbody tr")).to_have_count(2)
    expect(compare.locator(".race-name").nth(1)).to_contain_text(steered)
    expect(compare.locator(".race-partings")).to_contain_text(f"{steered} ")
    # What is ringed can be read, also where it was cut.
    compare.wait_for_function(
        """() => document.querySelector('.esp').race.lanes.every(({ asked, canvas }) =>
          asked.size > 0 && [...asked].every((id) => canvas.words.boxes.has(id)))"""
    )
    return compare


def test_every_act_by_mouse_and_the_untouched_run_beside_it(page: Page, app: App) -> None:
    journey(page, app)
    taken_away(Hand(page, "mouse"))
    line = page.get_by_role("region", name="Steered by hand")
    expect(line).to_contain_text("You went on from")
    line.locator("summary").click()
    expect(line).to_contain_text("You kept the step that was edited later")
    assert violations(page, ".esp-acts") == []
    assert violations(page, ".esp-steered") == []
    ask(page, "x.projector.open()")
    expect(page.locator(".esp-projector-sentence")).to_contain_text("Steered by hand. ")
    page.keyboard.press("Escape")
    compare = held_against_the_untouched(Hand(page, "mouse"), "steered by 6 acts")
    expect(compare.locator(".race-partings")).to_contain_text("steered by 6 acts “24 + 7 = 31")
    expect(compare.locator(".race-problem")).to_contain_text("Use 24, 7 and 1 to make 18.")
    expect(compare.locator(".esp-ring-label").first).to_have_text("They part here")
    expect(compare.get_by_role("button", name="On 20 problems")).to_be_hidden()
    # A name, once given, stands with what is done from then on.
    steered = run_of(page)
    line.get_by_role("button", name="Untouched run").click()
    assert came(page, steered) == BASE
    # What was pressed is gone with what it did: the tree has the focus, never the page.
    assert page.evaluate("document.activeElement.localName") == "canvas"
    what_if_grows(Hand(page, "mouse"))
    grown = run_of(page)
    line.get_by_role("button", name="Undo").click()
    assert came(page, grown) == BASE
    ask(page, "x.select('0')")
    page.locator("summary", has_text="Changes are noted as yours").click()
    page.get_by_label("Your name").fill("Ada")
    act(page, "Keep").press("Enter")
    came(page, BASE)
    assert page.evaluate("document.activeElement.localName") == "canvas"
    expect(line).to_contain_text("Ada kept “24 + 1 = 25, left 7 25”.")
    # What stands there is said in the list of runs too.
    page.get_by_role("button", name="runs", exact=False).first.click()
    expect(page.get_by_role("menuitem", name="steered by 6 acts")).to_be_visible()
    assert app.errors() == []


def test_by_keyboard_a_run_is_steered_taken_away_and_compared(page: Page, app: App) -> None:
    hand = Hand(page, "keyboard")
    runs = kept(page, app, "keyboard")
    there_and_back(hand, [*runs, one_more(hand, runs[-1])])
    # What makes no sense here is said, and nothing is asked.
    hand.act("keep")
    expect(page.locator(".esp-acts-state")).to_have_text("“Keep” makes no sense at this step.")
    taken_away(hand)
    held_against_the_untouched(hand, "steered by 2 acts").close()
    steered = run_of(page)
    hand.press(page.get_by_role("button", name="Untouched run"))
    assert came(page, steered) == BASE
    what_if_grows(hand)


def what_if_grows(hand: Hand) -> None:
    """Another width of the beam wants steps that nobody wrote: the models write just those."""
    page = hand.page
    hand.press(page.get_by_role("tab", name="What if"))
    width = page.get_by_role("region", name="What if").get_by_label("Beam width")
    width.fill("2")
    width.press("Enter")
    hand.press(page.get_by_role("button", name="Grow just these"))
    came(page, BASE)
    assert ask(page, "x.tree().started.options.beam_width") == 2
    # One stays where one was, and the new branches are ringed where they begin.
    expect(page.get_by_role("tab", name="What if")).to_have_attribute("aria-selected", "true")
    wait(page, "x.tree().finished")
    expect(page.locator(".esp-what-if-answer")).to_contain_text("grown, in ")
    ringed = ask(page, "[...x.pointing.element.children].map(ring => ring.dataset.node)")
    assert ringed
    assert ask(page, f"{ringed!r}.every(id => x.tree().nodes.has(id))")


def test_by_touch_too_and_what_if_grows_what_is_missing(phone: Page, app: App) -> None:
    hand = Hand(phone, "touch")
    runs = kept(phone, app, "touch")
    there_and_back(hand, [*runs, one_more(hand, runs[-1])])
    taken_away(hand)
    held_against_the_untouched(hand, "steered by 2 acts").close()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    run = run_of(phone)
    phone.get_by_role("button", name="Untouched run").tap()
    assert came(phone, run) == BASE
    what_if_grows(hand)
    # It is marked as what it is, and undone like any other act.
    line = phone.get_by_role("region", name="Steered by hand")
    expect(line).to_contain_text("You set Beam width M to 2, and had just the missing steps grown.")
    grown = run_of(phone)
    phone.get_by_role("button", name="Undo").tap()
    assert came(phone, grown) == BASE
