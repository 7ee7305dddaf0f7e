"""Keys and values that grow as a tree: a slot begins where the store's knowledge ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from search_core.engine.decode_call import OpenRow
from search_core.engine.dense_cache import DenseCache
from search_core.engine.kv_layout import KvLayout
from search_core.engine.prefix_store import PrefixStore
from search_core.engine.reading import groups_by_size, read
from search_core.engine.sampling import to_device
from search_core.engine.slots import Slot, count_prompt

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
    """

    joinable = True

    def __init__(self, model: Any, layout: KvLayout, store: PrefixStore) -> None:
        self._model, self._layout, self._kept = model, layout, store
        self._dense = DenseCache(layout)

    def join(self, slots: Sequence[Slot], new: Sequence[Slot]) -> None:
        longest = _longest([*slots, *new])
        rows = sum(len(slot.rows) for slot in (*slots, *new))
        self._dense.reserve(rows, longest)
        window = self._dense.window
        window.start = window.end - longest
        window.rows = len(slots) + len(new)
        places = {len(slots) + number: slot for number, slot in enumerate(new)}
        unread = []
        for place, slot in places.items():
            ids = slot.first.row.prompt[:-1]
            known = self._kept.longest(ids, slot.first.row.run)
            for one in slot.rows[1:]:
                self._kept.longest(ids, one.row.run)  # They hold it too.
            count_prompt(slot, known.length)
            if known.length == len(ids):
                known.write_into(self._dense.columns(place, len(ids)))
            else:
                unread.append((place, slot, known.length))
        self._read(unread)

    def _read(self, unread: Sequence[tuple[int, Slot, int]]) -> None:
        paths = [slot.first.row.prompt[:-1] for _, slot, _ in unread]
        rests = [len(ids) - known for ids, (_, _, known) in zip(paths, unread, strict=True)]
        for group in groups_by_size([len(ids) for ids in paths], rests, _MOST_READ):
            # Looked up again: storing what was read before may have cut or dropped segments.
            known = [self._kept.longest(paths[index]) for index in group]
            forward = partial(self._model, logits_to_keep=1)
            dense, _ = read(forward, self._layout, [paths[index] for index in group], known)
            for row, (index, prefix) in enumerate(zip(group, known, strict=True)):
                place, slot, _ = unread[index]
                kv = dense.columns(row, len(paths[index]))
                self._dense.columns(place, len(paths[index])).copy_(kv)
                count_prompt(slot, prefix.length)
            for row, index in enumerate(group):
                kv = dense.columns(row, len(paths[index]))
                for run in {one.row.run for one in unread[index][1].rows}:
                    self._store(paths[index], kv, run)

    def forward(self, slots: Sequence[Slot]) -> Tensor:
        self._dense.reserve(len(slots), 0)
        window, device = self._dense.window, self._layout.device
        first = [slot.first for slot in slots]
        width = window.end + 1 - window.start
        inputs = torch.tensor(
            [
                [one.newest for one in first],
                [one.length for one in first],
                [width - 1 - one.length for one in first],
            ]
        )
        tokens, positions, starts = to_device(inputs, device)[..., None]
        allowed = torch.arange(width, device=device) >= starts
        logits: Tensor = self._model(
            input_ids=tokens,
            attention_mask=self._layout.mask(allowed[:, None]),
            position_ids=positions,
            past_key_values=self._dense.cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
        self._dense.advance(1)
        return logits[:, -1]

    def store(self, place: int, row: OpenRow) -> None:
        ids = row.ids[:-1]
        self._store(ids, self._dense.columns(place, len(ids)), row.row.run)

    def _store(self, ids: tuple[int, ...], kv: Tensor, run: str) -> None:
        if ids:
            known = self._kept.longest(ids, run).length
            self._kept.add(ids, kv[..., known:, :], run)

    def blank(self, place: int) -> None:
        self._dense.blank(place)

    def arrange(self, sources: Sequence[int], slots: Sequence[Slot]) -> None:
        self._dense.arrange(sources, _longest(slots))

    def clear(self, give_back: bool) -> None:
        if give_back or self._dense.bytes > _MOST_KEPT:
            self._dense = DenseCache(self._layout)
        self._dense.empty()


def _longest(slots: Sequence[Slot]) -> int:
    return max((slot.first.length for slot in slots), default=0)
