"""The form and the run on show are tied: what is on show is what Run repeats, or it is marked."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.strategies import STRATEGIES
from tests.browser.app_process import App
from tests.browser.explorer import ask, start, wait
from tests.browser.form import close_drawer, expect_chosen, fill, open_drawer
from tests.browser.pages import VIEWPORT, Keep

pytestmark = pytest.mark.browser

CHANGED = "#chips .chip-changed"
BACK = "Back to the run on show"


def recipe(page: Page) -> dict[str, Any]:
    """What the run on show was made of, as its header says."""
    header = ask(page, "x.log.events[0]")
    return {
        "problem": header["problem"]["text"],
        "answer": header["problem"].get("answer"),
        "models": [header["solver"]["name"], header["verifier"]["name"]],
        **{name: header[name] for name in ("strategy", "options", "sampling", "seed")},
    }


def test_what_was_changed_is_marked_and_there_is_a_way_back(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    problem = page.locator("#problem textarea").input_value()
    expect(page.locator(CHANGED)).to_have_count(0)
    expect(page.get_by_role("button", name=BACK)).to_be_hidden()
    fill(page, "#option-n", "8")
    expect(page.locator(CHANGED)).to_have_text("Attempts 8 was 16")
    fill(page, "#problem", "Use 3, 7, 8 and 25 to make 24.")
    fill(page, "#seed", "5")
    close_drawer(page)
    expect(page.locator(CHANGED)).to_have_count(3)
    page.get_by_role("button", name=BACK).click()
    expect(page.locator(CHANGED)).to_have_count(0)
    expect(page.locator("#problem textarea")).to_have_value(problem)
    expect(page.locator("#option-n input")).to_have_value("16")
    expect(page.locator("#seed input")).to_have_value(str(recipe(page)["seed"]))


def test_the_drawer_by_keyboard(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    chip = page.locator("#chips [data-control=seed]")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#seed input")).to_be_focused()
    expect(page.get_by_role("dialog", name="All settings")).to_be_visible()
    expect(page.locator("#open-drawer")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(chip).to_be_focused()
    # What is closed is no stop on the way of the Tab key.
    assert page.locator("#drawer").evaluate("element => element.inert")


def test_run_repeats_the_example_on_show(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    page.locator("#strategy input[value='best_of_n']").check()
    page.click("#open-example")
    wait(page, "x.log.complete && x.log.run === 'recorded-countdown-best-of-n'")
    example = recipe(page)
    expect(page.locator("#problem textarea")).to_have_value(example["problem"])
    expect(page.locator(".strategy-list")).to_have_value("best_of_n")
    expect(page.locator(CHANGED)).to_have_count(0)
    start(page)
    wait(page, "x.log.complete")
    assert recipe(page) == example
    # The run on show is another one now, and the form is still what it was made of.
    expect(page.locator(CHANGED)).to_have_count(0)


def test_run_closes_a_drawer_that_hides_some_of_the_tree(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    fill(page, "#option-n", "2")
    for width, height in [(390, 844), (1280, 720)]:
        page.set_viewport_size({"width": width, "height": height})
        open_drawer(page)
        start(page)
        expect(page.locator("#drawer")).to_be_hidden()
        expect(page.locator("#explorer .esp-canvas")).to_be_in_viewport(ratio=1)
        wait(page, "x.log.complete")


def test_a_run_that_is_found_again_fills_the_form(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.set_viewport_size(VIEWPORT)
    page.locator(".strategy-list").select_option("dvts")
    fill(page, "#option-n", "4")
    fill(page, "#problem", "Use 3, 7, 8 and 25 to make 24.")
    run = start(page)
    wait(page, "x.log.complete")
    page.goto(f"{app.url}/?run={run}")
    wait(page, f"x.log.run === {run!r} && x.log.complete")
    expect(page.locator(".strategy-list")).to_have_value("dvts")
    expect(page.locator("#option-n input")).to_have_value("4")
    expect(page.locator("#problem textarea")).to_have_value("Use 3, 7, 8 and 25 to make 24.")
    expect(page.locator(CHANGED)).to_have_count(0)


def test_a_link_that_leaves_an_option_out_means_its_default(app: App, page: Page) -> None:
    """Choosing a strategy by hand sets defaults of its own; one that a link names must not."""
    page.goto(f"{app.url}/?problem=Use+3,+7,+8+and+25+to+make+24.&strategy=mcts&n=4&max_steps=9")
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    assert ask(page, "x.log.events[0].options.max_steps") == 9
    expect(page.locator("#option-max-steps input")).to_have_value("9")
    expect(page.locator(CHANGED)).to_have_count(0)
    expect_chosen(page, "strategy", "mcts")
    expect(page.locator("#about-strategy")).to_contain_text(STRATEGIES["mcts"].does)
    # The usual models go unsaid in its own link.
    assert not {"solver", "verifier"} & set(parse_qs(urlsplit(ask(page, "x.taking.link()")).query))
