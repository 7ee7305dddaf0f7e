"""A run that is over at once is shown so that one can follow it. The frames are the tests' own: no
time passes but what they let pass."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.explorer import ask, press, wait
from tests.browser.stage import Stage

_OWN_FRAMES = """(() => {
  x.now = 0;
  x.player.frame = (callback) => { x.due = callback; };
  x.pass = (ms) => {
    for (const end = x.now + ms; x.now < end;) {
      x.now += 50;
      const { due } = x;
      x.due = null;
      due?.(x.now);
    }
    x.refreshNow();
  };
})()"""


def grown(page: Page) -> None:
    """Have the stage stream a whole run at the usual pace, and wait until all of it has arrived."""
    ask(page, "x.showing.setPace('1')")
    ask(page, _OWN_FRAMES)
    press(page, "stream", "live")
    wait(page, "x.log.run === 'live' && x.log.complete")


def test_tree_timeline_and_story_move_together_at_a_round_a_second(view: Page) -> None:
    grown(view)
    assert ask(view, "x.at < x.log.length")
    seen = []
    for _ in range(4):
        ask(view, "x.pass(1000)")
        expect(view.get_by_role("slider", name="Moment of the run")).to_have_value(
            str(ask(view, "x.at"))
        )
        round_shown = ask(view, "x.rounds.segments[x.rounds.indexAt(x.at)].round")
        expect(view.locator(".esp-counter")).to_contain_text(f"Round {round_shown}")
        expect(view.locator(".esp-status")).to_have_text("Growing")
        assert ask(view, "x.moment.tree.seq + 1 === x.at")
        seen.append(round_shown)
    assert seen == [1, 2, 3, 4]


def test_escape_shows_the_rest_at_once_wherever_one_is(view: Page) -> None:
    grown(view)
    view.locator("#stream").focus()
    view.keyboard.press("Escape")
    wait(view, "x.at === x.log.length && !x.player.playing")
    expect(view.locator(".esp-status")).to_have_text("Finished")


def test_as_it_happens_nothing_is_slowed(view: Page) -> None:
    view.get_by_role("combobox", name="Pace").select_option("As it happens")
    ask(view, _OWN_FRAMES)
    press(view, "stream", "live")
    wait(view, "x.log.run === 'live' && x.log.complete && x.at === x.log.length")


def test_the_choice_is_remembered(stage: Stage, view: Page) -> None:
    view.get_by_role("combobox", name="Pace").select_option("4")
    assert view.evaluate("localStorage.getItem('espalier-pace')") == "4"
    view.goto(f"{stage.url}/?pace=0.5")
    wait(view, "x.log.complete")
    expect(view.get_by_role("combobox", name="Pace")).to_have_value("0.5")
