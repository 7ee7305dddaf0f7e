"""What is decoded together, and what keeps its keys and values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from search_core.engine.writing.decode_call import SequenceState


@dataclass(eq=False, slots=True)
class SequenceGroup:
    """Sequences that have all tokens in common so far: one row of the tensors.

    Attributes:
        sequences: Several with the same prompt until each has drawn its first token, then one.
    """

    sequences: list[SequenceState]

    @property
    def first(self) -> SequenceState:
        return self.sequences[0]


class DecodeCache(Protocol):
    """Keys and values of the groups that are decoded together, known by their places in a list."""

    @property
    def joinable(self) -> bool:
        """Whether more groups may join now."""
        ...

    def join(self, groups: Sequence[SequenceGroup], new: Sequence[SequenceGroup]) -> None:
        """Take in new groups after those that are there, and count what their prompts cost."""
        ...

    def forward(self, groups: Sequence[SequenceGroup]) -> Tensor:
        """Read every group's last token: logits [groups, vocabulary]."""
        ...

    def keep(self, place: int, sequence: SequenceState) -> None:
        """Keep for later what was computed for a finished sequence, which is in this group."""
        ...

    def blank(self, place: int) -> None:
        """A group whose numbers are none leaves; nothing of it may spread."""
        ...

    def arrange(self, sources: Sequence[int], groups: Sequence[SequenceGroup]) -> None:
        """The groups from now on, each with the place where its keys and values were."""
        ...

    def clear(self, free_memory: bool) -> None:
        """Every group has left; perhaps so must all memory."""
        ...


def count_prompt(group: SequenceGroup, known: int) -> None:
    """Write down what a group's prompt cost, split evenly over its sequences.

    Args:
        known: Tokens of it that need not be computed.
    """
    length = len(group.first.request.prompt)
    share, rest = divmod(length - known, len(group.sequences))
    for number, sequence in enumerate(group.sequences):
        sequence.result.prefilled = share + (number < rest)
        sequence.result.reused = length - sequence.result.prefilled
        sequence.result.known = known
