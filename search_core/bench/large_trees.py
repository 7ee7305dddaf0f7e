"""Trees of 10,000 and 100,000 nodes in a real browser: opening, seeking, moving about, memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search_core.bench.chromium import browser_page
from search_core.bench.explorer_page import open_explorer, served_explorer
from search_core.bench.measurement import Measurement
from search_core.bench.synthetic import large_log
from search_core.serving import encode_batch

OPENINGS, SEEKS, MOVES = 3, 16, 40


@dataclass(frozen=True, slots=True)
class Aims:
    """Milliseconds, and megabytes of the page's heap."""

    opening: float
    seek: float
    frame: float
    heap: float | None = None


SIZES: Mapping[int, Aims] = {
    10_000: Aims(opening=1_500, seek=40, frame=50),
    100_000: Aims(opening=3_000, seek=100, frame=33, heap=250),
}


def large_tree_measurements() -> list[Measurement]:
    """How long a large run takes to open, to seek in and to move about in, and what it holds.

    Opening begins when the page has the run's text, and ends when it is on the screen.

    Raises:
        BrowserMissing: There is no browser.
    """
    with served_explorer() as address, browser_page() as page:
        return [
            figure
            for nodes, aims in SIZES.items()
            for figure in _measure(page, address, nodes, aims)
        ]


def _measure(page: Any, address: str, nodes: int, aims: Aims) -> list[Measurement]:
    events = large_log(nodes)
    run = {"run": "large", "ev": encode_batch(events), "head": len(events), "live": False}
    opened = []
    for _ in range(OPENINGS):
        open_explorer(page, address)
        opened.append(page.evaluate("run => window.open_run(run)", {**run, "node": None}))
    places = [len(events) * (7 * at % SEEKS + 1) // (SEEKS + 1) for at in range(SEEKS)]
    seeks = [page.evaluate("place => window.seek(place)", place) for place in places]
    page.evaluate("place => window.seek(place)", len(events))
    frames = page.evaluate("steps => window.move_about(steps)", MOVES)
    heap = page.evaluate("window.heap_megabytes()")
    figures = [
        ("opening", "ms", opened, aims.opening),
        ("seek", "ms", seeks, aims.seek),
        ("frame while moving about", "ms", frames, aims.frame),
        ("slowest frame while moving about", "ms", [max(frames)], aims.frame),
        ("heap", "MB", [heap], aims.heap),
    ]
    return [
        Measurement(f"{name} at {nodes:,} nodes", unit, values, aim, group="page")
        for name, unit, values, aim in figures
    ]
