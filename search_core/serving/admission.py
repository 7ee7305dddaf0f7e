"""Lets runs in: so many compute at once, the others wait in a fair line and cost nothing.

A run that waits has no thread, no model and no file. It can be looked at, and stopped, like any
other; one that nobody has looked at for long leaves the line as it would end if it ran.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from search_core.serving.hosted import HostedRun
from search_core.serving.run_times import RunTimes, in_words
from search_core.serving.waiting_line import AdmissionLimits, LineFullError, WaitingLine

Work = Callable[[], None]
_log = logging.getLogger(__name__)


class BusyError(RuntimeError):
    """The server takes no more runs now; the message says why, and when to try again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands that waits.

    Attributes:
        ahead: Runs that begin before it.
        seconds: About how long until it begins; None: too few runs were seen to tell.
    """

    ahead: int
    seconds: float | None


class Admission:
    """Runs' turns, on threads of its own.

    Args:
        limits: How many run, and how many wait.
        clock: Monotone seconds.
    """

    def __init__(
        self, limits: AdmissionLimits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._line = WaitingLine(limits)
        self._times = RunTimes()
        self._asked: dict[str, tuple[HostedRun, Work]] = {}
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def submit(self, run: HostedRun, owner: str, work: Work) -> None:
        """Let a run in when its turn comes; returns at once.

        Args:
            owner: Whose it is; "": nobody else's.
            work: Done on a thread of its own; it ends the run, whatever happens.

        Raises:
            BusyError: Too many wait.
        """
        run.on_stop(self._leave)
        self._drop_left()
        with self._lock:
            try:
                displaced = self._line.join(run.id, owner)
            except LineFullError as full:
                raise BusyError(self._refusal(full)) from full
            self._asked[run.id] = (run, work)
            left = self._asked.pop(displaced, None) if displaced else None
            again = self._again()
        if left is not None:
            left[0].fail(
                "The line is full and most of it are searches from your address, so this one "
                f"gave its place to another visitor. Try again {again}."
            )
            left[0].close()
        self._let_in()

    def standing(self, run: HostedRun) -> Standing | None:
        """Where it stands; None: it does not wait (any more)."""
        self._drop_left()
        with self._lock:
            ahead = self._line.ahead(run.id)
            if ahead is None:
                return None
            return Standing(ahead, self._times.wait(ahead, self.limits.at_once))

    def close(self) -> None:
        """Wait for what runs; what waits ends where it stands."""
        with self._lock:
            waiting = [self._asked[run_id][0] for run_id in self._line.waiting]
        for run in waiting:
            self._leave(run)
        with self._lock:
            self._closed = True
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _let_in(self) -> None:
        while True:
            with self._lock:
                run_id = self._line.take()
                if run_id is None:
                    return
                run, work = self._asked.pop(run_id)
            try:
                self._begin(run, work)
            except RuntimeError as error:  # no more threads, or the server is about to end
                self._turn_away(run, error)
                if self._line.running:
                    return  # whoever ends lets the next one in

    def _begin(self, run: HostedRun, work: Work) -> None:
        """A thread of its own, which ends with the run: no server has many runs at once for long.

        Raises:
            RuntimeError: There is none to be had.
        """
        thread = threading.Thread(target=self._work, args=(run, work), name="run")
        with self._lock:
            if self._closed:
                raise RuntimeError("the server is about to end")
            self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                self._threads.discard(thread)
            raise

    def _turn_away(self, run: HostedRun, error: Exception) -> None:
        _log.error("Run %s could not start: %s", run.id, error)
        with self._lock:
            self._line.leave(run.id)
        run.fail("The server cannot start another search just now. Try again in a moment.")
        run.close()

    def _work(self, run: HostedRun, work: Work) -> None:
        began = self._clock()
        try:
            work()
        except Exception:
            # Its place must come free whatever happens, and whoever waits must hear of the end.
            _log.exception("Run %s ended in a way that nobody expected", run.id)
            run.fail("The server made a mistake; its operator finds it in the log.")
            run.close()
        finally:
            with self._lock:
                self._line.leave(run.id)
                self._times.add(self._clock() - began)
                self._threads.discard(threading.current_thread())
            self._let_in()

    def _leave(self, run: HostedRun) -> None:
        """A run that still waits does not wait any more."""
        with self._lock:
            waits = self._line.ahead(run.id) is not None
            if waits:
                self._line.leave(run.id)
                self._asked.pop(run.id, None)
        if waits:
            run.close()

    def _drop_left(self) -> None:
        """Nobody stands behind those whose people have left."""
        with self._lock:
            gone = [run for run, _ in self._asked.values() if run.cancelled()]
        for run in gone:
            self._leave(run)

    def _refusal(self, full: LineFullError) -> str:
        running = self._line.running
        searches = "1 search" if running == 1 else f"{running} searches"
        own = f" {full.own} of them are from your address." if full.own else ""
        return (
            f"The server is busy with {searches}, and {full}{own} "
            f"Nothing is lost: try again {self._again()}."
        )

    def _again(self) -> str:
        seconds = self._times.wait(0, self.limits.at_once)
        return "in a moment" if seconds is None else f"in {in_words(max(seconds, 10.0))}"
