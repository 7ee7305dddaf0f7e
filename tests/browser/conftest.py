"""One browser, one app and one small stage for all tests here; a fresh page for each.

A browser test costs what it loads. In processor time: a page of the app 2 to 3 seconds, in a window
that was not used before 4 to 7; a run of 16 attempts on the page 2 to 3, of 4 a third; an app of
its own (`start_app`) and its first run 5; a look of axe at the whole page 1.2, at its colours alone
0.6; another width or another theme 0.1 to 0.5. Hence:

- What can be asked of a module without a page belongs in `tests/js` (node) or in Python.
- What needs a tree and nothing of the app around it belongs on the `stage`.
- Tests that only look at one state of a page share it: `keep` opens an address unless the test
  before left it open, and gives it the theme. Widths that are walked through go innermost: the
  window changes, the page stays.
- A test that changes the page (`page`) says in one load all that follows from one another.
- An app of one's own is for what an option of the command changes, or for an app that is killed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.app_process import App, start_app
from tests.browser.explorer import open_page, settle, wait
from tests.browser.pages import Keep, Visit, Windows, leave, listen, show_theme
from tests.browser.stage import Stage, served_stage
from tests.waiting import PATIENCE

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The headless shell is the same page without the windows and menus that nobody sees here.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """A Chromium of this machine; None: the one that Playwright brought."""
    named = os.environ.get("ESPALIER_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


# Closed when the last test of this folder is done: while Playwright is there, its thread has a
# running event loop, and no later test of the same process could start one.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=FLAGS, timeout=PATIENCE * 1000
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with start_app(tmp_path_factory.mktemp("runs")) as running:
        yield running


@pytest.fixture
def app(running_app: App) -> App:
    """The one app that all share; `app.errors()` are those of this test."""
    running_app.begin()
    return running_app


@pytest.fixture(scope="session")
def served() -> Iterator[Stage]:
    with served_stage() as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    """The small page whose runs a test controls, without what another test did to it."""
    served.reset()
    return served


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Iterator[Windows]:
    """The windows in which the tests follow one another.

    A page that opens where another of its kind was before opens four times as fast as in a store
    and a process of its own: what Gradio brings along is there already, and compiled.
    """
    windows = Windows(browser)
    yield windows
    windows.close()


@pytest.fixture(scope="package")
def window(windows: Windows) -> Iterator[Page]:
    """The window of all tests that need one; it may stay open between them."""
    with windows.borrow() as page:
        yield page


@pytest.fixture
def console() -> list[str]:
    """Errors and warnings of the browser console, as they come."""
    return []


@pytest.fixture
def page(window: Page, console: list[str]) -> Iterator[Page]:
    """A page as a new visitor finds it; a test fails if its console shows an error."""
    leave(window)
    stop_listening = listen(window, console)
    yield window
    leave(window)
    stop_listening()
    assert console == []


@pytest.fixture
def phone(windows: Windows, console: list[str]) -> Iterator[Page]:
    """A page of a visitor's own on a phone, of 390 by 844 and with fingers."""
    with windows.borrow(phone=True) as page:
        stop_listening = listen(page, console)
        yield page
        stop_listening()


@pytest.fixture
def keep(window: Page, console: list[str]) -> Iterator[Keep]:
    """For tests that look at one page in many ways, one after another: it stays open.

    What it was opened with is written on the page itself: the run on show changes its address.
    """
    stop_listening = listen(window, console)

    def open_unless_open(url: str, theme: str = "light") -> tuple[Page, bool]:
        new = window.evaluate("window.keptFor") != url
        if new:
            leave(window)
            open_page(window, url)
            window.evaluate("url => { window.keptFor = url; }", url)
        show_theme(window, theme)
        return window, new

    yield open_unless_open
    stop_listening()
    assert console == []


@pytest.fixture
def visit(windows: Windows, console: list[str]) -> Iterator[Visit]:
    """Opens pages that share nothing with those of the test: another visitor's."""
    with ExitStack() as stack:

        def open_one() -> Page:
            page = stack.enter_context(windows.borrow())
            stack.callback(listen(page, console))
            return page

        yield open_one


@pytest.fixture
def view(stage: Stage, page: Page) -> Page:
    """The stage's page, its first run complete."""
    page.goto(f"{stage.url}/")
    wait(page, "x.log.complete")
    settle(page)
    return page
