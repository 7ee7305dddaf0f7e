"""Milliseconds per update of the tree in a real browser, at 1,000 and 10,000 nodes.

One update is what a live batch costs the page's main thread: taking the events in, folding
them into the tree, laying it out and drawing it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.bench.chromium import browser_page
from search_core.bench.explorer_page import open_explorer, served_explorer
from search_core.bench.measurement import Measurement
from search_core.bench.synthetic import synthetic_log
from search_core.log.events import Event
from search_core.serving import encode_batch

UPDATES = 20
EVENTS_PER_UPDATE = 48
"""Sixteen nodes: sampled, scored, decided."""
AIMS = {1_000: 20.0, 10_000: 100.0}
"""Milliseconds by number of nodes."""


def page_measurements() -> list[Measurement]:
    """Milliseconds per update at each size.

    Raises:
        BrowserMissing: There is no browser.
    """
    with served_explorer() as address, browser_page() as page:
        return [
            Measurement(
                f"update at {nodes:,} nodes",
                "ms",
                _updates(page, address, nodes),
                aim,
                group="page",
            )
            for nodes, aim in AIMS.items()
        ]


def _updates(page: Any, address: str, nodes: int) -> list[float]:
    """Fill the tree almost up to `nodes`, then measure the last updates one by one."""
    events = synthetic_log(nodes)
    first = len(events) - UPDATES * EVENTS_PER_UPDATE
    open_explorer(page, address)
    page.evaluate("value => window.update(value)", _batch(events, 0, first))
    starts = range(first, len(events), EVENTS_PER_UPDATE)
    batches = [_batch(events, start, start + EVENTS_PER_UPDATE) for start in starts]
    return [float(page.evaluate("value => window.update(value)", batch)) for batch in batches]


def _batch(events: Sequence[Event], start: int, end: int) -> dict[str, Any]:
    text = encode_batch(events[start:end])
    return {"run": "bench", "ev": text, "head": min(end, len(events)), "live": True, "node": None}
