"""The real app in a process of its own, and a real headless Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """A Chromium of this machine; None: the one that Playwright brought."""
    named = os.environ.get("ESPALIER_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class App:
    """A running app: its address, and what it wrote to its terminal."""

    url: str
    runs: Path
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)

    def errors(self) -> list[str]:
        """Lines of the server's log that speak of an error of ours."""
        lines = without_gradio_race("".join(self.output)).splitlines()
        return [line for line in lines if re.search(r"Error|Traceback|ERROR", line)]


_RACES = (
    ("del blocks._queue.pending_messages_per_session[session_hash]", r"KeyError: '\w+'"),
    (
        "in sse_stream\n",
        r"\S*HTTPException: 404.*^RuntimeError: Caught handled exception, but response already "
        r"started\.",
    ),
)
"""A line of a traceback, and how that ends."""


def without_gradio_race(log: str) -> str:
    """A server's log without what gradio 6.31 says when a page with two open streams closes.

    Both streams then want the same queue of messages, and one finds it gone, when it deletes it
    or when it looks for its next message (`sse_stream` in gradio/routes.py). Nobody is there any
    more who could miss anything.
    """
    blocks = re.split(r"(?=^ERROR:)", log, flags=re.MULTILINE)
    for line, end in _RACES:
        whole = re.compile(rf"\A.*?^{end}\n", re.DOTALL | re.MULTILINE)
        blocks = [whole.sub("", block) if line in block else block for block in blocks]
    return "".join(blocks)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    runs = tmp_path_factory.mktemp("runs")
    with start_app(runs) as running:
        yield running


class start_app:  # noqa: N801  (used like a function)
    """Start the app on a free port; stop it on leaving."""

    def __init__(self, runs: Path, *more: str) -> None:
        self._runs = runs
        self._more = more

    def __enter__(self) -> App:
        command = [sys.executable, "-u", "app.py", "--runs", str(self._runs), *self._more]
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._app = App("", self._runs, process)
        assert process.stdout is not None
        for line in process.stdout:
            self._app.output.append(line)
            found = re.search(r"http://[\w.]+:\d+", line)
            if found:
                self._app.url = found.group()
                break
        else:
            raise RuntimeError("The app ended before it served:\n" + "".join(self._app.output))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self._app

    def _read(self) -> None:
        assert self._app.process.stdout is not None
        self._app.output.extend(self._app.process.stdout)

    def __exit__(self, *_: object) -> None:
        self._app.process.terminate()
        self._app.process.wait(20)


@pytest.fixture
def console() -> list[str]:
    """Errors and warnings of the browser console, as they come."""
    return []


@pytest.fixture
def page(browser: Browser, console: list[str]) -> Iterator[Page]:
    """A fresh page; a test fails if its console shows an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    listen(page, console)
    yield page
    context.close()
    assert console == []


# What Gradio's own client says when a page is left, or reloaded, in the middle of a stream.
_LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out.")


def listen(page: Page, console: list[str]) -> None:
    """Collect what a page complains about."""

    def collect(text: str) -> None:
        if not text.startswith(_LEAVING):
            console.append(text)

    page.on("pageerror", lambda error: collect(str(error)))
    page.on("console", lambda m: collect(m.text) if m.type == "error" else None)
