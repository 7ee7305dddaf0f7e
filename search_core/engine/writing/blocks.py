"""Which sequences share a block: those that began together and have not ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from search_core.engine.memory.block_pool import SHARED

_FEW_BRANCHES, _MOST_BRANCHES = 4, 8
"""Branches of a block: each attends to the columns of all, and every block of a pass is padded to
the queries of the fullest one, so that many pay only where what they share is long."""
_SHARED_PER_FEW, _SHARED_PER_MOST = 4, 64
"""Shared columns that are worth one more branch, up to the few and up to the most."""
_LEAST_OWN = 64
"""Columns of single branches that are never too many."""


@dataclass(eq=False, slots=True)
class Block:
    """A block of the pool that is being added to.

    Attributes:
        number: In the pool.
        shared: Columns that all its branches begin with.
        used: Columns written.
    """

    number: int
    shared: int
    used: int
    branches: list[BlockBranch] = field(default_factory=list)

    @property
    def own(self) -> int:
        """Columns that one of its branches has added and that branch alone attends to."""
        return sum(len(branch.columns) for branch in self.branches)

    @property
    def room(self) -> int:
        """Columns until its branches are better off apart, or without those of branches that
        ended."""
        alone = len(self.branches) == 1 and self.shared + self.own == self.used
        return 2**31 if alone else self.shared + max(_LEAST_OWN, self.shared) - self.used

    def split(self) -> list[list[BlockBranch]]:
        """Its branches: together if their own columns alone leave room, else in halves."""
        if len(self.branches) == 1 or 2 * self.own <= max(_LEAST_OWN, self.shared):
            return [self.branches]
        half = (len(self.branches) + 1) // 2
        return [self.branches[:half], self.branches[half:]]


@dataclass(eq=False, slots=True)
class BlockBranch:
    """What a sequence adds to the beginning that it shares with others of its block.

    Attributes:
        owner: Its number there; `SHARED` while what it adds belongs to all who will follow it.
        columns: Those it added, in their order.
    """

    block: Block
    owner: int = SHARED
    columns: list[int] = field(default_factory=list)


def divide(shared: int, places: Sequence[int], calls: Sequence[object]) -> list[Sequence[int]]:
    """Divides the places of sequences that begin with so many columns over blocks.

    Args:
        calls: Whose the sequence at each place is; a block has sequences of one call alone.
    """
    by_call: dict[int, list[int]] = {}
    for place in places:
        by_call.setdefault(id(calls[place]), []).append(place)
    few = min(_FEW_BRANCHES, shared // _SHARED_PER_FEW)
    most = min(_MOST_BRANCHES, max(1, few, shared // _SHARED_PER_MOST))
    parts: list[Sequence[int]] = []
    for own in by_call.values():
        count = -(-len(own) // most)
        cuts = [len(own) * number // count for number in range(count + 1)]
        parts += [own[start:end] for start, end in pairwise(cuts)]
    return parts
