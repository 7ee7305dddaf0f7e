"""The system prompt and the worked examples in the drawer: shown where a solver reads them, run,
linked, marked as changed, refused at their field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.models.prompts import EXAMPLE
from tests.browser.app_process import App, start_app
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, start, wait
from tests.browser.form import choose, fill, notice_says, open_drawer, open_with_drawer, reach
from tests.browser.pages import Keep, fits
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
  chat: {{title: C, model: "%s", licence: none, system_prompt: "{USUAL}"}}
verifiers:
  small: {{title: S, model: {VERIFIERS["small"].folder}, licence: Apache-2.0}}
  judge: {{title: J, model: "%s", licence: none, format: judge}}
pairs:
  embedded: {{title: Embedded, about: All of them., solver: small, verifier: small}}
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
    folder = tmp_path_factory.mktemp("told")
    address = server.address(model="a-chat-model")
    (folder / "models.yaml").write_text(CATALOGUE % (address, address), encoding="utf-8")
    wanted = ("--models", str(folder / "models.yaml"), "--offer", "embedded,chat")
    with start_app(folder / "runs", *wanted) as running:
        yield running


def asked(server: FakeChatServer) -> list[Any]:
    """The system turns of what the solver was asked since, each once."""
    turns = [body["messages"][0] for body in server.asked if "Yes or No" not in str(body)]
    told = [turn["content"] for turn in turns if turn["role"] == "system"]
    return list(dict.fromkeys(text for text in told if "grade" not in text.lower()))


def with_chat(page: Page, shop: App, **query: Any) -> None:
    open_page(page, f"{shop.url}/?{urlencode({'problem': PROBLEM, 'models': 'chat', **query})}")


def test_the_embedded_models_have_a_sentence_and_a_chat_model_the_fields(
    shop: App, page: Page
) -> None:
    open_with_drawer(page, shop.url)
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


def test_what_is_typed_is_told_linked_marked_and_repeated(
    shop: App, server: FakeChatServer, page: Page
) -> None:
    with_chat(page, shop, strategy="best_of_n", n=2)
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    assert "system_prompt" not in ask(page, "x.link()")
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
    link = urlsplit(ask(page, "x.link()")).query
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


def test_a_mistake_stands_at_its_field(shop: App, page: Page) -> None:
    with_chat(page, shop, strategy="best_of_n", n=2)
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    fill(page, "#examples", "<b>1 + 1</b> is 2.")
    shown = ask(page, "x.log.run")
    page.click("#run")
    notice_says(page, "The worked examples begin with '<b>1 + 1</b> is 2.'")
    expect(page.locator("#examples .field-mistake")).to_contain_text("expected 'Example problem:'")
    assert ask(page, "x.log.run") == shown
    page.goto(f"{shop.url}/?problem=1%2B1&system_prompt=Be+brief.")
    notice_says(page, "trained on problems alone")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_fields_are_legible_and_reached_by_keyboard(
    shop: App, keep: Keep, theme: str, width: int, tmp_path: Path
) -> None:
    page, _ = keep(f"{shop.url}/", theme)
    fits(page, width)
    open_drawer(page)
    choose(page, "pair", "chat")
    expect(page.locator("#system-prompt textarea")).to_be_visible()
    fits(page, width)
    assert violations(page, "#drawer") == []
    page.locator("#system-prompt textarea").focus()
    # Each field has its way into the guide beside it.
    focused = "document.activeElement.closest('#examples') && document.activeElement.tagName"
    stops = []
    while stops[-1:] != ["TEXTAREA"] and len(stops) < 4:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(focused))
    expect(page.locator("#examples textarea")).to_be_focused()


def test_other_models_read_any_problem(shop: App, page: Page) -> None:
    open_with_drawer(page, shop.url)
    expect(page.locator("#kinds")).to_be_visible()
    choose(page, "pair", "chat")
    expect(page.locator("#kinds")).to_be_hidden()
