"""A key-value cache with room to grow, for models with full attention in every layer.

transformers' own dynamic cache copies everything for every token. Growing in place makes a
decode step of the 1M-parameter model at 16 rows a fifth to a quarter quicker.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

ROOM = 48
"""Positions allocated ahead."""


class GrowingLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer's cache: views [B, heads, length, head size] of buffers that have room."""

    def __init__(self) -> None:
        super().__init__()
        self._buffers: tuple[Tensor, Tensor] | None = None

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Appends [B, heads, n, head size] and returns all keys and values."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = key_states, value_states
            return self.keys, self.values
        start = self.keys.shape[-2]
        end = start + key_states.shape[-2]
        if self._buffers is None or self._buffers[0].shape[-2] < end:
            self._buffers = (_with_room(self.keys, end), _with_room(self.values, end))
        keys, values = self._buffers
        keys[..., start:end, :] = key_states
        values[..., start:end, :] = value_states
        self.keys, self.values = keys[..., :end, :], values[..., :end, :]
        return self.keys, self.values

    def select(self, rows: Tensor) -> None:
        """Makes the batch these rows of it, in this order; a row may occur again or not."""
        self.keys, self.values = self.keys[rows], self.values[rows]
        self._buffers = None

    def reorder_cache(self, beam_idx: Tensor) -> None:
        self.select(beam_idx)


def _with_room(old: Tensor, length: int) -> Tensor:
    new = old.new_empty((*old.shape[:-2], length + ROOM, old.shape[-1]))
    new[..., : old.shape[-2], :] = old
    return new


def new_cache(config: Any) -> DynamicCache:
    """An empty cache; layers of other kinds than full attention keep transformers' own."""
    cache = DynamicCache(config=config)
    cache.layers = [
        GrowingLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache


def select_rows(cache: DynamicCache, rows: list[int], device: torch.device) -> None:
    """Makes the cache's batch these rows of it."""
    cache.reorder_cache(torch.tensor(rows, device=device))
