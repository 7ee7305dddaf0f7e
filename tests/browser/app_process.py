"""The real app in a process of its own, and what it wrote to its terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class App:
    """A running app: its address, and what it wrote to its terminal."""

    url: str
    runs: Path
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)

    @property
    def port(self) -> str:
        """Where it listens; an app that is started there again is the same one to a page."""
        return self.url.rpartition(":")[2]

    def kill(self) -> None:
        """End it as a crash does: it writes nothing more."""
        self.process.kill()
        self.process.wait()

    def errors(self) -> list[str]:
        """Lines of the server's log that speak of an error of ours."""
        lines = without_gradio_race("".join(self.output)).splitlines()
        return [line for line in lines if re.search(r"Error|Traceback|ERROR", line)]


@contextmanager
def start_app(runs: Path, *options: str) -> Iterator[App]:
    """Start the app on a free port, with these options of its command; end it on leaving.

    Raises:
        RuntimeError: The app ended before it served; the message holds what it wrote.
    """
    process = subprocess.Popen(
        [sys.executable, "-u", "app.py", "--runs", str(runs), *options],
        cwd=ROOT,
        env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    app = App("", runs, process)
    try:
        for line in process.stdout:
            app.output.append(line)
            if found := re.search(r"http://[\w.]+:\d+", line):
                app.url = found.group()
                break
        else:
            raise RuntimeError("The app ended before it served:\n" + "".join(app.output))
        reader = threading.Thread(target=app.output.extend, args=(process.stdout,), daemon=True)
        reader.start()
        yield app
    finally:
        process.terminate()
        process.wait()


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
