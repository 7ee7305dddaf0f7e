"""What the worst request of each kind costs the server: `python -m tests.costs`.

Everything that a stranger can ask for is asked for over HTTP of the real page, in its worst form of
the allowed size, and the processor time of the whole process is printed: the server's, with the
little that the asking takes. Which bounds make it so is tested elsewhere, by counting work; seconds
depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from components.page import build_page
from search_core.bench.synthetic import synthetic_log
from search_core.log.events import ModelRecord, ProblemRecord, Started, event_to_json
from search_core.models import embedded_pair
from search_core.serving import RunRegistry

LONG = 600.0


class Stranger:
    """Asks a page for whatever its browser side could ask for, and more."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.http = httpx.Client(base_url=page.local_url, timeout=LONG)
        self.session = "a-stranger"
        self.view = next(
            key for key, block in page.blocks.items() if getattr(block, "elem_id", "") == "explorer"
        )

    def call(self, name: str, *data: Any, query: str = "") -> str:
        """Call a handler by its name, as its button does; what came of it, in short."""
        index = next(key for key, fn in self.page.fns.items() if qualified(fn).endswith(name))
        body = {"data": list(data), "fn_index": index, "session_hash": self.session}
        reply = self.http.post(f"gradio_api/queue/join{query}", json=body)
        if reply.status_code != 200:
            return f"{reply.status_code} {reply.text}"
        for message in self._messages():
            if message["msg"] == "process_completed":
                return said(message["output"])
        return "no end"

    def _messages(self) -> Iterator[dict[str, Any]]:
        query = {"session_hash": self.session}
        with self.http.stream("GET", "gradio_api/queue/data", params=query) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    def upload(self, name: str, content: bytes) -> Any:
        """Upload a file; what a handler is given of it, or why not."""
        reply = self.http.post("gradio_api/upload", files={"files": (name, content)})
        if reply.status_code != 200:
            return f"{reply.status_code} {reply.text}"
        path = reply.json()[0]
        return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    def pull(self, run: str, since: int = 0, session: str = "a-stranger") -> dict[str, Any]:
        """A page of a run's events."""
        reply = self.ask_view("pull_events", {"run": run, "since": since}, session)
        values: dict[str, Any] = reply.json() if reply.status_code == 200 else {"events": []}
        return values

    def charts(self, run: str, theme: str) -> str:
        """The charts of a run, by the bytes that they are."""
        reply = self.ask_view("draw_charts", {"run": run, "theme": theme}, "a-stranger")
        return f"{reply.status_code}, {len(reply.content):,} bytes"

    def ask_view(self, function: str, data: dict[str, Any], session: str) -> httpx.Response:
        """Call a function of the explorer's, as the page does."""
        body = {
            "data": data,
            "component_id": self.view,
            "session_hash": session,
            "fn_name": function,
        }
        return self.http.post("gradio_api/component_server", json=body)

    def pull_all(self, run: str) -> str:
        """Every page of a run."""
        have, pages = 0, 0
        while True:
            reply = self.pull(run, have)
            have, pages = have + len(reply["events"]), pages + 1
            if have >= reply.get("head", 0) or not reply["events"]:
                return f"{have:,} events in {pages} pages"

    def get(self, path: str) -> str:
        """Read an address."""
        reply = self.http.get(path)
        return f"{reply.status_code}, {len(reply.content):,} bytes"


def qualified(fn: Any) -> str:
    """A handler's name with its class."""
    return str(getattr(fn.fn, "__qualname__", ""))


def said(output: dict[str, Any]) -> str:
    """What a handler said: its first sentence, or that it worked."""
    told = [value for value in output.get("data", []) if isinstance(value, dict)]
    words = [str(value["text"]) for value in told if value.get("text")]
    return (words or [str(output.get("error") or "done")])[0]


HEADER = Started(
    seq=0,
    t=0.0,
    run="r",
    problem=ProblemRecord(text="?"),
    solver=ModelRecord(name="s"),
    verifier=ModelRecord(name="v"),
    strategy="beam_search",
    options={},
    sampling={},
    seed=0,
    limits={},
)
UPLOADED = 16_000_000


def trace(event: Callable[[int], dict[str, Any]], size: int = UPLOADED, most: int = 10**9) -> bytes:
    """A trace of this many bytes, whose events after the header are made by their number."""
    lines, length = [event_to_json(HEADER)], 0
    while length < size and len(lines) <= most:
        line = json.dumps({"seq": len(lines), "t": 0, **event(len(lines))}, separators=(",", ":"))
        lines.append(line)
        length += len(line) + 1
    return "\n".join([*lines[:-1], ""]).encode()


