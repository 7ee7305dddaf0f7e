"""The parent's side of math-verify in a worker process, with a hard deadline.

math-verify bounds its own time by SIGALRM, which works in a main thread only, and not
inside one long big-integer operation. So it runs in a process that can be killed. That
process runs one small file and nothing of the app, whatever started the app.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

_WORKER = Path(__file__).with_name("worker.py")
DEADLINE = 2.0
"""Seconds that one comparison may take, in both directions together."""
_START_LIMIT = 60.0


class AlgebraJudge:
    """Compares answers in one worker process; starts it when first asked. Thread-safe."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    @property
    def started(self) -> bool:
        """Whether a worker process exists now."""
        return self._process is not None

    def start(self) -> None:
        """Starts the worker, unless it runs already.

        Raises:
            RuntimeError: The worker cannot start.
        """
        with self._lock:
            self._running()

    def equal(self, first: str, second: str) -> bool | None:
        """Whether math-verify calls them equal in either direction.

        Returns:
            None if the deadline passed or the worker died of the comparison; the worker is
            then replaced at the next call.

        Raises:
            RuntimeError: The worker cannot start.
        """
        with self._lock:
            process = self._running()
            reply = self._ask(process, json.dumps([first, second]), self._deadline)
            if reply is None:
                self._discard()
                return None
            return bool(json.loads(reply))

    def close(self) -> None:
        """Ends the worker process, if there is one."""
        with self._lock:
            self._discard()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None:
            return self._process
        process = subprocess.Popen(
            # -P: the worker's own folder is not searched for modules.
            [sys.executable, "-P", str(_WORKER), str(self._deadline)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._process = process
        reply = self._ask(process, None, _START_LIMIT)
        if reply is None or json.loads(reply) != "ready":
            self._discard()
            said = "nothing" if reply is None else json.loads(reply)
            raise RuntimeError(
                "The process that compares answers did not start; it said: "
                f"{said}. Check that math-verify is installed: "
                "pip install -r requirements.txt"
            )
        return process

    def _ask(self, process: subprocess.Popen[str], line: str | None, limit: float) -> str | None:
        """Sends a line, if any, and waits for the reply; None if none came within the limit."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The worker process has no pipes.")
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(limit, expire)
        timer.daemon = True
        timer.start()
        try:
            if line is not None:
                process.stdin.write(line + "\n")
                process.stdin.flush()
            reply = process.stdout.readline()
        except BrokenPipeError:  # it died since the last call
            reply = ""
        finally:
            timer.cancel()
            timer.join()  # from here on it is certain whether the worker was killed
        return None if expired.is_set() or not reply.endswith("\n") else reply

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # unsent text of a dead worker: there is nobody to read it
        process.wait()


_shared: AlgebraJudge | None = None
_shared_lock = threading.Lock()


def shared_judge() -> AlgebraJudge:
    """The one judge of this process."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = AlgebraJudge()
            atexit.register(_shared.close)
        return _shared


def _forget_shared() -> None:
    """In a forked child: the worker and the locks belong to the parent."""
    global _shared, _shared_lock
    _shared, _shared_lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_shared)
