"""Keys and values that grow as a tree: rows begin where the store's knowledge ends, and those
that begin together share what they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.budgets import groups_by_size, memory_budget
from search_core.engine.memory.bundles import SHARED, BundleBuffer
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.memory.prefix_store import PrefixStore
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.lineup import Lineup
from search_core.engine.writing.decode_call import OpenRow
from search_core.engine.writing.fixed_shapes import FixedShapes
from search_core.engine.writing.seating import Seating
from search_core.engine.writing.slots import Slot, count_prompt

_MOST_READ = 16_384
"""Padded positions that one pass over new prompts takes, unless a single one is longer."""
_MOST_KEPT = 64 * 1024**2
"""Bytes of room that wait for the next rows when nobody is there."""


class TreeKeyValues:
    """For models whose paths can be cut anywhere (`kv_layout`).

    The newest token of a slot is never in here: it is read by the next forward pass. So a step
    whose path was decoded before costs one token beside its own.

    Args:
        store: Where paths begin, and where finished rows leave theirs.
        shapes: Reads the passes; None: each in its own shape.
    """

    joinable = True

    def __init__(
        self, model: Any, layout: KvLayout, store: PrefixStore, shapes: FixedShapes | None = None
    ) -> None:
        self._model, self._layout, self._kept = model, layout, store
        self._shapes = shapes
        self._seating = self._seated(BundleBuffer(layout))

    def join(self, slots: Sequence[Slot], new: Sequence[Slot]) -> None:
        places = {slot: len(slots) + number for number, slot in enumerate(new)}
        unread = []
        for slot in new:
            ids = slot.first.row.prompt[:-1]
            known = self._kept.longest(ids, slot.first.row.run)
            for one in slot.rows[1:]:
                self._kept.longest(ids, one.row.run)  # They hold it too.
            count_prompt(slot, known.length)
            if known.length == len(ids):
                known.write_into(self._seating.open(places[slot], len(ids)))
            else:
                unread.append(slot)
        paths = [slot.first.row.prompt[:-1] for slot in unread]
        rests = [len(ids) - self._kept.longest(ids).length for ids in paths]
        for group in groups_by_size([len(ids) for ids in paths], rests, _MOST_READ):
            self._read({places[unread[index]]: unread[index] for index in group})

    def _read(self, unread: dict[int, Slot]) -> None:
        """Compute what is not stored of prompts, all in one pass."""
        seating = self._seating
        bundles: list[int] = []
        columns: list[int] = []
        tokens: list[int] = []
        for place, slot in unread.items():
            ids = slot.first.row.prompt[:-1]
            # Looked up again: storing what was read before may have dropped segments.
            known = self._kept.longest(ids)
            count_prompt(slot, known.length)
            known.write_into(seating.open(place, len(ids)))
            bundles += [seating.bundle(place)] * (len(ids) - known.length)
            columns += range(known.length, len(ids))
            tokens += ids[known.length :]
        if tokens:
            lineup = Lineup(seating.buffer, bundles, [SHARED] * len(bundles), columns)
            inputs = to_device(torch.tensor([tokens, columns]), self._layout.device)
            lineup.read(partial(self._model, logits_to_keep=1), inputs[0], inputs[1])
        for place, slot in unread.items():
            ids = slot.first.row.prompt[:-1]
            for run in {one.row.run for one in slot.rows}:
                self._store(place, ids, run)

    def forward(self, slots: Sequence[Slot]) -> Tensor:
        lineup, order = self._seating.lined_up()
        first = [slots[place].first for place in order]
        inputs = torch.tensor([[one.newest for one in first], [one.length for one in first]])
        ids, positions = to_device(inputs, self._layout.device)
        if self._shapes is None:
            logits: Tensor = lineup.read(self._model, ids, positions).logits[0]
        else:
            logits = self._shapes.read(self._seating.buffer, lineup, ids, positions)
        self._seating.passed()
        return logits[self._seating.back]

    def store(self, place: int, row: OpenRow) -> None:
        self._store(place, row.ids[:-1], row.row.run)

    def _store(self, place: int, ids: tuple[int, ...], run: str) -> None:
        known = self._kept.longest(ids, run).length
        if known < len(ids):
            self._kept.add(ids, self._seating.columns(place, range(known, len(ids))), run)

    def blank(self, place: int) -> None:
        self._seating.buffer.blank(self._seating.bundle(place))

    def arrange(self, sources: Sequence[int], slots: Sequence[Slot]) -> None:
        self._seating.arrange(sources, [slot.first.call for slot in slots])

    def clear(self, give_back: bool) -> None:
        buffer = self._seating.buffer
        if give_back and self._shapes is not None:
            self._shapes.forget()
        # What was recorded reads this very memory, which is worth keeping then.
        most = memory_budget(self._layout.device) // 8 if self._shapes else _MOST_KEPT
        if give_back or buffer.bytes > most:
            buffer = BundleBuffer(self._layout)
        self._seating = self._seated(buffer)

    def _seated(self, buffer: BundleBuffer) -> Seating:
        return Seating(buffer, self._shapes.room if self._shapes else None)
