"""Runs on the page: streaming, stopping, coming back, and going on from a link or a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from tests.browser.app_process import App
from tests.browser.explorer import ask, open_page, run_of, saved, start, story_of, wait
from tests.browser.form import fill, open_trace, reach
from tests.browser.pages import Visit

pytestmark = pytest.mark.browser


COUNTDOWN = "Use 3, 7, 8 and 25 to make 24."


def test_whoever_streams_joins_repeats_or_opens_a_run_sees_the_same(
    app: App, page: Page, visit: Visit, tmp_path: Path
) -> None:
    open_page(page, app.url)
    fill(page, "#problem", COUNTDOWN)
    fill(page, "#option-n", "8")
    fill(page, "#seed", "7")
    run = start(page)
    # Another comes to it by its address.
    second = visit()
    open_page(second, f"{app.url}/?run={run}")
    assert run_of(second) == run
    wait(page, "x.log.complete")
    trace = read_trace(app.runs / f"{run}.jsonl")
    assert ask(page, "x.log.length") == len(trace.events)
    assert trace.tree.finished is not None
    assert trace.tree.finished.status == "completed"
    assert trace.started.problem.text == COUNTDOWN
    expect(page.locator("#run")).to_be_enabled()
    expect(page.locator("#stop")).to_be_disabled()
    story = story_of(page)
    assert story_of(second) == story
    # A link to its recipe gives the same tree, and the step that was looked at.
    node = ask(page, "x.tree().finished.chosen ?? '0'")
    ask(page, f"x.select({node!r})")
    second.goto(ask(page, "x.taking.link()"))
    wait(second, f"x.log.complete && x.log.run !== {run!r} && x.selected !== null")
    assert story_of(second) == story
    assert ask(second, "x.selected") == node
    expect(second.locator("#problem textarea")).to_have_value(COUNTDOWN)
    expect(second.locator("#option-n input")).to_have_value("8")
    # And so does its file.
    path = tmp_path / "run.jsonl"
    saved(page, "jsonl").save_as(path)
    read_trace(path)
    page.goto(app.url)
    wait(page, "x.log.complete && x.log.run.startsWith('recorded-')")
    open_trace(page, path)
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    assert story_of(page) == story
    assert app.errors() == []


def test_a_new_problem_is_drawn_and_a_hidden_tab_loses_nothing_of_its_run(
    app: App, page: Page
) -> None:
    open_page(page, app.url)
    before = page.locator("#problem textarea").input_value()
    reach(page, "#draw")
    page.click("#draw")
    page.wait_for_function(
        "before => document.querySelector('#problem textarea').value !== before", arg=before
    )
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', "
        "{get: () => 'hidden', configurable: true})"
    )
    run = start(page)
    wait(page, "x.log.complete")
    assert ask(page, "x.log.length") == len(read_trace(app.runs / f"{run}.jsonl").events)
    assert ask(page, "x.log.events.every((e, i) => e.seq === i)")


def test_a_refresh_comes_back_stop_ends_soon_and_quick_presses_start_what_they_may(
    app: App, page: Page
) -> None:
    open_page(page, app.url)
    fill(page, "#option-n", "32")
    run = start(page)
    page.wait_for_url(f"**run={run}*")
    page.reload()
    wait(page, "x.log.complete")
    assert run_of(page) == run
    assert ask(page, "x.log.length") == len(read_trace(app.runs / f"{run}.jsonl").events)
    # The form is filled with it a moment after the tree is there.
    expect(page.locator("#option-n input")).to_have_value("32")
    fill(page, "#option-n", "256")
    # Whoever goes by keyboard stands at the button that is of use.
    page.locator("#option-n input").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#run")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#stop")).to_be_focused()
    wait(page, f"x.log.run !== {run!r} && x.log.length > 0")
    stopped = run_of(page)
    page.keyboard.press("Enter")
    wait(page, "x.log.complete")
    expect(page.locator("#run")).to_be_focused()
    finished = read_trace(app.runs / f"{stopped}.jsonl").tree.finished
    assert finished is not None
    assert finished.status == "cancelled"
    expect(page.locator("#run")).to_be_enabled()
    fill(page, "#option-n", "4")
    page.evaluate(
        "(async () => { for (let i = 0; i < 200; i++) { document.querySelector('#run').click(); "
        "await new Promise(done => setTimeout(done, 10)); } })()"
    )
    wait(page, f"x.log.complete && x.log.run !== {stopped!r}")
    expect(page.locator("#run")).to_be_enabled()
    start(page)
    wait(page, "x.log.complete")
    assert app.errors() == []
