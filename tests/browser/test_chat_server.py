"""A search over a chat server on the page: what it approximates is said, whose it is is not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from tests.browser.app_process import App, start_app
from tests.browser.explorer import ask, open_page, start, wait
from tests.browser.form import open_drawer
from tests.fake_chat_server import FakeChatServer, Said
from tests.test_chat_solutions import PROBLEM, writes

pytestmark = pytest.mark.browser
KEY = "sk-not-for-anybody"


def judges_too(body: dict[str, Any], continues: bool) -> Said | None:
    if "Answer with one word" not in body["messages"][-1]["content"]:
        return writes(body, continues)
    likely = 0.5 + (len(body["messages"][-1]["content"]) % 5) / 10
    chances = {"Yes": math.log(likely), "No": math.log(1 - likely)}
    return Said((("Yes", chances["Yes"], chances),))


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[App, str]]:
    """An app over a chat server that does not continue an answer, and that server's address."""
    server = FakeChatServer(manner="", maker="openai", script=judges_too, key=KEY)
    monkeypatch.setenv("SOME_VENDORS_KEY", KEY)
    address = server.address(key="SOME_VENDORS_KEY", model="a-chat-model")
    models = ("--solver", address, "--verifier", f"{address}&format=judge")
    try:
        with start_app(tmp_path, *models) as running:
            yield running, server.url
    finally:
        server.close()


def test_steps_that_were_asked_for_apart(chat: tuple[App, str], page: Page) -> None:
    running, address = chat
    asked = urlencode({"problem": PROBLEM, "strategy": "beam_search", "n": 8})
    open_page(page, f"{running.url}/?{asked}")
    run = start(page)
    wait(page, "x.log.complete")
    told = page.locator("#explorer")
    expect(told).to_contain_text("The steps are an approximation")
    expect(told).to_contain_text("Warning: The solver's server does not continue an answer")
    for secret in (KEY, "SOME_VENDORS_KEY", address):
        assert secret not in page.content()
        assert secret not in "".join(running.output)
    assert read_trace(running.runs / f"{run}.jsonl").started.solver.steps == "asked"
    # An operator's models leave nothing to choose, and a link names none.
    open_drawer(page)
    expect(page.locator("#strategy")).to_be_visible()
    assert page.locator("#solver, #verifier").count() == 0
    assert not {"solver", "verifier"} & set(parse_qs(urlsplit(ask(page, "x.taking.link()")).query))
