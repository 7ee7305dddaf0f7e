"""A small page with one TreeView, whose runs and whose faults the tests control."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

from components.explorer.tree_view import RECALLED, TreeView
from components.shell import _spare
from search_core.bench.synthetic import synthetic_log
from search_core.log.events import event_from_dict, event_to_dict
from search_core.serving.batches import encode_batch
from tests.browser.method_logs import METHODS
from tests.fake_logs import Events, fake_greedy, fake_log, renamed
from tests.waiting import wait_until

FIRST = "recorded-beam"
"""What the page shows first."""
MATHS = (
    r"So \(x^2 + \frac{1}{2}\) is $5 and \(\notacommand{\) stays; \(\href{javascript:alert(1)}{y}\)"
)
RIGHT_TO_LEFT = r"نجمع \(3 + 4 = 7\) أولاً؛ ثم نطرح"
HOSTILE = "<img src=x onerror=window.pwned=1>${window.pwned=1}</script>{{window.pwned=1}}"


def with_texts(events: Events, *texts: str) -> Events:
    """The same log, its steps and answers saying these things in turn."""
    changed = []
    for index, event in enumerate(events):
        text = texts[index % len(texts)]
        if event["kind"] == "sampled":
            event = {**event, "text": text}
        elif event["kind"] == "completed" and event.get("answer"):
            event = {**event, "answer": text[:190]}
        changed.append(event)
    return changed


@dataclass
class Stage:
    """What the page's server knows, and where it is."""

    runs: dict[str, Events]
    heads: dict[str, int] = field(default_factory=dict)
    drop: int = 0
    """Leave out every so many-th batch."""
    broken: bool = False
    pulls: int = 0
    pushes: queue.Queue[dict[str, Any] | None] = field(default_factory=queue.Queue)
    """Batches that a test sends one by one; None ends the stream."""
    url: str = ""

    def reset(self) -> None:
        """Forget what a test did to the page; its runs stay."""
        self.heads.clear()
        self.drop, self.broken, self.pulls = 0, False, 0
        self.pushes.put(None)  # whoever still listens ends
        self.pushes = queue.Queue()

    def head(self, run: str) -> int:
        return self.heads.get(run, len(self.runs[run]))

    def whole(self, run: str) -> dict[str, Any]:
        return {"run": run, "ev": "", "head": len(self.runs[run]), "live": False}

    def pull(self, query: Any) -> dict[str, Any]:
        self.pulls += 1
        if self.broken:
            raise RuntimeError("the server is out of order, as the test wants it")
        events, head = self.runs[query["run"]], self.head(query["run"])
        page = events[:head][query["since"] : query["since"] + 2000]
        return {"events": page, "head": head, "live": head < len(events), "gone": False}

    def stream(self, run: str) -> Iterator[dict[str, Any]]:
        events = self.runs[run]
        for number, start in enumerate(range(0, len(events), 6)):
            batch = [event_from_dict(event) for event in events[start : start + 6]]
            head = self.heads[run] = start + len(batch)
            ev, live = encode_batch(batch), head < len(events)
            if not self.drop or number % self.drop:
                yield {"run": run, "ev": ev, "head": head, "live": live}
            time.sleep(0.01)  # as a model writes, bit by bit; nothing waits for it

    def tell(self) -> Iterator[dict[str, Any]]:
        pushes = self.pushes
        while (batch := pushes.get()) is not None:
            yield batch

    def blocks(self) -> gr.Blocks:
        with gr.Blocks(fill_width=True, analytics_enabled=False) as page:
            wanted = gr.Textbox(elem_id="wanted")
            show, stream = gr.Button(elem_id="show"), gr.Button(elem_id="stream")
            tell = gr.Button(elem_id="tell")
            view = TreeView(
                self.whole(FIRST),
                pull_events=self.pull,
                labels={"strategies": {"beam_search": "Beam search"}},
                comparisons=[{"name": "A bigger model", "flops": 3e12}],
                elem_id="explorer",
            )
            quiet: dict[str, Any] = {"show_progress": "hidden"}
            show.click(self.whole, wanted, view, **quiet)
            stream.click(self.stream, wanted, view, **quiet)
            tell.click(self.tell, None, view, **quiet)
            view.recall(self.recall, wanted, view, js=RECALLED, trigger_mode="multiple", **quiet)
            page.load(self.resume, None, view, **quiet)
        # As the app's own, and rarer: a thousand looks a second whether somebody came took 6 % of
        # a core, in each worker, to the end of the tests.
        _spare(page.queue()._queue)
        page._queue.sleep_when_free = 0.05
        return page

    def recall(self, run: str) -> dict[str, Any]:
        """A run that was on show; for what it never had, the page's own."""
        return {**self.whole(run if run in self.runs else FIRST), "recalled": run}

    def resume(self, request: gr.Request) -> Any:
        run = dict(request.query_params).get("run")
        return self.whole(run) if run in self.runs else gr.skip()


LONG_ANSWER = "7" * 300


def not_compared(header: dict[str, Any]) -> Events:
    """Three answers, of which two could not be compared, nor one of them with the reference."""
    events: Events = [header]
    for group, (answer, undecided) in enumerate([("x+1", []), ("b^b", [0]), (LONG_ANSWER, [])]):
        node = str(group)
        events += [
            {"kind": "sampled", "id": node, "text": answer, "tokens": 1, "logprob": -1},
            {"kind": "scored", "id": node, "score": 0.5 - group / 10},
            {"kind": "completed", "id": node, "answer": answer, "group": group}
            | ({"undecided": undecided} if undecided else {}),
        ]
    tally = [[0, "x+1", 1, 1], [1, "b^b", 1, 1], [2, LONG_ANSWER, 1, 1]]
    events += [
        {"kind": "voted", "method": "majority", "tally": tally, "chosen": "0"},
        {"kind": "graded", "right": ["0"], "wrong": ["2"], "undecided": ["1"]},
        {"kind": "finished", "status": "completed", "method": "majority", "chosen": "0"}
        | {"answer": "x+1"},
    ]
    numbered = [{**event, "seq": seq, "t": seq} for seq, event in enumerate(events)]
    return renamed(numbered, "undecided")


@contextmanager
def served_stage() -> Iterator[Stage]:
    """The page, served under a sub-path, with a run of every kind."""
    beam = fake_log(FIRST)
    runs = {
        **METHODS,
        FIRST: beam,
        "live": fake_log("live", n=24),
        "dvts": fake_log("dvts", "dvts"),
        "best": fake_log("best", "best_of_n"),
        "greedy": renamed(fake_greedy(), "greedy"),
        "hostile": with_texts(renamed(beam, "hostile"), HOSTILE, "x" * 100_000, MATHS),
        "undecided": not_compared(beam[0]),
        "rtl": with_texts(renamed(beam, "rtl"), RIGHT_TO_LEFT),
        "large": renamed([event_to_dict(event) for event in synthetic_log(10_000)], "large"),
    }
    stage = Stage(runs)
    app = FastAPI()
    app.get("/favicon.ico", status_code=204)(lambda: None)
    gr.mount_gradio_app(app, stage.blocks(), path="/sub/path")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "The small page's server")
    port = server.servers[0].sockets[0].getsockname()[1]
    stage.url = f"http://127.0.0.1:{port}/sub/path"
    yield stage
    stage.reset()
    server.should_exit = True
    thread.join()
