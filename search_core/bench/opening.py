"""From starting the app to a usable page, and from Run to a tree in a real browser.

The app runs in a process of its own, as `python app.py` starts it.
"""

from __future__ import annotations

import time
from typing import Any

from search_core.bench.chromium import browser_page
from search_core.bench.measurement import Measurement
from search_core.bench.served_app import served_app

USABLE_AIM = 2.0
"""Seconds from opening the address of a running server."""
FIRST_NODE_AIM, TREE_AIM = 0.5, 3.0
"""Seconds from pressing Run, warm."""
CHARTS_AIM = 2.0
"""Seconds from bringing their panel to the front, on a page that has just become usable."""
_EXPLORER = "[...document.querySelectorAll('#explorer *')].find(e => e.espalier)?.espalier"


def opening_measurements(runs: int = 5) -> list[Measurement]:
    """Seconds until the page is usable, its charts are drawn, and Run shows a node and its tree.

    Raises:
        BrowserMissing: There is no browser.
        RuntimeError: The app does not start.
    """
    with served_app() as app, browser_page() as page:
        opened = [(_open(page, app.url), _charts(page)) for _ in range(runs)]
        _run(page)  # the models are loaded by now, or with this one
        searched = [_run(page) for _ in range(runs)]
    figures = [
        ("server answers after start", [app.seconds], None),
        ("page usable after opening", [o[0] for o in opened], USABLE_AIM),
        ("charts after opening their panel", [o[1] for o in opened], CHARTS_AIM),
        ("Run to first node on the page", [s[0] for s in searched], FIRST_NODE_AIM),
        ("Run to finished tree on the page", [s[1] for s in searched], TREE_AIM),
    ]
    return [Measurement(name, "s", values, aim, group="page") for name, values, aim in figures]


def _open(page: Any, address: str) -> float:
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function(
        f"() => {_EXPLORER}?.log.complete && !document.querySelector('#run').disabled"
    )
    return time.perf_counter() - started


def _charts(page: Any) -> float:
    started = time.perf_counter()
    page.get_by_role("tab", name="Charts").click()
    page.wait_for_function(
        """() => [...document.querySelectorAll('#explorer .js-plotly-plot')]
          .filter((chart) => chart.layout).length >= 3"""
    )
    seconds = time.perf_counter() - started
    page.get_by_role("tab", name="Tree").click()  # what comes next is not drawn twice
    return seconds


def _run(page: Any) -> tuple[float, float]:
    """Seconds from the press to the first node, and to the finished tree."""
    before = page.evaluate(f"{_EXPLORER}.log.run")
    page.wait_for_function("() => !document.querySelector('#run').disabled")
    started = time.perf_counter()
    page.click("#run")
    page.wait_for_function(
        f"() => {_EXPLORER}.log.run !== {before!r} && {_EXPLORER}.tree().nodes.size > 1"
    )
    first = time.perf_counter() - started
    page.wait_for_function(f"() => {_EXPLORER}.log.complete")
    return first, time.perf_counter() - started
