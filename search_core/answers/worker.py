"""The worker process: compares pairs of answers with math-verify, one a line.

Run as a file, never imported by the app. Reads `["a", "b"]` lines, writes `true`, `false` or
`null` (it cannot be decided) lines; the first line written is `"ready"`, or what went wrong.
Ends when its input ends, that is when the parent does.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import IO

_MEMORY = 2 * 1024**3
_GRACE = 3.0


def main() -> None:
    """Serves until the input ends. The only argument is the deadline in seconds."""
    deadline = float(sys.argv[1])
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a library prints must not get between the replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_memory()
    try:
        equal = _load_algebra().equal
    except ImportError as error:
        _reply(replies, str(error))
        return

    equal("\\frac{1}{2}", "0.5")  # the first comparison imports a good deal
    _reply(replies, "ready")
    for line in sys.stdin:
        first, second = json.loads(line)
        # Ends this process from a thread that needs no interpreter lock, even if the parent
        # is gone and one big-integer power would run for hours.
        faulthandler.dump_traceback_later(deadline + _GRACE, exit=True, file=sys.stderr)
        try:
            result = equal(first, second)
        except (MemoryError, RecursionError):
            result = False  # too big to compare counts as different
        faulthandler.cancel_dump_traceback_later()
        _reply(replies, result)


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


def _reply(replies: IO[str], value: bool | str | None) -> None:
    replies.write(json.dumps(value) + "\n")
    replies.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the deadline holds there too
        return
    if sys.platform == "linux":  # elsewhere the limit is refused or means something else
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main()
