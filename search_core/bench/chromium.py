"""A headless Chromium to measure with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class BrowserMissing(RuntimeError):
    """There is no browser to measure with; the message says how to get one."""


# The page's own memory, to the byte and without what is garbage already.
_HEAP = ("--enable-precise-memory-info", "--js-flags=--expose-gc")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", *_HEAP)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
_ADVICE = (
    "The page is measured in Chromium through Playwright. Install both: "
    "pip install playwright && playwright install chromium. A Chromium that is there already "
    "is found by its usual names, or named by ESPALIER_CHROMIUM."
)


def chromium_path() -> str | None:
    """The Chromium of this machine; None: the one that Playwright brought.

    Raises:
        BrowserMissing: ESPALIER_CHROMIUM names no file.
    """
    named = os.environ.get("ESPALIER_CHROMIUM")
    if named and not Path(named).is_file():
        raise BrowserMissing(f"ESPALIER_CHROMIUM is {named}, and no such file is there.")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def browser_page() -> Iterator[Any]:
    """A page of a headless Chromium, 1280 by 800.

    Raises:
        BrowserMissing: Playwright or its browser is missing.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise BrowserMissing(_ADVICE) from error
    path = chromium_path()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        except Error as error:
            raise BrowserMissing(f"Chromium does not start ({error}). {_ADVICE}") from error
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 800})
        finally:
            browser.close()
