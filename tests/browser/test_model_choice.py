"""Choosing among the embedded models on the page: what is said, run, linked and refused.

What is said of each model, strategy and link stands in `tests/test_page_choices.py` and
`tests/test_page_refusals.py`; how it all looks in `test_strategy_choice.py`.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.run.pairing import size_note
from tests.browser.app_process import App
from tests.browser.explorer import ask, run_of, start, story_of, wait
from tests.browser.form import (
    choose,
    expect_chosen,
    fill,
    have_read_notice,
    notice_says,
    open_drawer,
)
from tests.browser.pages import Keep, leave

pytestmark = pytest.mark.browser

PROBLEM = "What+is+(7+%2B+8)+*+3+-+4%3F"


def test_each_model_says_its_size_and_what_it_is(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    for group, models in (("solver", SOLVERS), ("verifier", VERIFIERS)):
        labels = page.locator(f"#{group} label").all_inner_texts()
        assert [text.strip() for text in labels] == [model.label for model in models.values()]
        expect_chosen(page, group, "small")
        expect(page.locator(f"#about-{group}")).to_contain_text(models["small"].about)


def test_the_keyboard_chooses_a_model(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, "solver", "small")
    choose(page, "verifier", "small")
    page.locator("#solver input:checked").focus()
    page.keyboard.press("ArrowRight")
    expect_chosen(page, "solver", "large")
    expect(page.locator("#about-solver")).to_contain_text(SOLVERS["large"].about)
    assert page.evaluate("document.activeElement.closest('#solver') !== null")
    for _ in range(2):  # the solvers are one stop; after them may stand the link to the guide
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#verifier input')"):
            break
    else:
        pytest.fail("the keyboard never reached the verifiers")
    page.keyboard.press("ArrowRight")
    expect_chosen(page, "verifier", "large")
    expect(page.locator("#about-verifier")).to_contain_text(VERIFIERS["large"].about)


def test_no_verifier_is_offered_where_none_is_asked(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    verifier = page.locator("#verifier")
    expect(verifier).to_be_visible()
    choose(page, "strategy", "greedy")
    expect(verifier).to_be_hidden()
    expect(page.locator("#about-verifier")).to_be_hidden()
    expect(page.locator("#solver")).to_be_visible()
    choose(page, "strategy", "dvts")
    expect(verifier).to_be_visible()


def test_the_chosen_models_run_and_are_in_the_link(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, "strategy", "best_of_n")
    choose(page, "solver", "large")
    choose(page, "verifier", "large")
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    header = read_trace(app.runs / f"{run}.jsonl").started
    assert (header.solver.name, header.verifier.name) == ("solver-large", "verifier-large")
    ask(page, "x.select('root')")
    inspector = page.locator("#explorer .esp-inspector")
    expect(inspector).to_contain_text("solver-large")
    expect(inspector).to_contain_text("verifier-large")
    # The cost of an unfair pair is said, of the run on show and of the next one.
    note = size_note(header.solver.parameters, header.verifier.parameters)
    assert note
    expect(page.locator("#explorer .esp-costs")).to_contain_text(note)
    expect(page.locator("#estimate")).to_contain_text("as large as the solver: its cost counts")
    link, story = ask(page, "x.taking.link()"), story_of(page)
    query = parse_qs(urlsplit(link).query)
    assert (query["solver"], query["verifier"]) == (["large"], ["large"])

    leave(page)  # somebody else's page
    page.goto(link)
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    assert run_of(page) != run
    assert story_of(page) == story
    expect_chosen(page, "solver", "large")
    expect_chosen(page, "verifier", "large")


def test_a_link_with_the_wrong_model_is_refused(app: App, page: Page) -> None:
    hostile = "verifier=%3Cimg%20src=x%20onerror=window.pwned=1%3E"
    page.goto(f"{app.url}/?problem={PROBLEM}&n=4&{hostile}")
    notice_says(page, "Unknown verifier '<img")
    expect(page.locator("#run")).to_be_enabled()
    assert page.evaluate("window.pwned") is None
    assert app.errors() == []


def test_the_outcome_verifier_is_refused_where_it_comes_too_late(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    before = run_of(page)
    choose(page, "strategy", "beam_search")
    choose(page, "verifier", "outcome")
    refused = re.compile("beam search asks about unfinished ones")
    expect(page.locator("#about-verifier")).to_contain_text(refused)
    have_read_notice(page)
    page.click("#run")
    notice_says(page, "The outcome verifier judges finished solutions only")
    assert run_of(page) == before
    choose(page, "strategy", "best_of_n")
    expect(page.locator("#about-verifier")).not_to_contain_text(refused)
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    tree = read_trace(app.runs / f"{run}.jsonl").tree
    scored = {node.id for node in tree.steps() if node.score is not None}
    assert scored == {node.id for node in tree.steps() if node.state == "completed"}
    ask(page, "x.select(x.tree().finished.chosen)")
    expect(page.locator("#explorer .esp-inspector")).to_contain_text("judged the finished solution")


def test_self_revision_brings_the_solver_that_can(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    choose(page, "strategy", "best_of_n")
    choose(page, "solver", "small")
    choose(page, "verifier", "small")
    choose(page, "strategy", "self_revision")
    expect(page.locator("#solver input[value='revision']")).to_be_checked()
    expect(page.locator("#about-solver")).to_contain_text(SOLVERS["revision"].about)
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    trace = read_trace(app.runs / f"{run}.jsonl")
    assert trace.started.solver.name == "solver-revision"
    assert any(node.after for node in trace.tree.steps())
    query = parse_qs(urlsplit(ask(page, "x.taking.link()")).query)
    assert (query["strategy"], query["solver"]) == (["self_revision"], ["revision"])
    assert "verifier" not in query  # the usual one goes unsaid
    # Who goes back to a solver that cannot is told at once, and again at Run.
    choose(page, "solver", "small")
    refused = 'Choose the solver "revision"'
    expect(page.locator("#about-solver")).to_contain_text(refused)
    have_read_notice(page)
    page.click("#run")
    notice_says(page, refused)
    assert run_of(page) == run
    choose(page, "strategy", "best_of_n")
    expect(page.locator("#about-solver")).not_to_contain_text(refused)
    expect_chosen(page, "solver", "small")
