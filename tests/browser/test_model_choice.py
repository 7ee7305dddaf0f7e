"""Choosing among the embedded models on the page: what is said, run, linked and refused."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.run.pairing import size_note
from tests.browser.app_process import App, start_app
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, run_of, start, story_of, wait
from tests.browser.form import (
    choose,
    expect_chosen,
    fill,
    notice_says,
    open_drawer,
    open_with_drawer,
)
from tests.browser.pages import Keep, Visit, fits

pytestmark = pytest.mark.browser

PROBLEM = "What+is+(7+%2B+8)+*+3+-+4%3F"


def test_each_model_says_its_size_and_what_it_is(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    for group, models in (("solver", SOLVERS), ("verifier", VERIFIERS)):
        labels = page.locator(f"#{group} label").all_inner_texts()
        assert [text.strip() for text in labels] == [model.label for model in models.values()]
        expect_chosen(page, group, "small")
        for name, model in models.items():
            choose(page, group, name)
            expect(page.locator(f"#about-{group}")).to_contain_text(model.about)


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
    choose(page, "score-source", "log-probability")
    expect(verifier).to_be_hidden()


def test_the_chosen_models_run_and_are_in_the_link(app: App, page: Page, visit: Visit) -> None:
    open_with_drawer(page, app.url)
    choose(page, "solver", "large")
    choose(page, "verifier", "early")
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    header = read_trace(app.runs / f"{run}.jsonl").started
    assert (header.solver.name, header.verifier.name) == ("solver-large", "verifier-early")
    ask(page, "x.select('root')")
    inspector = page.locator("#explorer .esp-inspector")
    expect(inspector).to_contain_text("solver-large")
    expect(inspector).to_contain_text("verifier-early")
    link = ask(page, "x.link()")
    query = parse_qs(urlsplit(link).query)
    assert (query["solver"], query["verifier"]) == (["large"], ["early"])

    fresh = visit()
    open_page(fresh, link)
    assert story_of(fresh) == story_of(page)
    expect_chosen(fresh, "solver", "large")
    expect_chosen(fresh, "verifier", "early")


def test_the_usual_models_go_unsaid_in_a_link(app: App, page: Page) -> None:
    open_page(page, f"{app.url}/?problem={PROBLEM}&n=4")
    wait(page, "x.log.complete && x.tree().started.solver.name === 'solver-small'")
    assert ask(page, "x.tree().started.verifier.name") == "verifier-small"
    assert "solver" not in parse_qs(urlsplit(ask(page, "x.link()")).query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("solver=huge", "Unknown solver 'huge'; known: small, large"),
        ("verifier=%3Cimg%20src=x%20onerror=window.pwned=1%3E", "Unknown verifier '<img"),
        ("verifier=outcome&strategy=beam_search", "and beam search asks about unfinished ones"),
        ("verifier=outcome&strategy=dvts", "and DVTS asks about unfinished ones"),
    ],
)
def test_a_link_with_the_wrong_model_is_refused(
    app: App, page: Page, query: str, message: str
) -> None:
    page.goto(f"{app.url}/?problem={PROBLEM}&n=4&{query}")
    notice_says(page, message)
    expect(page.locator("#run")).to_be_enabled()
    assert page.evaluate("window.pwned") is None
    assert app.errors() == []


def test_the_outcome_verifier_is_refused_where_it_comes_too_late(app: App, page: Page) -> None:
    open_with_drawer(page, app.url)
    before = run_of(page)
    choose(page, "strategy", "beam_search")
    choose(page, "verifier", "outcome")
    refused = re.compile("beam search asks about unfinished ones")
    expect(page.locator("#about-verifier")).to_contain_text(refused)
    page.click("#run")
    notice_says(page, "The outcome verifier judges finished solutions only")
    assert run_of(page) == before
    choose(page, "strategy", "best_of_n")
    expect(page.locator("#about-verifier")).not_to_contain_text(refused)
    run = start(page)
    wait(page, "x.log.complete")
    tree = read_trace(app.runs / f"{run}.jsonl").tree
    scored = {node.id for node in tree.steps() if node.score is not None}
    assert scored == {node.id for node in tree.steps() if node.state == "completed"}
    ask(page, "x.select(x.tree().finished.chosen)")
    expect(page.locator("#explorer .esp-inspector")).to_contain_text("judged the finished solution")


def test_self_revision_brings_the_solver_that_can(app: App, page: Page) -> None:
    open_with_drawer(page, app.url)
    choose(page, "strategy", "self_revision")
    expect(page.locator("#solver input[value='revision']")).to_be_checked()
    expect(page.locator("#about-solver")).to_contain_text(SOLVERS["revision"].about)
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    trace = read_trace(app.runs / f"{run}.jsonl")
    assert trace.started.solver.name == "solver-revision"
    assert any(node.after for node in trace.tree.steps())
    query = parse_qs(urlsplit(ask(page, "x.link()")).query)
    assert (query["strategy"], query["solver"]) == (["self_revision"], ["revision"])
    # Who goes back to a solver that cannot is told at once, and again at Run.
    choose(page, "solver", "small")
    refused = 'Choose the solver "revision"'
    expect(page.locator("#about-solver")).to_contain_text(refused)
    page.click("#run")
    notice_says(page, refused)
    assert run_of(page) == run
    choose(page, "strategy", "best_of_n")
    expect(page.locator("#about-solver")).not_to_contain_text(refused)
    expect_chosen(page, "solver", "small")


def test_a_link_to_self_revision_needs_no_solver(app: App, page: Page) -> None:
    open_page(page, f"{app.url}/?problem={PROBLEM}&n=4&strategy=self_revision")
    wait(page, "x.log.complete && x.tree().started.solver.name === 'solver-revision'")
    expect(page.locator("#solver input[value='revision']")).to_be_checked()
    page.goto(f"{app.url}/?problem={PROBLEM}&n=4&strategy=self_revision&solver=large")
    notice_says(page, "solver-large does not")


def test_the_cost_of_an_unfair_pair_is_said(app: App, page: Page) -> None:
    open_with_drawer(page, app.url)
    choose(page, "verifier", "large")
    fill(page, "#option-n", "4")
    start(page)
    wait(page, "x.log.complete")
    started = ask(page, "x.tree().started")
    note = size_note(started["solver"]["parameters"], started["verifier"]["parameters"])
    assert note
    expect(page.locator("#explorer .esp-costs")).to_contain_text(note)
    expect(page.locator("#estimate")).to_contain_text("as large as the solver: its cost counts")
    choose(page, "strategy", "greedy")
    expect(page.locator("#estimate")).not_to_contain_text("cost counts")


def test_an_operators_models_leave_nothing_to_choose(page: Page, tmp_path: Path) -> None:
    with start_app(tmp_path, "--solver", "small", "--verifier", "small") as own:
        open_with_drawer(page, own.url)
        expect(page.locator("#strategy")).to_be_visible()
        assert page.locator("#solver, #verifier").count() == 0
        run = start(page)
        wait(page, "x.log.complete")
        assert read_trace(tmp_path / f"{run}.jsonl").started.solver.name == "solver-small"
        assert "solver" not in parse_qs(urlsplit(ask(page, "x.link()")).query)
        page.goto(f"{own.url}/?problem={PROBLEM}&n=4&solver=large")
        notice_says(page, "its operator chose")
        assert own.errors() == []
        page.goto("about:blank")  # before its server goes


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_choices_are_legible_everywhere(app: App, keep: Keep, theme: str, width: int) -> None:
    page, _ = keep(f"{app.url}/", theme)
    fits(page, width)
    choose(page, "verifier", "outcome")
    expect(page.locator("#about-verifier")).to_contain_text("finished solutions")
    assert violations(page, "#drawer") == []
