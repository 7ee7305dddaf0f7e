"""Milliseconds per update of the tree in a real browser, at 1,000 and 10,000 nodes.

One update is what a live batch costs the page's main thread: taking the events in, folding
them into the tree, laying it out and drawing it once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from search_core.bench.chromium import browser_page
from search_core.bench.measurement import Measurement
from search_core.bench.synthetic import synthetic_log
from search_core.log.events import Event
from search_core.serving import encode_batch

ASSETS = Path(__file__).resolve().parents[2] / "assets"
UPDATES = 20
EVENTS_PER_UPDATE = 48
"""Sixteen nodes: sampled, scored, decided."""
AIMS = {1_000: 20.0, 10_000: 100.0}
"""Milliseconds by number of nodes."""

_PAGE = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="/css/explorer.css"><link rel="stylesheet" href="/css/tree.css">
<link rel="stylesheet" href="/css/panels.css"><link rel="stylesheet" href="/css/tokens.css">
<style>html, body { margin: 0 } .esp { height: 100vh !important }</style>
<div id="explorer"><div class="esp"></div></div>
<script type="module">
import { mount } from "/js/main.js";
const palette = await (await fetch("/palette.json")).json();
const props = { palette, value: null };
let take = () => {};
const explorer = mount(document.querySelector("#explorer"), {
  props, server: { pull_events: async () => undefined },
  watch: (name, changed) => { take = changed; }, mathsFolder: "/vendor/katex/",
});
const paint = explorer.canvas.paint.bind(explorer.canvas);
let paintMs = 0;
explorer.canvas.paint = () => {
  const start = performance.now();
  paint();
  paintMs = Math.max(paintMs, performance.now() - start);
};
const later = (ms) => new Promise((done) => setTimeout(done, ms));
window.update = async (value) => {
  explorer.lastUpdateMs = paintMs = 0;
  const start = performance.now();
  props.value = value;
  take();
  const takeMs = performance.now() - start;
  while (!explorer.lastUpdateMs || !paintMs) await later(5);
  await later(100);
  return takeMs + explorer.lastUpdateMs + paintMs;
};
</script>
"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves the page and the assets, quietly."""

    def guess_type(self, path: Any) -> str:
        # Some systems map .js to text/plain, and browsers refuse to run that as a module.
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        body = _PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Requests are no news."""


def page_measurements() -> list[Measurement]:
    """Milliseconds per update at each size.

    Raises:
        BrowserMissing: There is no browser.
    """
    with _served() as address, browser_page() as page:
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


@contextmanager
def _served() -> Iterator[str]:
    handler = partial(_Handler, directory=str(ASSETS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def _updates(page: Any, address: str, nodes: int) -> list[float]:
    """Fill the tree almost up to `nodes`, then measure the last updates one by one."""
    events = synthetic_log(nodes)
    first = len(events) - UPDATES * EVENTS_PER_UPDATE
    page.goto(address)
    page.wait_for_function("typeof window.update === 'function'")
    page.evaluate("value => window.update(value)", _batch(events, 0, first))
    starts = range(first, len(events), EVENTS_PER_UPDATE)
    batches = [_batch(events, start, start + EVENTS_PER_UPDATE) for start in starts]
    return [float(page.evaluate("value => window.update(value)", batch)) for batch in batches]


def _batch(events: Sequence[Event], start: int, end: int) -> dict[str, Any]:
    text = encode_batch(events[start:end])
    return {"run": "bench", "ev": text, "head": min(end, len(events)), "live": True, "node": None}
