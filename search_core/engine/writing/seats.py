"""Who sits in which bundle: rows that began together and have not ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from search_core.engine.memory.bundles import SHARED

_MOST_ROWS = 8
"""Rows of a bundle: each attends to the columns of all, so that many gain nothing."""
_SHARED_PER_ROW = 4
"""Shared columns that are worth one more row."""
_LEAST_OWN = 64
"""Columns of single rows that are never too many."""


@dataclass(eq=False, slots=True)
class Bundle:
    """A strip of columns that is being added to.

    Attributes:
        place: Its number in the buffer.
        shared: Columns that all its rows begin with.
        used: Columns written.
        seats: Its rows.
    """

    place: int
    shared: int
    used: int
    seats: list[Seat] = field(default_factory=list)

    @property
    def own(self) -> int:
        """Columns that one of its rows has added and that row alone attends to."""
        return sum(len(seat.columns) for seat in self.seats)

    @property
    def room(self) -> int:
        """Columns until its rows are better off apart, or without those of rows that ended."""
        alone = len(self.seats) == 1 and self.shared + self.own == self.used
        return 2**31 if alone else self.shared + max(_LEAST_OWN, self.shared) - self.used

    def divided(self) -> list[list[Seat]]:
        """Its rows: together if their own columns alone leave room, else in halves."""
        if len(self.seats) == 1 or 2 * self.own <= max(_LEAST_OWN, self.shared):
            return [self.seats]
        half = (len(self.seats) + 1) // 2
        return [self.seats[:half], self.seats[half:]]


@dataclass(eq=False, slots=True)
class Seat:
    """A row of a bundle.

    Attributes:
        row: Its number; `SHARED` while what it adds belongs to all who will follow it.
        columns: Those it added, in their order.
    """

    bundle: Bundle
    row: int = SHARED
    columns: list[int] = field(default_factory=list)


def parties(shared: int, places: Sequence[int], owners: Sequence[object]) -> list[Sequence[int]]:
    """Divides places of rows that begin with so many columns over bundles.

    Args:
        owners: Whose the row at each place is; a bundle has rows of one owner alone.
    """
    by_owner: dict[int, list[int]] = {}
    for place in places:
        by_owner.setdefault(id(owners[place]), []).append(place)
    most = min(_MOST_ROWS, max(1, shared // _SHARED_PER_ROW))
    found: list[Sequence[int]] = []
    for those in by_owner.values():
        count = -(-len(those) // most)
        cuts = [len(those) * number // count for number in range(count + 1)]
        found += [those[one:other] for one, other in pairwise(cuts)]
    return found
