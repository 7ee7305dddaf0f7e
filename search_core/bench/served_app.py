"""The app in a process of its own, as `python app.py` starts it, and what it costs there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class ServedApp:
    """A running app.

    Attributes:
        url: Without a slash at the end.
        seconds: From its start until it answered.
        runs: The folder of its traces.
        said: What it wrote to its terminal, line by line.
    """

    url: str
    seconds: float
    pid: int
    runs: Path
    said: list[str] = field(default_factory=list)

    def processor_seconds(self) -> float:
        """What it and its children have computed so far, by the system's count (Linux)."""
        return sum(_processor_seconds(pid) for pid in (self.pid, *_children(self.pid)))

    def resident_bytes(self) -> int:
        """Memory of the process itself that is not swapped out (Linux)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        """Of the process itself (Linux)."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def descriptors(self) -> int:
        """Open files, sockets and pipes of the process itself (Linux)."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@contextmanager
def served_app(*options: str, root: Path = ROOT) -> Iterator[ServedApp]:
    """Start the app with these options of its command, and end it on leaving.

    Raises:
        RuntimeError: It ended before it served a page.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as runs:
        process = subprocess.Popen(
            [sys.executable, "-u", "app.py", "--runs", runs, *options],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            said: list[str] = []
            url = _address(process, said)
            app = ServedApp(url, time.perf_counter() - started, process.pid, Path(runs), said)
            # Whoever does not read what it writes stops it once the pipe is full.
            threading.Thread(target=said.extend, args=(process.stdout,), daemon=True).start()
            yield app
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen[str], said: list[str]) -> str:
    for line in process.stdout or ():
        said.append(line)
        found = re.search(r"http://[\w.]+:\d+", line)
        if found:
            return found.group()
    raise RuntimeError("The app ended before it served a page:\n" + "".join(said))


def _children(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:  # the thread has ended meanwhile
            continue
    return found


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return 0.0
    return sum(int(fields[place]) for place in (11, 12)) / os.sysconf("SC_CLK_TCK")
