"""Where the processor's time goes, function by function, over all threads of this process.

Waiting counts for nothing, and who else uses the machine hardly matters. Except in one line:
a thread that still waits when the block ends leaves a wrong time for its lock.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FUNCTIONS = 60


@contextmanager
def profiled(path: Path | None) -> Iterator[None]:
    """Write a text profile of the block and of the threads that it starts; None: do nothing."""
    if path is None:
        yield
        return
    profiles = [cProfile.Profile(time.thread_time)]

    def begin(*_: Any) -> None:
        # Called by a new thread; enabling its own profile takes this function's place.
        profiles.append(cProfile.Profile(time.thread_time))
        profiles[-1].enable()

    threading.setprofile(begin)
    profiles[0].enable()
    try:
        yield
    finally:
        profiles[0].disable()
        threading.setprofile(None)
        path.write_text(_text(profiles), encoding="utf-8")


def _text(profiles: list[cProfile.Profile]) -> str:
    text = io.StringIO()
    for order in ("tottime", "cumulative"):
        stats = pstats.Stats(stream=text)
        for profile in profiles:
            profile.create_stats()
            if profile.getstats():
                stats.add(profile)
        stats.sort_stats(order).print_stats(_FUNCTIONS)
    return text.getvalue()
