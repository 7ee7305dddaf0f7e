"""Blocks of keys and values, as a transformers cache.

A block belongs to sequences with a common beginning. Its columns are tokens: first those that
its sequences begin with, then what each of them added, in the order in which it was added. Who
may attend to a column is written beside it. (Other engines' blocks hold a few tokens of one
path, and a path has many; here a path lies in one block, and the block grows.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from search_core.engine.memory.kv_layout import KvLayout

SHARED = -1
"""The owner of a column that all sequences of its block begin with."""
EMPTY = -2
"""The owner of a column that nobody attends to."""
_ROOM = 64
"""Columns allocated ahead, at least."""


@dataclass(slots=True)
class Window:
    """What a pass reads and writes.

    Attributes:
        first, count: It reads these blocks, ...
        width: ... of each so many columns.
        slot_mapping: Where it writes: of a layer's keys [blocks × heads × columns, head size],
            those at [heads × tokens].
    """

    first: int = 0
    count: int = 0
    width: int = 0
    slot_mapping: Tensor = torch.empty(0, dtype=torch.long)


class BlockPool:
    """Blocks, with room for more of them and for more columns.

    Attributes:
        owner: Of each column the number of the branch that added it, `SHARED` or `EMPTY`,
            int32 [blocks, columns].
        position: Of each column its token's place in its path, int32 [blocks, columns]: in
            layers with a sliding window what is far from a query is not seen.
        window: What the next pass reads and writes.
        cache: What a transformers model takes as `past_key_values`.
        reallocations: How often everything had to move.
    """

    def __init__(self, layout: KvLayout, blocks: int = 0, columns: int = 0) -> None:
        self.layout = layout
        self.window = Window()
        self.reallocations = 0
        self._allocate(blocks, columns)

    @property
    def bytes(self) -> int:
        """Bytes held."""
        return self._kv.nbytes

    @property
    def blocks(self) -> int:
        """Blocks that there is room for."""
        return int(self._kv.shape[2])

    @property
    def columns(self) -> int:
        """Columns that every block has room for."""
        return int(self._kv.shape[4])

    def kv(self, block: int) -> Tensor:
        """A view of a block's columns: [layers, 2, heads, columns, head size]."""
        return self._kv[:, :, block]

    def reserve(self, blocks: int, columns: int, live: int) -> None:
        """Make room for so many; everything may have to move.

        Args:
            live: The first so many blocks are kept.
        """
        have_blocks, have_columns = self.blocks, self.columns
        if blocks <= have_blocks and columns <= have_columns:
            return
        kv, owner, position = self._kv, self.owner, self.position
        if columns > have_columns or not live:
            columns += max(_ROOM, columns // 2)
        # Whoever joins others is seldom the last one.
        self._allocate(blocks + blocks // 2 if live else blocks, max(columns, have_columns))
        self._kv[:, :, :live, :, :have_columns] = kv[:, :, :live]
        self.owner[:live, :have_columns] = owner[:live]
        self.position[:live, :have_columns] = position[:live]
        self.reallocations += 1

    def begin(self, block: int, shared: int) -> None:
        """A block has so many columns that all its sequences begin with, and no others."""
        self.owner[block, :shared] = SHARED
        self.owner[block, shared:] = EMPTY
        self.position[block, :shared] = self._places[:shared]

    def move(self, source: int, target: int, used: int) -> None:
        """A block takes the place of another."""
        self._kv[:, :, target, :, :used] = self._kv[:, :, source, :, :used]
        self.owner[target] = self.owner[source]
        self.position[target] = self.position[source]

    def copy(self, source: int, target: int, columns: Tensor) -> None:
        """Some columns of a block become the first ones of another, or of itself.

        Whose they are is not copied.
        """
        count = len(columns)
        self.position[target, :count] = self.position[source].index_select(-1, columns)
        self._kv[:, :, target, :, :count] = self._kv[:, :, source].index_select(-2, columns)

    def blank(self, block: int) -> None:
        """Overwrite a block whose numbers are none, or they would spread: what a mask hides is
        still multiplied."""
        self._kv[:, :, block] = 0

    def _allocate(self, blocks: int, columns: int) -> None:
        self._kv = self.layout.empty(blocks, columns)
        device = self.layout.device
        self.owner = torch.full((blocks, columns), EMPTY, dtype=torch.int32, device=device)
        self._places = torch.arange(columns, dtype=torch.int32, device=device)
        self.position = torch.zeros_like(self.owner)
        self.cache = Cache(layers=[_Layer(kv[0], kv[1], self.window) for kv in self._kv])


class _Layer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer of the pool, [blocks, heads, columns, head size] each."""

    def __init__(self, keys: Tensor, values: Tensor, window: Window) -> None:
        super().__init__()
        self._kv = keys, values
        self._window = window

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Writes [1, heads, tokens, head size] each, and returns the blocks to be read."""
        window = self._window
        blocks = slice(window.first, window.first + window.count)
        read = []
        for held, new in zip(self._kv, (key_states, value_states), strict=True):
            size = held.shape[-1]
            held.view(-1, size).index_copy_(0, window.slot_mapping, new.reshape(-1, size))
            read.append(held[blocks, :, : window.width])
        return read[0], read[1]

    def get_seq_length(self) -> int:
        return self._window.width
