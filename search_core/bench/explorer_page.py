"""The explorer alone on a page, without Gradio: the browser's share of the work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from search_core.export.html import STYLE_SHEETS

ASSETS = Path(__file__).resolve().parents[2] / "assets"

# Each of its functions waits until what it asked for is drawn, and gives milliseconds.
_PAGE = """<!doctype html><meta charset="utf-8">
__SHEETS__
<style>html, body { margin: 0 } .esp { height: 100vh !important }</style>
<div id="explorer"><div class="esp"></div></div>
<script type="module">
import { mount } from "/js/main.js";
const palette = await (await fetch("/palette.json")).json();
const props = { value: null };
let take = () => {};
// A server that has said all: one that does not answer would be asked again and again.
const nothingMore = async ({ since }) => ({ events: [], head: since, live: false });
const explorer = mount(document.querySelector("#explorer"), {
  props, given: { palette }, server: { pull_events: nothingMore },
  watch: (name, changed) => { take = changed; }, mathsFolder: "/vendor/katex/",
});
const { canvas } = explorer;
const paint = canvas.paint.bind(canvas);
let paintMs = 0;
canvas.paint = () => {
  const start = performance.now();
  paint();
  paintMs = Math.max(paintMs, performance.now() - start);
};
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const frame = () => new Promise((done) => requestAnimationFrame(done));
const drawn = async () => { while (!explorer.lastUpdateMs || !paintMs) await later(5); };
const begin = () => { explorer.lastUpdateMs = paintMs = 0; return performance.now(); };
/** Take a batch of events: the main thread's time for it. */
window.update = async (value) => {
  const start = begin();
  props.value = value;
  take();
  const takeMs = performance.now() - start;
  await drawn();
  await later(100);
  return takeMs + explorer.lastUpdateMs + paintMs;
};
/** Take a whole run: until it is on the screen. */
window.open_run = async (value) => {
  const start = begin();
  props.value = value;
  take();
  await drawn();
  await frame();
  await frame();
  return performance.now() - start;
};
/** Go to a moment of the run: the main thread's time for it. */
window.seek = async (place) => {
  begin();
  explorer.seek(place);
  await drawn();
  return explorer.lastUpdateMs + paintMs;
};
/**
 * From one frame to the next, while the picture is zoomed into, moved about, zoomed out of and
 * dragged by its overview.
 */
window.move_about = async (steps) => {
  canvas.fit();
  await later(600);
  const { minimap } = canvas;
  const zoom = (factor) => canvas.move(canvas.zoomed(canvas.camera, factor, 600, 300));
  const ways = [
    () => zoom(1.12),
    (step) => canvas.nudge(step % 2 ? 0.1 : -0.1, 0.05),
    () => zoom(1 / 1.06),
    (step) => {
      const { left, top, width, height } = minimap.element.getBoundingClientRect();
      minimap.go({ clientX: left + (width * step) / steps, clientY: top + height / 2 });
    },
  ];
  const between = [];
  let before = await frame();
  for (const way of ways)
    for (let step = 0; step < steps; step += 1) {
      way(step);
      const now = await frame();
      between.push(now - before);
      before = now;
    }
  return between;
};
window.heap_megabytes = () => { gc(); return performance.memory.usedJSHeapSize / 1e6; };
window.ready = true;
</script>
""".replace(
    "__SHEETS__",
    "".join(f'<link rel="stylesheet" href="/css/{n}">' for n in (*STYLE_SHEETS, "tokens.css")),
)


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


@contextmanager
def served_explorer() -> Iterator[str]:
    """The address of the page, while it is served."""
    handler = partial(_Handler, directory=str(ASSETS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def open_explorer(page: Any, address: str) -> None:
    """Go there, and wait until it can be asked."""
    page.goto(address)
    page.wait_for_function("() => window.ready")
