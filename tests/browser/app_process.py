"""The real app in a process of its own, and what it wrote to its terminal."""

from __future__ import annotations

import multiprocessing
import os
import re
import runpy
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from typing import Any

from search_core.protocols import Cancelled, RunCancelled
from search_core.solvers.transformers_solver import TransformersSolver

ROOT = Path(__file__).resolve().parents[2]
_ERROR = re.compile(r"Error|Traceback|ERROR")


@dataclass
class App:
    """A running app: its address, and what it wrote to its terminal."""

    url: str
    runs: Path
    process: BaseProcess
    output: list[str] = field(default_factory=list)
    read: int = 0
    """Lines of it that were there when the test at hand began."""

    def kill(self) -> None:
        """End it as a crash does: it writes nothing more."""
        self.process.kill()
        self.process.join()

    def errors(self) -> list[str]:
        """Lines of the server's log, since the test at hand began, that speak of an error."""
        return [line for line in self.output[self.read :] if _ERROR.search(line)]

    def begin(self) -> None:
        """A test begins: what is written down by now is another's."""
        self.read = len(self.output)


# Nine of ten seconds of an app's start and its first run are imports. They are made once, in a
# process that does nothing else, and every app begins as a fork of it, at `python app.py`.
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.browser.app_imports"])


@dataclass
class Gate:
    """Where an app's solver waits; closed, it holds every call until it is opened.

    Attributes:
        opened: Set while every call may pass.
        passes: One for each call that may pass although the gate is closed.
    """

    opened: Event
    passes: Semaphore

    def set(self) -> None:
        """Open it."""
        self.opened.set()

    def clear(self) -> None:
        """Close it."""
        self.opened.clear()

    def let_one_through(self) -> None:
        self.passes.release()

    def wait(self, seconds: float) -> bool:
        """Whether a call may pass, asked for so long."""
        return self.opened.wait(seconds) or self.passes.acquire(block=False)


def new_gate() -> Gate:
    """An open gate for an app's solver."""
    gate = Gate(_forks.Event(), _forks.Semaphore(0))
    gate.set()
    return gate


def _hold_at(gate: Gate) -> None:
    sample = TransformersSolver.sample

    def held(solver: TransformersSolver, requests: Any, sampling: Any, cancelled: Cancelled) -> Any:
        while not gate.wait(0.01):
            if cancelled():
                raise RunCancelled
        return sample(solver, requests, sampling, cancelled)

    TransformersSolver.sample = held  # type: ignore[method-assign]


def _be_the_app(
    arguments: list[str], environment: dict[str, str], output: Connection, gate: Gate | None
) -> None:
    """What `python -u app.py` with these arguments does, in a process that imported it before."""
    if gate is not None:
        _hold_at(gate)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output.fileno(), stream.fileno())
        stream.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    output.close()
    sys.argv = ["app.py", *arguments]
    runpy.run_path("app.py", run_name="__main__")


def kept_port() -> int:
    """A free port that nobody else takes while an app that listened there is away.

    An app without a port of its own takes the first free one from 7860 on, and the system gives
    others those from 32768 on (Linux) to whoever connects: these lie between. Each process of a
    test run that is divided has a hundred to itself.
    """
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    first = 20_000 + 100 * worker
    for port in range(first, first + 100):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"No port from {first} to {first + 99} is free: end what listens there.")


@contextmanager
def start_app(runs: Path, *options: str, gate: Gate | None = None) -> Iterator[App]:
    """Start the app on a free port, with these options of its command; end it on leaving.

    Args:
        runs: The folder of its traces.
        options: Of its command.
        gate: Its solvers wait at this one (see `new_gate`).

    Raises:
        RuntimeError: The app ended before it served; the message holds what it wrote.
    """
    reader, writer = _forks.Pipe(duplex=False)
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    process = _forks.Process(
        target=_be_the_app, args=(["--runs", str(runs), *options], environment, writer, gate)
    )
    process.start()
    writer.close()
    # Not closed here: what reads it ends when the app and all that it started have ended.
    written = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
    reader.close()
    app = App("", runs, process)
    try:
        for line in written:
            app.output.append(line)
            if found := re.search(r"http://[\w.]+:\d+", line):
                app.url = found.group()
                break
        else:
            raise RuntimeError("The app ended before it served:\n" + "".join(app.output))
        collect = threading.Thread(target=app.output.extend, args=(written,), daemon=True)
        collect.start()
        yield app
    finally:
        process.terminate()
        process.join()
