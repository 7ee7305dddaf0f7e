"""Searches that a gate holds: who waits is told where they stand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import new_gate, start_app
from tests.browser.axe import violations
from tests.browser.explorer import open_page, run_of, start, wait
from tests.browser.form import fill
from tests.browser.pages import Visit, leave

pytestmark = pytest.mark.browser

ONE_AT_A_TIME = ("--runs-at-once", "1", "--runs-per-visitor", "2")
NEXT = re.compile("Waiting: your search is the next. It begins in .+ Stop leaves the line.")


def test_who_waits_is_told_where_they_stand(
    page: Page, visit: Visit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What runs is held by a gate for as long as the other is looked at."""
    gate = new_gate()
    with start_app(tmp_path_factory.mktemp("runs"), *ONE_AT_A_TIME, gate=gate) as app:
        first, second = page, visit()
        for one in (first, second):
            open_page(one, app.url)
        fill(first, "#option-n", "2")
        for _ in range(3):  # after so many the app says about how long one takes
            start(first)
            wait(first, "x.log.complete")
        opened, notice = run_of(second), second.locator("#notice")
        gate.clear()
        first.click("#run")
        expect(first.locator("#stop")).to_be_enabled()
        second.click("#run")
        expect(notice).to_contain_text(NEXT)
        assert violations(second, "main, body") == []
        second.click("#stop")
        expect(second.locator("#run")).to_be_enabled()
        second.click("#run")
        expect(notice).to_contain_text(NEXT)
        gate.set()
        wait(second, f"x.log.run !== {opened!r} && x.log.complete && x.log.events.length > 9")
        expect(notice).not_to_contain_text("Waiting")
        assert app.errors() == []
        for one in (first, second):  # before the app ends, of which they would complain
            leave(one)
