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
_ERROR = re.compile(r"Error|Traceback|ERROR")


@dataclass
class App:
    """A running app: its address, and what it wrote to its terminal."""

    url: str
    runs: Path
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)
    read: int = 0
    """Lines of it that were there when the test at hand began."""

    @property
    def port(self) -> str:
        """Where it listens; an app that is started there again is the same one to a page."""
        return self.url.rpartition(":")[2]

    def kill(self) -> None:
        """End it as a crash does: it writes nothing more."""
        self.process.kill()
        self.process.wait()

    def errors(self) -> list[str]:
        """Lines of the server's log, since the test at hand began, that speak of an error."""
        return [line for line in self.output[self.read :] if _ERROR.search(line)]

    def begin(self) -> None:
        """A test begins: what is written down by now is another's."""
        self.read = len(self.output)


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
