"""Choosing among the pairs that an operator offers: what is said of them, what their solvers are
told, and what is run, linked, marked as changed and refused.

Links to what is not offered, and prompts that no solver reads: `tests/test_page_refusals.py` and
`tests/test_prompt_form.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.models.prompts import EXAMPLE
from tests.browser.app_process import App, start_app
from tests.browser.axe import in_both_themes
from tests.browser.explorer import ask, run_of, start, wait
from tests.browser.form import (
    choose,
    expect_chosen,
    fill,
    have_read_notice,
    notice_says,
    open_drawer,
    reach,
)
from tests.browser.pages import VIEWPORT, Keep, fits
from tests.browser.test_chat_server import judges_too
from tests.fake_chat_server import FakeChatServer
from tests.test_chat_solutions import PROBLEM

pytestmark = pytest.mark.browser

USUAL = "Write one step a paragraph."
SHOWN = f"{EXAMPLE}What is 1 + 1?\n\n1 + 1 = 2\n\nThe answer is 2."
HOSTILE = "Be <img src=x onerror=window.pwned=1> {{7*7}} $x$ brief."
CATALOGUE = f"""
solvers:
  small: {{title: S, model: {SOLVERS["small"].folder}, licence: Apache-2.0}}
  large: {{title: L, model: {SOLVERS["large"].folder}, licence: Apache-2.0}}
  gone: {{title: G, model: nobody/nothing, licence: none}}
  chat: {{title: C, model: "%s", licence: none, system_prompt: "{USUAL}"}}
verifiers:
  small: {{title: S, model: {VERIFIERS["small"].folder}, licence: Apache-2.0}}
  large: {{title: L, model: {VERIFIERS["large"].folder}, licence: Apache-2.0}}
  judge: {{title: J, model: "%s", licence: none, format: judge}}
pairs:
  embedded: {{title: Embedded, about: All of them., solver: small, verifier: small}}
  big: {{title: Big, about: The large ones., solver: large, verifier: large}}
  gone: {{title: Gone, about: Not there., solver: gone, verifier: large}}
  chat: {{title: A chat model, about: Behind a server., solver: chat, verifier: judge}}
