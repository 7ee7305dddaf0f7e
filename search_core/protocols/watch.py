"""What a model call asks of its run, and what it tells it while it computes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import contextmanager, suppress
from typing import TypeVar

from search_core.log.events import Role

T = TypeVar("T")
SECONDS_BETWEEN_LOOKS = 0.1
LOOKS_PER_SECOND = 100.0
"""Of everybody who waits, together. An engine asks before every token itself; this is for whatever
does not. Each look takes Python's lock from an engine that computes: sixty threads that looked ten
times a second each took a tenth of its processor time."""

Cancelled = Callable[[], bool]
"""Returns True once the person wants the run to stop; cheap enough to ask at every token."""


class RunCancelled(Exception):
    """Raised by a solver or a verifier that saw `cancelled()` in the middle of a call."""


class Watch:
    """The line between one run and the model that computes for it.

    Calling it asks whether the run is to stop. A model may call all of it from any thread.

    Args:
        cancelled: Whether the run is to stop.
        on_written: Called with a sample's place in the call and the tokens it has so far.
        on_begin: Called with the ids of the nodes that a call is going to write, and their role.
    """

    def __init__(
        self,
        cancelled: Cancelled,
        on_written: Callable[[int, int], None] | None = None,
        on_begin: Callable[[Sequence[str], Role], None] | None = None,
    ) -> None:
        self._cancelled = cancelled
        self._on_written = on_written
        self._on_begin = on_begin
        self._warnings: list[str] = []

    def __call__(self) -> bool:
        return self._cancelled()

    def begin(self, ids: Sequence[str], role: Role = "step") -> None:
        """The next call writes these nodes, in this order; none: it writes no nodes."""
        if self._on_begin is not None:
            self._on_begin(ids, role)

    def written(self, place: int, tokens: int) -> None:
        """Sample number `place` of this call has so many tokens by now."""
        if self._on_written is not None:
            self._on_written(place, tokens)

    def warn(self, message: str) -> None:
        """Something went otherwise than planned and the run goes on: one line for its log."""
        self._warnings.append(message)

    def warnings(self) -> list[str]:
        """What was warned of since the last time; each is given once."""
        taken, self._warnings = self._warnings, []
        return taken


def watch_of(cancelled: Cancelled) -> Watch:
    """The watch that came as `cancelled`, or one around a plain function."""
    return cancelled if isinstance(cancelled, Watch) else Watch(cancelled)


class Waiters:
    """How many wait for models at this moment, in all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """While somebody waits."""
        with self._lock:
            self.count += 1
        try:
            yield
        finally:
            with self._lock:
                self.count -= 1

    @property
    def seconds(self) -> float:
        """Between two looks of one of them."""
        return max(SECONDS_BETWEEN_LOOKS, self.count / LOOKS_PER_SECOND)


_waiters = Waiters()


def wait(future: Future[T], cancelled: Cancelled) -> T:
    """What a future brings, unless the run that waits for it is cancelled first.

    The future is cancelled when nobody waits for it any more, whatever the reason: whoever works
    for it may look at that.

    Raises:
        RunCancelled: `cancelled()` became True, or whoever works for the future cancelled it.
        Exception: What went wrong.
    """
    try:
        with _waiters.one_more():
            while not future.done():
                if cancelled():
                    raise RunCancelled
                # It may have been cancelled meanwhile; its end is looked at below.
                with suppress(TimeoutError, CancelledError):
                    future.exception(_waiters.seconds)
    except BaseException:
        future.cancel()
        raise
    try:
        return future.result()
    except CancelledError:
        raise RunCancelled from None


def finish(future: Future[T], result: T) -> None:
    """Give a future its result; too late is as good as never: nobody waits then."""
    with suppress(InvalidStateError):
        future.set_result(result)


def fail(future: Future[T], error: BaseException) -> None:
    """Give a future an error instead of a result; too late as above."""
    with suppress(InvalidStateError):
        future.set_exception(error)
