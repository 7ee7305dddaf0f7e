"""`bench`'s measurement of the app: from opening the page to a finished tree."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from playwright.sync_api import Page

from search_core.bench import opening
from search_core.bench.served_app import ServedApp
from tests.browser.app_process import App

pytestmark = [pytest.mark.browser, pytest.mark.models]


def test_the_app_is_measured_from_its_start_to_a_finished_tree(
    app: App, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the app and the browser that are there: how they start is tested beside `bench`."""
    served = ServedApp(app.url, 1.5, app.process.pid or 0, app.runs)
    monkeypatch.setattr(opening, "served_app", lambda: nullcontext(served))
    monkeypatch.setattr(opening, "browser_page", lambda: nullcontext(page))
    measured = {figure.name: figure.median for figure in opening.opening_measurements(1)}
    assert measured["server answers after start"] == 1.5
    assert all(value > 0 for value in measured.values())
    assert "charts after opening their panel" in measured
    first, whole = "Run to first node on the page", "Run to finished tree on the page"
    assert measured[first] <= measured[whole]
