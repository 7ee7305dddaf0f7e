"""Who runs, and in what order the others wait: so many at once, fair between visitors.

The order is that of start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) in which every
run weighs the same: a visitor's next run stands behind one run of everybody else who waits, so
whoever asks for fifty cannot keep away whoever asks for one. A place never moves back but for a
newcomer who has had less.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """How many runs a server takes; the operator sets it.

    Attributes:
        at_once: Runs that compute at the same time, at least 1.
        waiting: Runs that may wait for their turn, at least 0.
        per_visitor: Of those that compute, how many may be one visitor's; None: three quarters,
            so that nobody alone keeps everybody away.
    """

    at_once: int = 32
    waiting: int = 256
    per_visitor: int | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("at_once", self.at_once, 1),
            ("waiting", self.waiting, 0),
            ("per_visitor", self.per_visitor, 1),
        ):
            if value is not None and value < least:
                raise ValueError(f"{name} is {value}; it must be at least {least}.")

    @property
    def most_of_one(self) -> int:
        """Runs of one visitor that may compute at the same time."""
        usual = max(1, self.at_once * 3 // 4)
        return usual if self.per_visitor is None else min(self.per_visitor, self.at_once)


class LineFullError(RuntimeError):
    """Nobody else may wait.

    Attributes:
        own: How many of those that wait are the same visitor's.
    """

    def __init__(self, message: str, own: int) -> None:
        super().__init__(message)
        self.own = own


@dataclass(frozen=True, slots=True)
class _Place:
    """Smaller stands further in front: first by turn, then by who came first."""

    turn: int
    number: int
    run_id: str
    owner: str


class WaitingLine:
    """Runs by their ids, and whose they are. Not for several threads at once.

    Args:
        limits: How many run, and how many wait.
    """

    def __init__(self, limits: AdmissionLimits) -> None:
        self._limits = limits
        self._waiting: dict[str, _Place] = {}
        self._running: dict[str, str] = {}
        self._turn = 0
        """Of whoever was let in last."""
        self._last_turns: dict[str, int] = {}
        self._number = 0

    @property
    def running(self) -> int:
        """Runs that were let in and are not over."""
        return len(self._running)

    @property
    def waiting(self) -> list[str]:
        """Those that wait, the next first."""
        return [place.run_id for place in self._order()]

    def join(self, run_id: str, owner: str) -> str | None:
        """Stand in line; returns the run that had to leave for it, or None.

        Where the line is full, the last run of whoever has most in it makes room for a visitor
        who has fewer.

        Args:
            owner: Whose it is; "": nobody else's.

        Raises:
            LineFullError: There is no room, and this visitor has as many in it as anybody.
        """
        owner = owner or run_id
        displaced = None
        # Who finds a free place at once does not wait, however short the line may be.
        if len(self._waiting) >= self._limits.waiting and not self._may_start(owner):
            displaced = self._room_for(owner)
            self.leave(displaced)
        turn = max(self._turn, self._last_turns.get(owner, -1) + 1)
        self._last_turns[owner] = turn
        self._number += 1
        self._waiting[run_id] = _Place(turn, self._number, run_id, owner)
        return displaced

    def take(self) -> str | None:
        """The run whose turn it is, which runs from now on; None: nobody's."""
        if len(self._running) >= self._limits.at_once:
            return None
        mine = Counter(self._running.values())
        for place in self._order():
            if mine[place.owner] < self._limits.most_of_one:
                del self._waiting[place.run_id]
                self._running[place.run_id] = place.owner
                self._turn = max(self._turn, place.turn)
                self._forget_old_turns()
                return place.run_id
        return None

    def leave(self, run_id: str) -> None:
        """It is over, or does not wait any more; one that is not here is as good."""
        self._waiting.pop(run_id, None)
        self._running.pop(run_id, None)

    def ahead(self, run_id: str) -> int | None:
        """How many stand before it; None: it does not wait."""
        place = self._waiting.get(run_id)
        if place is None:
            return None
        mine = (place.turn, place.number)
        return sum((other.turn, other.number) < mine for other in self._waiting.values())

    def _order(self) -> list[_Place]:
        return sorted(self._waiting.values(), key=lambda place: (place.turn, place.number))

    def _may_start(self, owner: str) -> bool:
        """Whether a place is free that only this visitor could take."""
        if len(self._running) >= self._limits.at_once:
            return False
        mine = sum(whose == owner for whose in self._running.values())
        return mine < self._limits.most_of_one

    def _room_for(self, owner: str) -> str:
        held = Counter(place.owner for place in self._waiting.values())
        largest = max(held.values(), default=0)
        if largest <= held[owner] + 1:
            raise LineFullError(
                f"{_searches(len(self._waiting))} already, the most that this server takes.",
                held[owner],
            )
        return next(p.run_id for p in reversed(self._order()) if held[p.owner] == largest)

    def _forget_old_turns(self) -> None:
        # Who has had no more turns than everybody else stands where a stranger would.
        self._last_turns = {
            owner: turn for owner, turn in self._last_turns.items() if turn >= self._turn
        }


def _searches(count: int) -> str:
    return "1 search waits" if count == 1 else f"{count} searches wait"