def sampled(number: int, text: str = "x") -> dict[str, Any]:
    """A step under the problem, or under one of its steps."""
    place = number - 1
    node = f"{place}" if place < 90_000 else f"{place % 90_000}.{place // 90_000}"
    return {"kind": "sampled", "id": node, "text": text, "tokens": 1, "logprob": 0.0}


def shared(number: int) -> dict[str, Any]:
    """A share-out of half a megabyte among one step, named again and again."""
    if number == 1:
        return sampled(1)
    shares = [["0", 1, 1]] * 50_000
    return {"kind": "allocated", "round": 1, "rule": "systematic", "shares": shares}


def spent(number: int) -> dict[str, Any]:
    """The cost of a round of its own."""
    return {"kind": "spent", "round": number, "call": "sample", "requests": 1, "generated": 1}


def cases(stranger: Stranger, runs: Path) -> Iterator[tuple[str, Any]]:
    """Each request in words, and how it is made."""

    def text(words: str) -> Callable[[], str]:
        return lambda: stranger.call(".draw_text", words[:1_000_000], "")

    def file(content: bytes) -> Callable[[], str]:
        def open_it() -> str:
            given = stranger.upload("trace.jsonl", content)
            return given if isinstance(given, str) else stranger.call(".open_trace", given)

        return open_it

    yield "text: 1 MB of 'x', blank line", text("x\n\n" * 333_333)
    yield "text: 20,000 paragraphs", text("x\n\n" * 20_000)
    yield "text: 1 MB without a break", text("x" * 1_000_000)
    yield "text: 1,900 turns", text("go on\n\n" * 50 + "Wait, no\n\n" * 1_900)
    short = "".join(f"Wait, the answer is {number}.\n\n" for number in range(490))
    yield "text: 490 answers", text("go on\n\n" + short)
    many = "".join(f"Wait, the answer is {number}.\n\n" for number in range(1_900))
    yield "text: 1,900 answers, 760,000 characters back", text(("y" * 19_000 + "\n\n") * 40 + many)
    yield "trace: 16 MB of the shortest events", file(trace(sampled))
    yield "trace: 100,000 of the shortest events", file(trace(sampled, most=99_990))
    yield "trace: 16 MB of long texts", file(trace(lambda n: sampled(n, "x" * 190_000)))
    yield "trace: 16 MB of shares of one step", file(trace(shared))
    yield "trace: 3 MB of shares of one step", file(trace(shared, 3_000_000))
    yield "trace: 100,000 rounds", file(trace(spent, most=99_990))
    yield "trace: 16 MB that is no trace", file(b"[" * UPLOADED)
    yield "upload: 20 MB", file(b"x" * 20_000_000)

    log = "".join(event_to_json(event) + "\n" for event in synthetic_log(25_600))
    header = json.loads(log.partition("\n")[0])
    (runs / f"{header['run']}.jsonl").write_text(log)
    large = header["run"]
    yield "pull: 40,000 events, first time since a restart", lambda: stranger.pull_all(large)
    yield "pull: the same again", lambda: stranger.pull_all(large)
    yield "pull: a run that nobody knows", lambda: str(stranger.pull("nobody-knows")["gone"])
    yield "page: opened at this run", lambda: stranger.call(".open_page", query=f"?run={large}")
    yield "charts: of this run", lambda: stranger.charts(large, "light")
    yield "charts: again", lambda: stranger.charts(large, "light")
    yield "charts: in the other theme", lambda: stranger.charts(large, "dark")

    for path in ("", "config", "guide/", "guide/use", "gradio_api/info", "theme.css"):
        yield f"address: /{path}", lambda path=path: stranger.get(path)
    yield (
        "pull: from 100 pages that are made up",
        lambda: str(len([stranger.pull("x", 0, f"made-up-{number}") for number in range(100)])),
    )
    yield (
        "any: a body of 20 MB",
        lambda: stranger.call(".draw_text", "x" * 20_000_000, ""),
    )
    yield (
        "form: a problem at level 1e9",
        lambda: stranger.call("FormHandlers.draw", "countdown", 10**9),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="requests whose name begins so")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        page = build_page(embedded_pair(), RunRegistry(runs))
        page.queue(default_concurrency_limit=16).launch(
            prevent_thread_lock=True, quiet=True, ssr_mode=False, max_file_size="16mb"
        )
        stranger = Stranger(page)
        stranger.get("")
        print(f"{'processor s':>11}  request: what came of it")
        for name, ask in cases(stranger, runs):
            if not name.startswith(only):
                continue
            before = time.process_time()
            outcome = ask()
            print(f"{time.process_time() - before:11.2f}  {name}: {outcome[:100]}", flush=True)
        page.close()


if __name__ == "__main__":
    main()
