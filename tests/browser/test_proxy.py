"""The app behind nginx: under a sub-path, with buffers, and with all of its answers compressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App, start_app
from tests.browser.explorer import open_page, run_of, saved, start, wait
from tests.browser.form import fill, open_trace
from tests.browser.proxy import NGINX, nginx

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]

COMPRESSED = "gzip on; gzip_types *; gzip_proxied any; proxy_buffers 16 64k; proxy_buffer_size 64k;"


@pytest.fixture(scope="module")
def proxied(running_app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of the app behind a proxy, by what the proxy does."""
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:

        def behind(name: str, app_url: str, path: str = "/", settings: str = "") -> str:
            return stack.enter_context(nginx(folder / name, app_url, path, settings))

        under = stack.enter_context(start_app(folder / "runs", "--root-path", "/demo/tree"))
        yield {
            "compressed": behind("compressed", running_app.url, settings=COMPRESSED),
            "under a sub-path": behind("known", under.url, "/demo/tree/"),
        }


def run_and_refresh(page: Page, url: str) -> str:
    """A run streams, a refresh finds it, and the guide opens; the run's id."""
    open_page(page, f"{url}/")
    fill(page, "#option-n", "4")
    run = start(page)
    wait(page, "x.log.complete")
    expect(page).to_have_url(re.compile(rf"{url}/\?.*run={run}"))
    page.reload()
    wait(page, f"x.log.complete && x.log.run === {run!r}")
    assert run_of(page) == run
    with page.expect_popup() as opened:
        page.click("#places a:text-is('Guide')")
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    assert opened.value.url.startswith(f"{url}/guide/")
    opened.value.close()
    return run


def test_a_run_streams_through_one_that_compresses(proxied: dict[str, str], page: Page) -> None:
    run_and_refresh(page, proxied["compressed"])


def test_a_run_and_its_trace_go_through_one_with_a_sub_path(
    proxied: dict[str, str], page: Page, tmp_path: Path
) -> None:
    run = run_and_refresh(page, proxied["under a sub-path"])
    file = tmp_path / "run.jsonl"
    saved(page, "jsonl").save_as(file)
    open_trace(page, file)
    wait(page, f"x.log.complete && x.log.run !== {run!r}")
