"""What the app says beside its answers, and what it does not answer."""

from __future__ import annotations

import httpx
import pytest

from components.headers import HEADERS
from tests.browser.app_process import App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/no/such/place"])
def test_every_answer_says_what_a_page_may_do(app: App, path: str) -> None:
    headers = httpx.get(app.url + path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value


def test_the_guide_allows_itself_less(app: App) -> None:
    headers = httpx.get(f"{app.url}/guide/use").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("prefix", ["", "/gradio_api"])
@pytest.mark.parametrize("path", ["/monitoring", "/monitoring/summary", "/monitoring/some-key"])
def test_nobody_learns_who_asked_for_what(app: App, prefix: str, path: str) -> None:
    answer = httpx.get(app.url + prefix + path)
    assert answer.status_code in {403, 404}
    assert "functions" not in answer.text


def test_a_frame_of_another_site_may_show_it(app: App) -> None:
    """A Space is one; so is whoever embeds a Space."""
    headers = httpx.get(app.url).headers
    assert "frame-ancestors" not in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
