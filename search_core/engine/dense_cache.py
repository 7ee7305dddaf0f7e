"""Keys and values of rows that are computed together, as a transformers cache.

All rows end at the same column, and shorter ones are padded on the left, so that a forward pass
writes one column for everyone. Rows join, leave and multiply in place: what is copied is a row
that moves, never the whole batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from search_core.engine.kv_layout import KvLayout

ROOM = 64
"""Columns allocated ahead."""


@dataclass(slots=True)
class Window:
    """The part of the buffers that counts.

    Attributes:
        rows: The first so many rows.
        start, end: Columns from `start` hold something, up to before `end`; a forward pass
            writes from `end` on.
        real: Which of the positions to be written are no padding, bool [rows, 1, n, 1];
            the others keep what is there. None: all.
    """

    rows: int = 0
    start: int = 0
    end: int = 0
    real: Tensor | None = None


class DenseCache:
    """A buffer with room for more rows and columns.

    Attributes:
        window: What of it counts.
        cache: What a transformers model takes as `past_key_values`.
    """

    def __init__(self, layout: KvLayout, rows: int = 0, columns: int = 0) -> None:
        self.layout = layout
        self.window = Window(rows=rows)
        self._allocate(rows, columns)

    @property
    def bytes(self) -> int:
        """Bytes held."""
        return self._buffer.nbytes

    def columns(self, row: int, length: int) -> Tensor:
        """A view of a row's last columns: [layers, 2, heads, length, head size]."""
        end = self.window.end
        return self._buffer[:, :, row, :, end - length : end]

    def reserve(self, rows: int, longest: int) -> None:
        """Make room for so many rows, so many columns before the end, and one after it."""
        have_rows, have_columns = self._buffer.shape[2], self._buffer.shape[4]
        window = self.window
        if rows <= have_rows and not window.rows and longest < have_columns:
            window.start = window.end = longest
        if rows <= have_rows and longest <= window.end < have_columns:
            return
        old, live = self._buffer, window.end - window.start if window.rows else 0
        longest = max(longest, live)
        # Whoever joins others is seldom the last one.
        spare = rows // 2 if window.rows and rows > have_rows else 0
        self._allocate(max(rows, window.rows) + spare, longest + ROOM)
        if live:
            source = old[:, :, : window.rows, :, window.end - live : window.end]
            self._buffer[:, :, : window.rows, :, longest - live : longest] = source
        window.start, window.end = longest - live, longest

    def arrange(self, sources: Sequence[int], longest: int) -> None:
        """Make the rows copies of these rows; those that stay where they are cost nothing.

        Args:
            sources: Where each row was. One that is copied elsewhere is not overwritten.
            longest: Columns that the longest of them needs.
        """
        window = self.window
        window.rows = len(sources)
        window.start = window.end - longest
        part = self._buffer[:, :, :, :, window.start : window.end]
        for to, source in enumerate(sources):
            if to != source:
                part[:, :, to] = part[:, :, source]

    def empty(self) -> None:
        """No rows are left."""
        self.window.rows = 0

    def blank(self, row: int) -> None:
        """Overwrite a row whose numbers are none, or they would spread as padding of another."""
        self._buffer[:, :, row] = 0

    def advance(self, columns: int) -> None:
        """Count what a forward pass has written."""
        self.window.end += columns
        self.window.real = None

    def _allocate(self, rows: int, columns: int) -> None:
        self._buffer = self.layout.empty(rows, columns)
        layers = [_Layer(one[0], one[1], self.window) for one in self._buffer]
        self.cache = Cache(layers=layers)


class _Layer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer of the buffer, [rows, heads, columns, head size] each."""

    def __init__(self, keys: Tensor, values: Tensor, window: Window) -> None:
        super().__init__()
        self._buffers = keys, values
        self._window = window

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        window = self._window
        end = window.end + key_states.shape[-2]
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            place = buffer[: window.rows, :, window.end : end]
            place.copy_(new if window.real is None else torch.where(window.real, new, place))
        keys, values = (one[: window.rows, :, window.start : end] for one in self._buffers)
        return keys, values

    def get_seq_length(self) -> int:
        return self._window.end - self._window.start
