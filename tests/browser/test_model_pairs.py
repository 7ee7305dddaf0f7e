"""Choosing among the pairs that an operator offers, and what the page says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from tests.browser.app_process import App, start_app
from tests.browser.axe import violations
from tests.browser.explorer import ask, start, wait
from tests.browser.form import choose, expect_chosen, notice_says, open_with_drawer
from tests.browser.pages import Keep, fits
from tests.browser.test_model_choice import PROBLEM

pytestmark = pytest.mark.browser

CATALOGUE = f"""
solvers:
  small: {{title: S, model: {SOLVERS["small"].folder}, licence: Apache-2.0}}
  large: {{title: L, model: {SOLVERS["large"].folder}, licence: Apache-2.0}}
  gone: {{title: G, model: nobody/nothing, licence: none}}
verifiers:
  small: {{title: S, model: {VERIFIERS["small"].folder}, licence: Apache-2.0}}
  large: {{title: L, model: {VERIFIERS["large"].folder}, licence: Apache-2.0}}
pairs:
  embedded: {{title: Embedded, about: All of them., solver: small, verifier: small}}
  big: {{title: Big, about: The large ones., solver: large, verifier: large}}
  gone: {{title: Gone, about: Not there., solver: gone, verifier: large}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("offer")
    (folder / "models.yaml").write_text(CATALOGUE, encoding="utf-8")
    wanted = ("--models", str(folder / "models.yaml"), "--offer", "embedded,big,gone")
    with start_app(folder / "runs", *wanted) as running:
        yield running


def test_a_pair_is_chosen_run_and_linked(shop: App, page: Page) -> None:
    open_with_drawer(page, shop.url)
    expect(page.locator("#solver")).to_be_visible()
    # A page that was there before the models says when they are.
    expect(page.locator("#models-memory")).to_contain_text("of weights")
    choose(page, "pair", "big")
    expect(page.locator("#about-pair")).to_contain_text("The large ones.")
    expect(page.locator("#solver")).to_be_hidden()
    expect(page.locator("#models-memory")).to_contain_text("solver-large with verifier-large")
    run = start(page)
    wait(page, "x.log.complete")
    header = read_trace(shop.runs / f"{run}.jsonl").started
    assert (header.solver.name, header.verifier.name) == ("solver-large", "verifier-large")
    expect(page.locator("#models-memory")).to_contain_text(re.compile(r"on .PU.*: \d.* of weights"))
    query = parse_qs(urlsplit(ask(page, "x.link()")).query)
    assert query["models"] == ["big"]
    assert "solver" not in query
    page.goto(f"{shop.url}/?{urlsplit(ask(page, 'x.link()')).query}")
    wait(page, "x.log.complete && x.tree().started.solver.name === 'solver-large'")
    expect_chosen(page, "pair", "big")
    choose(page, "pair", "embedded")
    expect(page.locator("#solver")).to_be_visible()
    expect(page.locator("#models-memory")).to_contain_text("solver-small with verifier-small")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("models=meta-llama/Llama-3.2-1B", "are not offered here; known: embedded, big, gone"),
        ("models=big&solver=large", "this page serves other models"),
        ("models=%3Cimg%20src=x%20onerror=window.pwned=1%3E", "Models '<img"),
    ],
)
def test_a_link_gets_nothing_that_is_not_offered(
    shop: App, page: Page, query: str, message: str
) -> None:
    page.goto(f"{shop.url}/?problem={PROBLEM}&n=4&{query}")
    notice_says(page, message)
    assert page.evaluate("window.pwned") is None


def test_a_model_that_is_missing_says_the_command_and_loses_nothing(shop: App, page: Page) -> None:
    open_with_drawer(page, shop.url)
    shown = ask(page, "x.tree().started.run")
    choose(page, "pair", "gone")
    page.click("#run")
    notice_says(page, "hf download nobody/nothing")
    assert ask(page, "x.tree().started.run") == shown
    expect(page.locator("#run")).to_be_enabled()


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_offer_is_legible_everywhere(shop: App, keep: Keep, theme: str, width: int) -> None:
    page, _ = keep(f"{shop.url}/", theme)
    fits(page, width)
    expect(page.locator("#models-memory")).to_contain_text("solver-small")
    assert violations(page, "#drawer") == []
