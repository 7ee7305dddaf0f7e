"""Memory that was let go goes back to the machine.

The C library keeps freed memory for itself, in arenas of its threads, for as long as a piece above
it is in use. A server that opens large files for strangers would seem to grow for ever.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from functools import cache
from typing import Any

_WORTH_IT = 8 * 2**20
"""Bytes: less is not worth looking through the whole heap for, which takes milliseconds."""

_ARENAS = 2
_MAPPED = 4 * 2**20
"""Bytes: what is larger has pages of its own, which go back as soon as it is freed. Not much less,
or every pass of a model would ask the system for pages."""
_KEPT_FREE = 16 * 2**20
"""Bytes at an arena's end that stay when they are freed. Every pass of a model frees some and asks
for them again: with glibc's 128 KiB a search met four to six times as many page faults."""
# Of malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

SECONDS_QUIET = 5.0
"""After the last run has ended: an idle model lets go of what it kept about then."""

_lock = threading.Lock()
_freed = 0
_waiting: threading.Timer | None = None


def keep_together() -> bool:
    """Have the C library keep what it frees in few places, before there are many threads.

    By itself it gives each thread an arena, up to eight for each processor, and what one of them
    freed serves no other; and the largest piece that was ever freed raises the size up to which
    pieces lie in arenas.

    Returns:
        Whether it will. Only glibc can be told so.
    """
    libc = _glibc()
    if libc is None:
        return False
    wanted = (
        (_M_ARENA_MAX, _ARENAS),
        (_M_MMAP_THRESHOLD, _MAPPED),
        (_M_TRIM_THRESHOLD, _KEPT_FREE),
    )
    return all(libc.mallopt(*option) for option in wanted)


def give_back(count: int) -> bool:
    """Return freed memory to the machine, once so much has been freed that it is worth it.

    Args:
        count: Bytes that were freed since the last call.

    Returns:
        Whether memory was returned. Only glibc keeps any.
    """
    global _freed
    with _lock:
        _freed += count
        if _freed < _WORTH_IT:
            return False
        _freed = 0
    libc = _glibc()
    return libc is not None and bool(libc.malloc_trim(0))


def give_back_when_quiet(seconds: float = SECONDS_QUIET) -> None:
    """Return freed memory to the machine once this has not been called for so long.

    Between two runs of many it would only be asked for again.
    """
    global _waiting
    timer = threading.Timer(seconds, give_back, (_WORTH_IT,))
    timer.daemon = True
    with _lock:
        if _waiting is not None:
            _waiting.cancel()
        _waiting = timer
    try:
        timer.start()
    except RuntimeError:  # no more threads, or the server is about to end: another time
        return


@cache
def _glibc() -> Any:
    """The C library of this process, if it is glibc; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
