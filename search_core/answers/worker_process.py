"""The parent's side of one worker process: starts it, asks it, ends it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from search_core.answers.turns import BEAT

_WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class AlgebraReply:
    """What came of comparing two answers.

    Attributes:
        equal: None: it could not be decided.
        seconds: Processor time that it took.
    """

    equal: bool | None
    seconds: float = 0.0


class WorkerProcess:
    """One worker process, which compares one pair at a time. Not thread-safe.

    Raises:
        RuntimeError: It cannot start.
    """

    def __init__(self) -> None:
        if not hasattr(os, "fork"):
            raise RuntimeError(
                f"Comparing answers by algebra needs a system with fork; got {sys.platform}. "
                "Use Linux, macOS, or Linux inside Windows (WSL)."
            )
        self._process = subprocess.Popen(
            # -P: the worker's own folder is not searched for modules.
            [sys.executable, "-P", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # an interrupt from the keyboard is the app's affair
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ready = False
        self._usable = True
        threading.Thread(target=self._read, name="answers", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it can be asked again."""
        return self._usable

    def compare(
        self, first: str, second: str, seconds: float, cancelled: Callable[[], bool]
    ) -> AlgebraReply:
        """Whether algebra calls two answers equal.

        Args:
            seconds: Processor time that it may take; what it waits for is not charged.
            cancelled: Asked while it goes on; once True, the comparison is given up.

        Raises:
            RuntimeError: The process cannot start.
        """
        if not self._wait_until_ready(cancelled):
            return AlgebraReply(None)
        self._usable = False  # until it has replied: nobody may take this reply for another
        request = json.dumps([first, second, seconds]) + "\n"
        try:
            _pipe(self._process.stdin).write(request)
            _pipe(self._process.stdin).flush()
        except BrokenPipeError:  # it died since the last call
            return AlgebraReply(None)
        while (reply := self._next_line()) is None:
            if cancelled():
                self._process.send_signal(signal.SIGTERM)
        if not reply:
            return AlgebraReply(None)
        self._usable = True
        equal, spent = json.loads(reply)
        return AlgebraReply(equal, spent)

    def _wait_until_ready(self, cancelled: Callable[[], bool]) -> bool:
        # However long it takes: how busy the machine is says nothing about the answers.
        while not self._ready:
            said = self._next_line()
            if said is None:
                if cancelled():
                    return False
            elif said == '"ready"\n':
                self._ready = True
            else:
                self._usable = False
                raise RuntimeError(
                    "The process that compares answers did not start; it said: "
                    f"{said.strip() or 'nothing'}. Check that sympy is installed: "
                    "pip install -r requirements.txt"
                )
        return True

    def _next_line(self) -> str | None:
        """What it said, "" if it has ended, or None if nothing came yet."""
        try:
            return self._lines.get(timeout=BEAT)
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the process, and what it is comparing."""
        self._usable = False
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                _pipe(pipe).close()
            except BrokenPipeError:
                continue  # unsent text of a dead worker: there is nobody to read it

    def _read(self) -> None:
        """Hand on each line; "" stands for the end."""
        try:
            for line in _pipe(self._process.stdout):
                self._lines.put(line)
        finally:
            self._lines.put("")


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("The worker process has no pipes.")
    return pipe
