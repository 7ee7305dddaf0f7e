"""What the rows of a batch are: slots, each with the rows that share all tokens so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from search_core.engine.writing.decode_call import OpenRow


@dataclass(eq=False, slots=True)
class Slot:
    """A row of the tensors.

    Attributes:
        rows: Those that continue it: several with the same prompt until each has drawn its
            first token, then one.
    """

    rows: list[OpenRow]

    @property
    def first(self) -> OpenRow:
        return self.rows[0]


class KeyValues(Protocol):
    """Keys and values of the slots that are decoded together."""

    @property
    def joinable(self) -> bool:
        """Whether more slots may join now."""
        ...

    def join(self, slots: Sequence[Slot], new: Sequence[Slot]) -> None:
        """Take in new slots after those that are there, and count what their prompts cost."""
        ...

    def forward(self, slots: Sequence[Slot]) -> Tensor:
        """Read every slot's newest token: logits [slots, vocabulary]."""
        ...

    def store(self, place: int, row: OpenRow) -> None:
        """Keep what was computed for a finished row, which is in this slot."""
        ...

    def blank(self, place: int) -> None:
        """A slot whose numbers are none leaves; nothing of it may spread."""
        ...

    def arrange(self, sources: Sequence[int], slots: Sequence[Slot]) -> None:
        """The slots from now on, each with the place where its keys and values were."""
        ...

    def clear(self, give_back: bool) -> None:
        """Every slot has left; perhaps so must all memory."""
        ...


def count_prompt(slot: Slot, known: int) -> None:
    """Write down what a slot's prompt cost, split evenly over its rows.

    Args:
        known: Tokens of it that need not be computed.
    """
    length = len(slot.first.row.prompt)
    share, rest = divmod(length - known, len(slot.rows))
    for place, one in enumerate(slot.rows):
        one.result.prefilled = share + (place < rest)
        one.result.reused = length - one.result.prefilled
        one.result.known = known
