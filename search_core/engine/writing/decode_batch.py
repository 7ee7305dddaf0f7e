"""Continuous batching: between any two tokens some sequences join and some leave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.writing.decode_cache import DecodeCache, SequenceGroup
from search_core.engine.writing.decode_call import SequenceState
from search_core.engine.writing.sampling import Draws, draw
from search_core.engine.writing.seen_tokens import SeenTokens
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import fail


class DecodeBatch:
    """Decodes sequences token by token.

    Args:
        cache: Keys and values of its groups.
        stops: When a step has ended.
        keeps_ends: Whether sequences that have ended are kept too, though nothing continues them.
    """

    def __init__(self, cache: DecodeCache, stops: StopTable, keeps_ends: bool = False) -> None:
        self._cache, self._stops, self._keeps_ends = cache, stops, keeps_ends
        self._groups: list[SequenceGroup] = []

    def __len__(self) -> int:
        """Sequences, of which those that share a group so far count one each."""
        return sum(len(group.sequences) for group in self._groups)

    @property
    def sequences(self) -> Iterator[SequenceState]:
        return (sequence for group in self._groups for sequence in group.sequences)

    @property
    def joinable(self) -> bool:
        """Whether sequences may join now."""
        return self._cache.joinable

    def join(self, sequences: Sequence[SequenceState]) -> None:
        """Take in sequences; each distinct prompt is read once."""
        by_prompt: dict[tuple[int, ...], SequenceGroup] = {}
        for sequence in sequences:
            group = by_prompt.setdefault(sequence.request.prompt, SequenceGroup([]))
            group.sequences.append(sequence)
        new = list(by_prompt.values())
        self._cache.join(self._groups, new)
        self._groups += new

    def step(self) -> None:
        """One more token for every sequence; those that end leave."""
        if not self._groups:
            return
        logits = self._cache.forward(self._groups)
        places = [place for place, group in enumerate(self._groups) for _ in group.sequences]
        if len(places) > len(self._groups):
            logits = logits[torch.tensor(places, device=logits.device)]
        self._record(list(self.sequences), places, logits)
        self.drop_finished()

    def drop_finished(self) -> None:
        """Sequences that have ended leave, and those that nobody waits for any more.

        From its first token on a sequence has a group of its own.
        """
        left = [
            (place, sequence)
            for place, group in enumerate(self._groups)
            for sequence in group.sequences
            if not sequence.call.done() and not sequence.finished
        ]
        if not left and self._groups:
            self.clear()
        elif left and (len(left) < len(self) or len(left) > len(self._groups)):
            self._groups = [SequenceGroup([sequence]) for _, sequence in left]
            self._cache.arrange([place for place, _ in left], self._groups)

    def clear(self, free_memory: bool = False) -> list[SequenceState]:
        """Everyone leaves; returns who was there.

        Args:
            free_memory: No memory is to be kept for the next ones.
        """
        sequences = list(self.sequences)
        self._groups = []
        self._cache.clear(free_memory)
        return sequences

    def _record(
        self, sequences: Sequence[SequenceState], places: Sequence[int], logits: Tensor
    ) -> None:
        numbers = [sequence.uniform for sequence in sequences]
        samplings = [sequence.call.sampling for sequence in sequences]
        draws = Draws.of(numbers, samplings, logits.device)
        tokens, logprobs = draw(logits, draws, _seen(sequences, logits))
        # One transfer for both; ids are exact in any of these floating-point types.
        both: list[Any] = torch.stack([tokens.to(logprobs.dtype), logprobs]).tolist()
        for sequence, place, token, logprob in zip(sequences, places, *both, strict=True):
            if not math.isfinite(logprob):
                self._cache.blank(place)
                fail(
                    sequence.call,
                    ValueError(
                        f"The solver's output is not a number (log-probability {logprob}): its "
                        "weights are broken, or this dtype is too narrow for it. Try float32."
                    ),
                )
            elif sequence.append(int(token), logprob, self._stops) and not sequence.call.done():
                if self._keeps_ends or sequence.result.ended != "end":
                    self._cache.keep(place, sequence)
                sequence.call.sequence_finished()


def _seen(sequences: Sequence[SequenceState], logits: Tensor) -> SeenTokens | None:
    """What repetition penalties are about; None where there are none."""
    penalties = [sequence.call.sampling.repetition_penalty for sequence in sequences]
    if all(penalty == 1 for penalty in penalties):
        return None
    seen = [
        () if penalty == 1 else sequence.seen
        for sequence, penalty in zip(sequences, penalties, strict=True)
    ]
    return SeenTokens.of(seen, penalties, logits.shape[-1], logits.device)