"""
CHANGED = "#chips .chip-changed"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeChatServer]:
    running = FakeChatServer(manner="", maker="openai", script=judges_too)
    yield running
    running.close()


@pytest.fixture(scope="module")
def shop(server: FakeChatServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("offer")
    address = server.address(model="a-chat-model")
    (folder / "models.yaml").write_text(CATALOGUE % (address, address), encoding="utf-8")
    wanted = ("--models", str(folder / "models.yaml"), "--offer", "embedded,big,gone,chat")
    with start_app(folder / "runs", *wanted) as running:
        yield running


def asked(server: FakeChatServer) -> list[Any]:
    """The system turns of what the solver was asked since, each once."""
    turns = [body["messages"][0] for body in server.asked if "Yes or No" not in str(body)]
    told = [turn["content"] for turn in turns if turn["role"] == "system"]
    return list(dict.fromkeys(text for text in told if "grade" not in text.lower()))


def with_pair(keep: Keep, shop: App, pair: str) -> Page:
    """The page with its drawer open and this pair chosen."""
    page, _ = keep(f"{shop.url}/")
    page.set_viewport_size(VIEWPORT)
    open_drawer(page)
    choose(page, "pair", pair)
    return page


def test_the_embedded_models_have_a_sentence_and_a_chat_model_the_fields(
    shop: App, keep: Keep
) -> None:
    page = with_pair(keep, shop, "embedded")
    expect(page.locator("#about-prompt")).to_contain_text("trained on problems alone")
    expect(page.locator("#system-prompt")).to_be_hidden()
    choose(page, "pair", "chat")
    expect(page.locator("#system-prompt textarea")).to_have_value(USUAL)
    expect(page.locator("#examples textarea")).to_have_value("")
    expect(page.locator("#about-prompt")).to_be_hidden()
    # What is usual for a pair is nothing that anybody changed.
    expect(page.locator("#chips [data-control=pair]")).to_be_visible()
    expect(page.locator("#chips [data-control=system-prompt]")).to_have_count(0)
    choose(page, "pair", "embedded")
    expect(page.locator("#system-prompt")).to_be_hidden()
    expect(page.locator("#chips [data-control=system-prompt]")).to_have_count(0)


def test_other_models_read_any_problem(shop: App, keep: Keep) -> None:
    page = with_pair(keep, shop, "embedded")
    expect(page.locator("#kinds")).to_be_visible()
    choose(page, "pair", "chat")
    expect(page.locator("#kinds")).to_be_hidden()


@pytest.mark.parametrize(
    ("pair", "width"), [("embedded", 320), ("embedded", 768), ("chat", 390), ("chat", 1280)]
)
def test_the_offer_is_legible_everywhere(shop: App, keep: Keep, pair: str, width: int) -> None:
    page = with_pair(keep, shop, pair)
    fits(page, width)
    if pair == "embedded":
        expect(page.locator("#models-memory")).to_contain_text("solver-small")
    else:
        expect(page.locator("#system-prompt textarea")).to_be_visible()
        fits(page, 320)
        fits(page, width)
    if width in {320, 1280}:
        assert in_both_themes(page, "#drawer") == {}


def test_the_fields_are_reached_by_keyboard(shop: App, keep: Keep) -> None:
    page = with_pair(keep, shop, "chat")
    page.locator("#system-prompt textarea").focus()
    # Each field has its way into the guide beside it.
    focused = "document.activeElement.closest('#examples') && document.activeElement.tagName"
    stops = []
    while stops[-1:] != ["TEXTAREA"] and len(stops) < 4:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(focused))
    expect(page.locator("#examples textarea")).to_be_focused()


def test_a_model_that_is_missing_says_the_command_and_loses_nothing(shop: App, keep: Keep) -> None:
    page = with_pair(keep, shop, "gone")
    shown = run_of(page)
    have_read_notice(page)
    page.click("#run")
    notice_says(page, "hf download nobody/nothing")
    assert run_of(page) == shown
    expect(page.locator("#run")).to_be_enabled()
    # What waits for them says nothing of them once others are chosen: the next test reads the line.


def test_a_pair_is_chosen_run_and_linked(shop: App, keep: Keep) -> None:
    page = with_pair(keep, shop, "embedded")
    expect(page.locator("#solver")).to_be_visible()
    # A page that was there before the models says when they are.
    expect(page.locator("#models-memory")).to_contain_text("of weights")
    choose(page, "pair", "big")
    expect(page.locator("#about-pair")).to_contain_text("The large ones.")
    expect(page.locator("#solver")).to_be_hidden()
    expect(page.locator("#models-memory")).to_contain_text("solver-large with verifier-large")
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    header = read_trace(shop.runs / f"{run}.jsonl").started
    assert (header.solver.name, header.verifier.name) == ("solver-large", "verifier-large")
    expect(page.locator("#models-memory")).to_contain_text(re.compile(r"on .PU.*: \d.* of weights"))
    query = parse_qs(urlsplit(ask(page, "x.taking.link()")).query)
    assert query["models"] == ["big"]
    assert "solver" not in query
    page.goto(f"{shop.url}/?{urlsplit(ask(page, 'x.taking.link()')).query}")
    wait(page, "x.log.complete && x.tree().started.solver.name === 'solver-large'")
    expect_chosen(page, "pair", "big")
    open_drawer(page)
    choose(page, "pair", "embedded")
    expect(page.locator("#solver")).to_be_visible()
    expect(page.locator("#models-memory")).to_contain_text("solver-small with verifier-small")


def test_a_mistake_stands_at_its_field(shop: App, keep: Keep) -> None:
    page = with_pair(keep, shop, "chat")
    shown = run_of(page)
    have_read_notice(page)
    fill(page, "#examples", "<b>1 + 1</b> is 2.")
    page.click("#run")
    notice_says(page, "The worked examples begin with '<b>1 + 1</b> is 2.'")
    expect(page.locator("#examples .field-mistake")).to_contain_text("expected 'Example problem:'")
    assert run_of(page) == shown
    fill(page, "#examples", "")


def test_what_is_typed_is_told_linked_marked_and_repeated(
    shop: App, server: FakeChatServer, keep: Keep
) -> None:
    page = with_pair(keep, shop, "chat")
    choose(page, "strategy", "best_of_n")
    fill(page, "#option-n", "2")
    fill(page, "#problem", PROBLEM)
    start(page)
    wait(page, "x.log.complete")
    assert "system_prompt" not in ask(page, "x.taking.link()")
    fill(page, "#system-prompt", HOSTILE)
    chip = page.locator(f"{CHANGED}[data-control=system-prompt]")
    expect(chip).to_contain_text("System prompt changed")
    fill(page, "#examples", SHOWN)
    expect(page.locator(f"{CHANGED}[data-control=examples]")).to_contain_text("1 was none")
    server.asked.clear()
    run = start(page)
    wait(page, "x.log.complete")
    told = f"{HOSTILE}\n\n{SHOWN}"
    assert told in asked(server)
    assert USUAL not in asked(server)
    assert read_trace(shop.runs / f"{run}.jsonl").started.solver.prompt == told
    expect(page.locator(CHANGED)).to_have_count(0)
    expect(page.locator("#chips [data-control=system-prompt]")).to_contain_text("Be <img")
    assert page.evaluate("window.pwned") is None
    # Somebody else's page, by the link, and Run again there: the same once more.
    link = urlsplit(ask(page, "x.taking.link()")).query
    assert parse_qs(link)["system_prompt"] == [told]
    page.goto(f"{shop.url}/?{link}")
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    expect(page.locator(CHANGED)).to_have_count(0)
    reach(page, "#system-prompt")
    expect(page.locator("#system-prompt textarea")).to_have_value(HOSTILE)
    expect(page.locator("#examples textarea")).to_have_value(SHOWN)
    again = start(page)
    wait(page, "x.log.complete")
    assert read_trace(shop.runs / f"{again}.jsonl").started.solver.prompt == told
    # And the way back.
    fill(page, "#system-prompt", "")
    expect(page.locator(f"{CHANGED}[data-control=system-prompt]")).to_have_count(1)
    page.locator(".chip-back").click()
    expect(page.locator("#system-prompt textarea")).to_have_value(HOSTILE)
    expect(page.locator(CHANGED)).to_have_count(0)
