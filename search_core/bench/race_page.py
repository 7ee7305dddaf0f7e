"""Scrubbing a race of four lanes of 500 steps in a real browser.

`python -m search_core.bench.race_page`. The page is the place Compare alone; a small server plays
the part of the app's.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from search_core.bench.chromium import browser_page
from search_core.bench.explorer_page import ASSETS
from search_core.bench.made_up_searches import made_up_search
from search_core.bench.measurement import Measurement, cells
from search_core.export.html import STYLE_SHEETS
from search_core.log.events import event_to_dict
from search_core.log.tree import Tree
from search_core.race.table import race_values

AIM = 50.0
"""Milliseconds of the main thread, from the hand's move to all four trees painted, and in each
frame until their words stand."""
STEPS = 500
MOVES = 60
_ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("best_of_n", {"n": 50}),
    ("beam_search", {"n": 48, "beam_width": 4}),
    ("dvts", {"n": 48, "beam_width": 4}),
    ("mcts", {"n": 50, "branching": 4}),
)
_SHEETS = "".join(
    f'<link rel="stylesheet" href="/css/{name}">'
    for name in ("tokens.css", "guide.css", *STYLE_SHEETS, "compare.css")
)
# `scrub` goes to a share of the clock and gives the milliseconds of the main thread in each frame
# until all is drawn: in the first all trees are, and their words follow, a tree's in a frame.
_PAGE = f"""<!doctype html><meta charset="utf-8">{_SHEETS}
<body><main class="compare"><div class="esp"></div></main><script type="module">
import {{ Race }} from "/js/race/race.js";
const palette = await (await fetch("/palette.json")).json();
const lanes = ["best_of_n", "beam_search", "dvts", "mcts"];
const recorded = {{ problem: "?", seed: 0, lanes, runs: ["0", "1", "2", "3"] }};
const strategies = lanes.map((name) => ({{ name, title: name, verified: true, options: [] }}));
const given = {{
  ...{{ palette, recorded, strategies, examples: [], sources: {{}} }},
  ...{{ solvers: {{}}, verifiers: {{}}, pairs: [{{ name: "x", embedded: false }}] }},
  ...{{ first: "", most: 4 }},
}};
const root = document.querySelector(".esp");
const race = new Race(root, given);
const frame = () => new Promise((done) => requestAnimationFrame(done));
window.prepare = () => {{
  for (const {{ canvas }} of race.lanes) {{
    const paint = canvas.paint.bind(canvas);
    canvas.paint = (...given) => {{
      const start = performance.now();
      paint(...given);
      window.paintMs += performance.now() - start;
    }};
  }}
}};
window.scrub = async (share) => {{
  const frames = [];
  const start = performance.now();
  race.bar.go(share * race.bar.most);
  window.paintMs = performance.now() - start;
  while (frames.length < 2 || race.lanes.some(({{ canvas }}) => canvas.waiting)) {{
    await frame();
    frames.push(window.paintMs);
    window.paintMs = 0;
  }}
  return frames;
}};
const stepsOf = ({{ events }}) => events.filter(({{ kind }}) => kind === "sampled").length;
window.steps = () => race.lanes.map(stepsOf);
</script>"""


class _RaceHandler(SimpleHTTPRequestHandler):
    """Serves the page, the assets, and the lanes."""

    replies: dict[str, bytes]

    def __init__(self, *arguments: Any, replies: dict[str, bytes], **more: Any) -> None:
        self.replies = replies
        super().__init__(*arguments, **more)

    def guess_type(self, path: Any) -> str:
        # Some systems map .js to text/plain, and browsers refuse to run that as a module.
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def do_GET(self) -> None:
        body = self.replies.get(self.path.split("?")[0])
        if body is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if self.path == "/" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Requests are no news."""


def _logs() -> Iterator[list[Any]]:
    for name, options in _ASKED:
        yield made_up_search(name, options, ends=0.03).events


@contextmanager
def _served(logs: Sequence[list[Any]]) -> Iterator[str]:
    lanes = [
        {"run": str(place), "events": [event_to_dict(event) for event in events], "live": False}
        | {"head": len(events)}
        for place, events in enumerate(logs)
    ]
    table = race_values([(events, Tree.from_events(events)) for events in logs])
    replies = {
        "/": _PAGE.encode(),
        "/events": json.dumps({"lanes": lanes}).encode(),
        "/table": json.dumps(table).encode(),
    }
    handler = partial(_RaceHandler, directory=str(ASSETS), replies=replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def race_page_measurements() -> list[Measurement]:
    """Milliseconds of each step of scrubbing, hither and thither.

    Raises:
        BrowserMissing: There is no browser.
    """
    logs = list(_logs())
    with _served(logs) as address, browser_page() as page:
        page.goto(address)
        page.wait_for_selector('.esp[data-shown="0,1,2,3"]')
        page.evaluate("window.prepare()")
        steps = page.evaluate("window.steps()")
        page.evaluate("window.scrub(1)")
        shares = [*range(MOVES, 0, -1), *range(1, MOVES + 1)]
        scripts = _ScriptTime(page)
        frames, computed = [], []
        for share in shares:
            frames.append(page.evaluate("s => window.scrub(s)", share / MOVES))
            computed.append(scripts.since())
        leaps = [
            max(page.evaluate("s => window.scrub(s)", ((7 * at) % MOVES) / MOVES))
            for at in range(MOVES)
        ]
    painted, longest = [first for first, *_ in frames], [max(each) for each in frames]
    group = f"a race of four lanes of {', '.join(map(str, steps))} steps"
    return [
        Measurement("a step of scrubbing, all trees painted", "ms", painted, AIM, group=group),
        Measurement("19 of 20 of them", "ms", [_most_of(painted)], AIM, group=group),
        Measurement("a step's longest frame, words included", "ms", longest, AIM, group=group),
        Measurement("19 of 20 of them", "ms", [_most_of(longest)], AIM, group=group),
        Measurement("a step, processor time of its scripts", "ms", computed, AIM, group=group),
        Measurement("19 of 20 of them", "ms", [_most_of(computed)], AIM, group=group),
        Measurement("a leap's longest frame", "ms", leaps, AIM, group=group),
    ]


class _ScriptTime:
    """Processor time of the page's main thread in scripts, with the layouts that they wait for.

    What other programs do meanwhile costs no time of it.
    """

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._now()

    def _now(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        seconds: float = next(one["value"] for one in metrics if one["name"] == "ScriptDuration")
        return 1000 * seconds

    def since(self) -> float:
        """Milliseconds since this was asked last."""
        before, self._before = self._before, self._now()
        return self._before - before


def _most_of(values: list[float]) -> float:
    """What 19 of 20 do not exceed: on a busy machine one step may wait for others."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    for figure in race_page_measurements():
        print(f"{figure.group}: " + "  ".join(cells(figure.to_dict())))
