"""Whose turn it is: callers who share a few places get a fair part of the processor each.

Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996): a request is stamped with the
time at which its caller's earlier ones would have ended had everyone always had a fair share,
and the lowest stamp is served first. What a request costs need not be known before it is over.
So whoever asks for much waits for itself, and whoever asks for little hardly waits at all.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass

BEAT = 0.05
"""Seconds after which somebody who waits looks whether it was cancelled."""


@dataclass(slots=True)
class Account:
    """One caller's place in the queue.

    Attributes:
        due: The stamp that its next request gets, unless the others are further by then.
    """

    due: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A request that waits, or is being served."""

    stamp: float
    arrival: int
    long: bool


class Turns:
    """Places that callers take in turns. Thread-safe.

    Args:
        places: How many are served at once. Long requests never take the last of several
            places, so that short ones always get on.

    Raises:
        ValueError: No place at all.
    """

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError(f"There must be at least 1 place; got {places}.")
        self._places = places
        self._long_places = max(1, places - 1)
        self._changed = threading.Condition()
        self._arrivals = itertools.count()
        self._waiting: list[Turn] = []
        self._served: list[Turn] = []
        self._now = 0.0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._changed:
            return len(self._waiting)

    def take(
        self, account: Account, cancelled: Callable[[], bool], *, long: bool = False
    ) -> Turn | None:
        """Wait for this caller's turn.

        Returns:
            What `give_back` needs; None if `cancelled()` became True first.
        """
        with self._changed:
            turn = Turn(max(self._now, account.due), next(self._arrivals), long)
            self._waiting.append(turn)
            try:
                while self._next() is not turn:
                    if cancelled():
                        return None
                    self._changed.wait(BEAT)
                self._served.append(turn)
                self._now = max(self._now, turn.stamp)
                return turn
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()

    def give_back(self, turn: Turn, account: Account, cost: float) -> None:
        """The request is over; it cost so much."""
        with self._changed:
            account.due = max(account.due, turn.stamp + cost)
            self._served.remove(turn)
            self._changed.notify_all()

    def _next(self) -> Turn | None:
        """The request that is to be served now, if there is a place for one."""
        if len(self._served) >= self._places:
            return None
        room_for_long = sum(turn.long for turn in self._served) < self._long_places
        fitting = [turn for turn in self._waiting if room_for_long or not turn.long]
        return min(fitting, default=None)
