"""The worker process: compares pairs of answers, each in a child of its own.

Run as a file, never imported by the app. Reads `["a", "b", seconds]` lines and writes
`[equal, seconds]` lines: true, false or null (it could not be decided), and the processor time
that it took. The first line written is `"ready"`, or what went wrong. Ends when its input ends,
that is when the parent does.

The libraries are loaded once; every comparison then runs in a fork of this process, which is
bounded in processor time and memory by the kernel. So a comparison that must be ended costs
nobody a new start, and none can see what another one left behind: what two answers are does not
depend on who else was compared. SIGTERM ends the comparison that is under way, and it alone.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import IO, NoReturn

_MEMORY = 1024**3
"""Bytes of address space of one comparison; the libraries take a quarter of it."""
_DEPTH = 10_000
"""Nested calls: deeper than Python's default, because the libraries take a RecursionError for
"not equal"; what is deeper than the stack ends the child, and is undecided."""
_DIFFERENT, _EQUAL, _UNDECIDED = 10, 11, 12
_WARM_UP = (
    (r"\frac{1}{2}", "0.5"),
    (r"\sqrt{8}", r"2\sqrt{2}"),
    ("x^2 + 2x + 1", "(x+1)^2"),
    ("x=5", "5"),
    (r"50\%", "0.5"),
    ("(1,2)", "1<x<2"),
    (r"\{1, 2\}", "1, 2"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1\\3\end{pmatrix}"),
    (r"\sin(x)\cdot 2\pi", r"2\pi \sin x"),
    (r"\frac{\sqrt{3}}{2}", "1.41421356"),
    (r"e^{i\pi}", r"\ln 2"),
    ("2x + 4y = 3", r"y = -\frac{x}{2}"),
    (r"(-\infty, 3) \cup (3, \infty)", r"x \ne 3"),
)
"""What is imported or cached at a first use is there before the first fork."""


def main() -> None:
    """Serves until the input ends."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a library prints must not get between the replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        algebra = _load_algebra()
        for first, second in _WARM_UP:
            algebra.equal(first, second)
    except ImportError as error:
        _reply(replies, str(error))
        return
    gc.collect()
    gc.freeze()  # so that the children share these pages instead of copying them
    stopper = _Stopper()
    _reply(replies, "ready")
    for line in sys.stdin:
        first, second, seconds = json.loads(line)
        child = os.fork()
        if child == 0:
            _compare(algebra, first, second, seconds)
        _reply(replies, stopper.wait_for(child))


class _Stopper:
    """Ends the comparison that is under way when SIGTERM comes; between two, it does nothing."""

    def __init__(self) -> None:
        self._child: int | None = None
        signal.signal(signal.SIGTERM, self._stop)

    def wait_for(self, child: int) -> tuple[bool | None, float]:
        """The outcome of a child, and the processor seconds that it took."""
        self._child = child
        _, status, usage = os.wait4(child, 0)
        self._child = None
        outcome = {_DIFFERENT: False, _EQUAL: True}
        code = os.waitstatus_to_exitcode(status)
        return outcome.get(code), usage.ru_utime + usage.ru_stime

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self._child, signal.SIGKILL)


def _compare(algebra: ModuleType, first: str, second: str, seconds: float) -> NoReturn:
    """In the child: compare within the bounds, and end with the outcome."""
    code = _UNDECIDED
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _bound(seconds)
        _watch_memory()
        equal = algebra.equal(first, second)
        if equal is not None:
            code = _EQUAL if equal else _DIFFERENT
        if code == _DIFFERENT and _peak_memory() > _MEMORY / 2:
            code = _UNDECIDED  # the libraries take a MemoryError for "not equal" too
    finally:
        os._exit(code)


def _bound(seconds: float) -> None:
    """Let the kernel end this process after so much processor time of its own.

    The timer's signal is not handled: it ends the process even inside one long operation on
    big numbers. Time spent waiting for a processor does not count.
    """
    sys.setrecursionlimit(_DEPTH)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    spent = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent, spent))  # should anything reset the timer
    if sys.platform == "linux":  # elsewhere the limit is refused or means something else
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _watch_memory() -> None:
    """End undecided as soon as memory runs out, also where a library goes on after that.

    From Python 3.12 on every exception can be seen when it is raised. Before, only tracing could
    show it, and would make a comparison two to three times as long: there `_peak_memory` has to
    do, which does not see a single piece that was too large to be begun.
    """
    if sys.version_info < (3, 12):
        return
    seen, events = sys.monitoring, sys.monitoring.events
    seen.use_tool_id(seen.DEBUGGER_ID, "memory")
    seen.register_callback(seen.DEBUGGER_ID, events.RAISE, _raised)
    seen.set_events(seen.DEBUGGER_ID, events.RAISE)


def _raised(code: CodeType, offset: int, error: BaseException) -> None:
    if isinstance(error, MemoryError):
        os._exit(_UNDECIDED)


def _peak_memory() -> float:
    """Most bytes that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _load_algebra() -> ModuleType:
    """The module that knows what is equal, without anything of the app.

    The packages above it are empty here: their folders are known, their code is not run.

    Raises:
        ImportError: A library that it needs is not installed.
    """
    answers = Path(__file__).parent
    for name, folder in (("search_core", answers.parent), ("search_core.answers", answers)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return importlib.import_module("search_core.answers.equality.algebra")


def _reply(replies: IO[str], value: object) -> None:
    replies.write(json.dumps(value) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()
