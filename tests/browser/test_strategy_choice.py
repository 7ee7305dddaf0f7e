"""Choosing a strategy, reading what it is, and opening its recorded example; pasting a text.

What is said of each strategy, and which options are its own: `tests/test_page_choices.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.controls.layout import PUBLISHED_ONLY, strategy_groups
from components.controls.options_form import all_specs
from components.controls.sampling_form import about_score_source
from search_core.strategies import STRATEGIES
from tests.browser.app_process import App
from tests.browser.axe import in_both_themes
from tests.browser.explorer import ask, run_of, start, wait
from tests.browser.form import expect_chosen, fill, notice_says, open_drawer, reach
from tests.browser.pages import VIEWPORT, Keep, fits

pytestmark = pytest.mark.browser

# The strategy of the run that the page opens with: the form holds what that run was made of.
FIRST = "best_of_n"
THOUGHT = """Let me try 25 - 8 = 17.

17 + 7 = 24, but the 3 is left.

Alternatively, 8 * 3 = 24.

<img src=x onerror=window.pwned=1> ${window.pwned=1}

The answer is 24."""


def choose(page: Page, name: str) -> None:
    open_drawer(page)
    page.locator(f"#strategy input[value='{name}']").check()
    expect(page.locator("#about-strategy")).to_contain_text(STRATEGIES[name].does)


def test_the_strategies_stand_in_their_groups(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    groups = page.locator("#strategy fieldset")
    assert groups.locator("legend").all_inner_texts() == [g.heading for g in strategy_groups()]
    for index, group in enumerate(strategy_groups()):
        labels = groups.nth(index).locator("label").all_inner_texts()
        assert [text.strip() for text in labels] == [label for label, _ in group.options]
    expect_chosen(page, "strategy", FIRST)


@pytest.mark.parametrize("name", ["beam_search", "mcts"])
def test_a_strategy_is_explained_and_keeps_its_own_options(app: App, keep: Keep, name: str) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, name)
    strategy, about = STRATEGIES[name], page.locator("#about-strategy")
    expect(about).to_contain_text(strategy.does_not)
    pictures = about.locator("svg.diagram").count()
    expect(page.locator("#open-example")).to_have_count(pictures)
    # Only the habits of published code are folded away, with any strategy.
    shown = {spec.name for spec in strategy.options.specs()} - PUBLISHED_ONLY
    for spec in all_specs().values():
        field = page.locator(f"#option-{spec.name.replace('_', '-')}")
        if spec.name in shown:
            expect(field).to_be_visible()
        else:
            expect(field).not_to_be_visible()


def unfold(page: Page) -> None:
    """Have the pseudocode open."""
    if page.locator("#about-strategy details[open]").count() == 0:
        page.locator("#about-strategy summary").click()


def test_pseudocode_stays_open_while_strategies_are_compared(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, "greedy")
    unfold(page)
    choose(page, "dvts")
    code = page.locator("#about-strategy pre")
    expect(code).to_be_visible()
    told = code.text_content() or ""
    missing = [
        line for line in STRATEGIES["dvts"].pseudocode.splitlines() if line.strip() not in told
    ]
    assert missing == []
    page.locator("#about-strategy summary").click()
    choose(page, "rebase")
    expect(code).not_to_be_visible()


def test_the_keyboard_walks_through_all_groups(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    names = [value for group in strategy_groups() for _, value in group.options]
    choose(page, FIRST)
    page.locator("#strategy input:checked").focus()
    place = names.index(FIRST)
    for name in [*names[place + 1 :], *names[: place + 1]]:
        page.keyboard.press("ArrowDown")
        expect_chosen(page, "strategy", name)
    expect(page.locator("#about-strategy")).to_contain_text(STRATEGIES[FIRST].does)
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('#strategy input')")


def test_a_score_source_says_what_it_is(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    reach(page, "#score-source")
    for name in ("oracle", "verifier"):
        page.locator(f"#score-source input[value='{name}']").check()
        expect(page.locator("#about-source")).to_have_text(about_score_source(name))


def open_form(page: Page) -> None:
    reach(page, "#pasted-text")
    expect(page.locator("#pasted-text textarea")).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
def test_everything_opened_fits_and_is_accessible(app: App, keep: Keep, width: int) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, FIRST)
    unfold(page)
    open_form(page)
    reach(page, "#score-source")
    page.locator("#verifier input[value='outcome']").check()
    expect(page.locator("#about-verifier")).to_contain_text("finished solutions")
    fits(page, width)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('#strategy *, #about-strategy *, #recording *')]
          .filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1
            && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline')
          .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    if width in {320, 1280}:  # a column of one's own, and one of two
        assert in_both_themes(page, "body" if width == 320 else "#drawer") == {}


def test_an_empty_text_gets_a_clear_message(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    before = run_of(page)
    open_form(page)
    page.click("#draw-text")
    notice_says(page, "cannot be drawn")
    expect(page.locator("#notice .notice")).to_be_in_viewport()
    assert run_of(page) == before


def test_the_chosen_strategy_is_the_one_that_runs(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    page.locator("#verifier input[value='small']").check()
    choose(page, "rebase")
    fill(page, "#option-n", "4")
    start(page)
    wait(page, "x.log.complete")
    assert ask(page, "x.log.events[0].strategy") == "rebase"


def test_a_recorded_example_opens_from_the_strategy(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    choose(page, "rebase")
    page.click("#open-example")
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-rebase'")
    expect(page.locator("#explorer .esp-canvas")).to_be_in_viewport()
    # What the picture beside the strategy says of the run is what the run says.
    told = page.locator("#about-strategy svg.diagram").get_attribute("aria-label")
    assert f"{ask(page, 'x.tree().nodes.size') - 1} steps" in str(told)


def test_a_recording_can_be_opened_again(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    reach(page, "#recording")
    option = page.locator("#recording input[value='recorded-countdown-dvts']")
    option.click()
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-dvts'")
    choose(page, "beam_search")
    page.click("#open-example")
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-beam-search'")
    option.click()
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-dvts'")


def test_a_pasted_text_becomes_a_tree(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    before = run_of(page)
    open_form(page)
    page.fill("#pasted-text textarea", THOUGHT)
    page.fill("#pasted-problem textarea, #pasted-problem input", "Make 24 of 3, 7, 8 and 25.")
    page.click("#draw-text")
    wait(page, f"x.log.complete && x.log.run !== {before!r}")
    assert ask(page, "x.tree().nodes.size") == 6
    assert ask(page, "[...x.tree().nodes.values()].some(n => n.after !== null)")
    expect(page.locator("#explorer .esp-canvas")).to_be_in_viewport()
    ask(page, "x.select([...x.tree().nodes.keys()][4])")
    expect(page.locator(".esp-inspector")).to_contain_text("<img src=x onerror=")
    assert page.evaluate("window.pwned") is None
    expect(page.get_by_role("button", name="Copy link")).to_be_disabled()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_a_text_file_becomes_a_tree(app: App, keep: Keep, tmp_path: Path) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    before = run_of(page)
    open_form(page)
    path = tmp_path / "thought.txt"
    path.write_bytes(THOUGHT.encode() + b"\n\nWait, \xff\xfe what?")
    page.locator("#read-text input[type=file]").set_input_files(path)
    wait(page, f"x.log.complete && x.log.run !== {before!r}")
    assert ask(page, "x.tree().nodes.size") > 5
