"""Keys and values of bundles, as a transformers cache.

A bundle is a strip of columns: first what its rows begin with, then what each of them added, in
the order in which it was added. Who may look at a column is written beside it.
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
"""The owner of a column that all rows of its bundle begin with."""
EMPTY = -2
"""The owner of a column that nobody looks at."""
_ROOM = 64
"""Columns allocated ahead, at least."""


@dataclass(slots=True)
class Window:
    """What a pass reads and writes.

    Attributes:
        first, count: It reads these bundles, ...
        width: ... of each so many columns.
        index: Where it writes: of a layer's keys [bundles × heads × columns, head size], those
            at [heads × tokens].
    """

    first: int = 0
    count: int = 0
    width: int = 0
    index: Tensor = torch.empty(0, dtype=torch.long)


class BundleBuffer:
    """Strips with room for more bundles and columns.

    Attributes:
        owner: Of each column the row that added it, `SHARED` or `EMPTY`,
            int32 [bundles, columns].
        window: What the next pass reads and writes.
        cache: What a transformers model takes as `past_key_values`.
        moves: How often everything had to move.
    """

    def __init__(self, layout: KvLayout, bundles: int = 0, columns: int = 0) -> None:
        self.layout = layout
        self.window = Window()
        self.moves = 0
        self._allocate(bundles, columns)

    @property
    def bytes(self) -> int:
        """Bytes held."""
        return self._kv.nbytes

    @property
    def bundles(self) -> int:
        """Strips."""
        return int(self._kv.shape[2])

    @property
    def columns(self) -> int:
        """Columns that every strip has room for."""
        return int(self._kv.shape[4])

    def strip(self, bundle: int) -> Tensor:
        """A view of a bundle's columns: [layers, 2, heads, columns, head size]."""
        return self._kv[:, :, bundle]

    def reserve(self, bundles: int, columns: int, live: int) -> None:
        """Make room for so many; everything may have to move.

        Args:
            live: The first so many bundles are kept.
        """
        have_bundles, have_columns = self._kv.shape[2], self.columns
        if bundles <= have_bundles and columns <= have_columns:
            return
        kv, owner = self._kv, self.owner
        if columns > have_columns or not live:
            columns += max(_ROOM, columns // 2)
        # Whoever joins others is seldom the last one.
        self._allocate(bundles + bundles // 2 if live else bundles, max(columns, have_columns))
        kept = have_columns
        self._kv[:, :, :live, :, :kept] = kv[:, :, :live, :, :kept]
        self.owner[:live, :kept] = owner[:live, :kept]
        self.moves += 1

    def begin(self, bundle: int, shared: int) -> None:
        """A bundle has so many columns that all its rows begin with, and no others."""
        self.owner[bundle, :shared] = SHARED
        self.owner[bundle, shared:] = EMPTY

    def move(self, source: int, to: int, used: int) -> None:
        """A bundle takes the place of another."""
        self._kv[:, :, to, :, :used] = self._kv[:, :, source, :, :used]
        self.owner[to] = self.owner[source]

    def copy(self, source: int, to: int, columns: Tensor) -> None:
        """Some columns of a bundle become the first ones of another, or of itself.

        Whose they are is not copied.
        """
        count = len(columns)
        self._kv[:, :, to, :, :count] = self._kv[:, :, source].index_select(-2, columns)

    def blank(self, bundle: int) -> None:
        """Overwrite a strip whose numbers are none, or they would spread: what a mask hides is
        still multiplied."""
        self._kv[:, :, bundle] = 0

    def _allocate(self, bundles: int, columns: int) -> None:
        self._kv = self.layout.empty(bundles, columns)
        device = self.layout.device
        self.owner = torch.full((bundles, columns), EMPTY, dtype=torch.int32, device=device)
        self.cache = Cache(layers=[_Layer(one[0], one[1], self.window) for one in self._kv])


class _Layer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer of the buffer, [bundles, heads, columns, head size] each."""

    def __init__(self, keys: Tensor, values: Tensor, window: Window) -> None:
        super().__init__()
        self._strips = keys, values
        self._window = window

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Writes [1, heads, tokens, head size] each, and returns the strips to be read."""
        window = self._window
        bundles = slice(window.first, window.first + window.count)
        found = []
        for strips, new in zip(self._strips, (key_states, value_states), strict=True):
            size = strips.shape[-1]
            strips.view(-1, size).index_copy_(0, window.index, new.reshape(-1, size))
            found.append(strips[bundles, :, : window.width])
        return found[0], found[1]

    def get_seq_length(self) -> int:
        return self._window.width
