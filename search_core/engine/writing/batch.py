"""The rows that are decoded together: between any two tokens some join and some leave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.writing.decode_call import OpenRow
from search_core.engine.writing.sampling import Draws, draw
from search_core.engine.writing.slots import KeyValues, Slot
from search_core.engine.writing.stopping import StopTable
from search_core.protocols.watch import fail


class Batch:
    """Decodes rows token by token.

    Args:
        key_values: Of its slots.
        stops: When a step has ended.
        keeps_ends: Whether rows that have ended are stored too, though nothing continues them.
    """

    def __init__(self, key_values: KeyValues, stops: StopTable, keeps_ends: bool = False) -> None:
        self._kv, self._stops, self._keeps_ends = key_values, stops, keeps_ends
        self._slots: list[Slot] = []

    def __len__(self) -> int:
        """Rows, of which those that share a slot so far count one each."""
        return sum(len(slot.rows) for slot in self._slots)

    @property
    def rows(self) -> Iterator[OpenRow]:
        return (one for slot in self._slots for one in slot.rows)

    @property
    def joinable(self) -> bool:
        """Whether rows may join now."""
        return self._kv.joinable

    def join(self, rows: Sequence[OpenRow]) -> None:
        """Take in rows; each distinct prompt is read once."""
        by_prompt: dict[tuple[int, ...], Slot] = {}
        for one in rows:
            by_prompt.setdefault(one.row.prompt, Slot([])).rows.append(one)
        new = list(by_prompt.values())
        self._kv.join(self._slots, new)
        self._slots += new

    def step(self) -> None:
        """One more token for every row; those that end leave."""
        if not self._slots:
            return
        logits = self._kv.forward(self._slots)
        places = [place for place, slot in enumerate(self._slots) for _ in slot.rows]
        rows = list(self.rows)
        if len(places) > len(self._slots):
            logits = logits[torch.tensor(places, device=logits.device)]
        self._record(rows, places, logits)
        self.drop_finished()

    def drop_finished(self) -> None:
        """Rows that have ended leave, and those that nobody waits for any more.

        From its first token on a row has a slot of its own.
        """
        left = [
            (place, one)
            for place, slot in enumerate(self._slots)
            for one in slot.rows
            if not one.call.done() and not one.done
        ]
        if not left and self._slots:
            self.clear()
        elif left and (len(left) < len(self) or len(left) > len(self._slots)):
            self._slots = [Slot([one]) for _, one in left]
            self._kv.arrange([place for place, _ in left], self._slots)

    def clear(self, give_back: bool = False) -> list[OpenRow]:
        """Everyone leaves; returns who was there.

        Args:
            give_back: No memory is to be kept for the next ones.
        """
        rows = list(self.rows)
        self._slots = []
        self._kv.clear(give_back)
        return rows

    def _record(self, rows: Sequence[OpenRow], places: Sequence[int], logits: Tensor) -> None:
        numbers = [one.uniform for one in rows]
        draws = Draws.of(numbers, [one.call.sampling for one in rows], logits.device)
        tokens, logprobs = draw(logits, draws)
        # One transfer for both; ids are exact in any of these floating-point types.
        both: list[Any] = torch.stack([tokens.to(logprobs.dtype), logprobs]).tolist()
        for one, place, token, logprob in zip(rows, places, *both, strict=True):
            if not math.isfinite(logprob):
                self._kv.blank(place)
                fail(
                    one.call,
                    ValueError(
                        f"The solver's output is not a number (log-probability {logprob}): its "
                        "weights are broken, or this dtype is too narrow for it. Try float32."
                    ),
                )
            elif one.take(int(token), logprob, self._stops) and not one.call.done():
                if self._keeps_ends or one.result.ended != "end":
                    self._kv.store(place, one)
                one.call.row_done()
