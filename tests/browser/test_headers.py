"""What the app says beside its answers, and what it does not answer."""

from __future__ import annotations

import re

import httpx
import pytest

from components.headers import HEADERS, LASTING
from tests.browser.app_process import App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/config", "/gradio_api/info", "/no/such/place"),
        # Values, not pages: nobody can make anything else of them.
        *("/class/ACDEFG/events", "/audit/state/none", "/verify/begin"),
    ],
)
def test_every_answer_says_what_a_page_may_do(app: App, path: str) -> None:
    headers = httpx.get(app.url + path, headers={"X-Espalier": "x"}).headers
    for name, value in HEADERS.items():
        assert headers[name] == value


@pytest.mark.parametrize(
    "path",
    [
        *("/guide/use", "/learn/", "/compare/", "/verify/", "/verify/report/embedded"),
        *("/compare/table", "/compare/events", "/verify/state/none", "/learn/traces/none.jsonl"),
    ],
)
def test_the_other_places_allow_themselves_less(app: App, path: str) -> None:
    headers = httpx.get(app.url + path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "unsafe-eval" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_never_changes_is_not_asked_for_again(app: App) -> None:
    page = httpx.get(app.url)
    assert "Cache-Control" not in page.headers
    asset = re.search(r"assets/index-[\w-]{8}\.js", page.text)
    folder = re.search(r"/[^\"\\=]*/espalier-\w+", page.text)
    assert asset
    assert folder
    for path in (asset[0], f"gradio_api/file={folder[0]}/js/main.js"):
        answer = httpx.get(f"{app.url}/{path}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == LASTING
    missing = httpx.get(f"{app.url}/assets/index-00000000.js")
    assert missing.headers.get("Cache-Control") != LASTING


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
