"""Keys and values that grow as a tree: sequences begin where the prefix cache ends, and those
that begin together share what they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.block_pool import SHARED, BlockPool
from search_core.engine.memory.budget import BY_DEVICE, groups_by_size
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.memory.prefix_cache import Ids, PrefixCache
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.forward_batch import ForwardBatch
from search_core.engine.reading.lean_llama import lean
from search_core.engine.writing.block_manager import BlockManager
from search_core.engine.writing.cuda_graphs import GraphRunner
from search_core.engine.writing.decode_cache import SequenceGroup, count_prompt
from search_core.engine.writing.decode_call import SequenceState

_MOST_READ = 16_384
"""Padded positions that one pass over new prompts takes, unless a single one is longer."""
_MOST_IDLE = 64 * 1024**2
"""Bytes of blocks that wait for the next sequences when nobody is there."""


class TreeCache:
    """For models whose paths can be cut anywhere (`kv_layout`).

    The last token of a group is never in here: it is read by the next forward pass. So a step
    whose path was decoded before costs one token beside its own.

    Args:
        prefixes: Where paths begin, and where finished sequences leave theirs.
        graphs: Runs the passes; None: each is launched in its own shape.
    """

    joinable = True

    def __init__(
        self,
        model: Any,
        layout: KvLayout,
        prefixes: PrefixCache,
        graphs: GraphRunner | None = None,
    ) -> None:
        self._model, self._layout, self._prefixes = model, layout, prefixes
        self._graphs = graphs
        self._blocks = self._manager(BlockPool(layout))

    def join(self, groups: Sequence[SequenceGroup], new: Sequence[SequenceGroup]) -> None:
        places = {group: len(groups) + number for number, group in enumerate(new)}
        unread = []
        for group in new:
            ids = _before_last(group)
            known = self._prefixes.match(ids, group.first.request.run)
            for sequence in group.sequences[1:]:
                self._prefixes.match(ids, sequence.request.run)  # They hold it too.
            count_prompt(group, known.length)
            if known.length == len(ids):
                known.write_into(self._blocks.open(places[group], len(ids)))
            else:
                unread.append(group)
        paths = [_before_last(group) for group in unread]
        uncached = [len(ids) - self._prefixes.match(ids).length for ids in paths]
        for portion in groups_by_size([len(ids) for ids in paths], uncached, _MOST_READ):
            self._read({places[unread[index]]: unread[index] for index in portion})

    def _read(self, unread: dict[int, SequenceGroup]) -> None:
        """Compute what is not cached of prompts, all in one pass."""
        manager = self._blocks
        blocks: list[int] = []
        columns: list[int] = []
        tokens: list[int] = []
        for place, group in unread.items():
            ids = _before_last(group)
            # Looked up again: caching what was read before may have evicted segments.
            known = self._prefixes.match(ids)
            count_prompt(group, known.length)
            known.write_into(manager.open(place, len(ids)))
            blocks += [manager.block(place)] * (len(ids) - known.length)
            columns += range(known.length, len(ids))
            tokens += ids[known.length :]
        if tokens:
            batch = ForwardBatch(manager.pool, blocks, [SHARED] * len(blocks), columns)
            inputs = to_device(torch.tensor([tokens, columns]), self._layout.device)
            batch.forward(partial(lean(self._model), logits_to_keep=1), inputs[0], inputs[1])
        for place, group in unread.items():
            ids = _before_last(group)
            for run in {sequence.request.run for sequence in group.sequences}:
                self._keep(place, ids, run)

    def forward(self, groups: Sequence[SequenceGroup]) -> Tensor:
        batch, order = self._blocks.next_batch()
        first = [groups[place].first for place in order]
        inputs = torch.tensor(
            [
                [sequence.last_token for sequence in first],
                [sequence.position for sequence in first],
            ]
        )
        ids, positions = to_device(inputs, self._layout.device)
        if self._graphs is None:
            logits: Tensor = batch.forward(lean(self._model), ids, positions).logits[0]
        else:
            logits = self._graphs.forward(self._blocks.pool, batch, ids, positions)
        self._blocks.advance()
        return logits[self._blocks.token_of]

    def keep(self, place: int, sequence: SequenceState) -> None:
        self._keep(place, sequence.ids[:-1], sequence.request.run)

    def _keep(self, place: int, ids: Ids, run: str) -> None:
        known = self._prefixes.match(ids, run).length
        if known < len(ids):
            self._prefixes.insert(ids, self._blocks.columns(place, range(known, len(ids))), run)

    def blank(self, place: int) -> None:
        self._blocks.pool.blank(self._blocks.block(place))

    def arrange(self, sources: Sequence[int], groups: Sequence[SequenceGroup]) -> None:
        self._blocks.arrange(sources, [group.first.call for group in groups])

    def clear(self, free_memory: bool) -> None:
        pool = self._blocks.pool
        if free_memory and self._graphs is not None:
            self._graphs.forget()
        # What was captured reads this very memory, which is worth keeping then.
        most = _MOST_IDLE
        if self._graphs is not None:
            most = BY_DEVICE.for_batch(self._layout.device) // 8
        if free_memory or pool.bytes > most:
            pool = BlockPool(self._layout)
        self._blocks = self._manager(pool)

    def _manager(self, pool: BlockPool) -> BlockManager:
        return BlockManager(pool, self._graphs.room if self._graphs else None)


def _before_last(group: SequenceGroup) -> Ids:
    """The prompt without its last token, which is read with what follows it."""
    return group.first.request.prompt[:-1]
