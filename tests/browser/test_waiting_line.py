"""More searches than may run at once: who waits is told where they stand, and may leave."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_process import start_app
from tests.browser.axe import violations
from tests.browser.explorer import open_page, run_of, start, wait
from tests.browser.form import fill
from tests.browser.pages import Visit

pytestmark = pytest.mark.browser

ONE_AT_A_TIME = ("--runs-at-once", "1", "--runs-per-visitor", "2")


def test_who_waits_is_told_where_they_stand(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with start_app(tmp_path_factory.mktemp("runs"), *ONE_AT_A_TIME) as app:
        first, second = visit(), visit()
        for page in (first, second):
            open_page(page, app.url)
        opened, notice = run_of(second), second.locator("#notice")
        # Long enough that it would still run when the other has looked; it is stopped then.
        fill(first, "#option-n", "256")
        start(first)
        second.click("#run")
        expect(notice).to_contain_text("Waiting: your search is the next.")
        expect(notice).to_contain_text("Stop leaves the line.")
        assert violations(second, "main, body") == []
        second.click("#stop")
        expect(second.locator("#run")).to_be_enabled()
        second.click("#run")
        expect(notice).to_contain_text("Waiting: your search is the next.")
        first.click("#stop")
        wait(second, f"x.log.run !== {opened!r} && x.log.complete && x.log.events.length > 9")
        expect(notice).not_to_contain_text("Waiting")
        assert app.errors() == []
