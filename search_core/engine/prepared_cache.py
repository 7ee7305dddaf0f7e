"""A key-value cache that begins with stored prefixes and has room for exactly one forward pass."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer


class PreparedLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer of the buffer: what is there is read, what comes is written behind it.

    Args:
        keys, values: [B, heads, length of the pass's end, head size].
        length: Positions that are filled.
    """

    def __init__(self, keys: Tensor, values: Tensor, length: int) -> None:
        super().__init__()
        self.dtype, self.device = keys.dtype, keys.device
        self._all = keys, values
        self.keys, self.values = keys[..., :length, :], values[..., :length, :]
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Writes [B, heads, n, head size] and returns all keys and values."""
        start = self.keys.shape[-2]
        end = start + key_states.shape[-2]
        keys, values = self._all
        keys[..., start:end, :] = key_states
        values[..., start:end, :] = value_states
        self.keys, self.values = keys[..., :end, :], values[..., :end, :]
        return self.keys, self.values


def prepared_cache(config: Any, buffer: Tensor, length: int) -> DynamicCache:
    """A cache over a buffer [layers, 2, B, heads, length and more, head size]."""
    cache = DynamicCache(config=config)
    cache.layers = [PreparedLayer(layer[0], layer[1], length) for layer in buffer]
    return cache


def reach(config: Any) -> float:
    """Length up to which a path can be continued from its stored keys and values.

    Infinite where every layer attends to all positions. A sliding window is the same as that
    as long as a path fits into it. 0 where layers keep something else than keys and values of
    each position (linear attention, latent attention).
    """
    text = config.get_text_config()
    if getattr(text, "kv_lora_rank", None) is not None:
        return 0
    lengths: list[float] = []
    for layer in DynamicCache(config=config).layers:
        if type(layer) is DynamicLayer:
            lengths.append(math.inf)
        elif type(layer) is DynamicSlidingWindowLayer:
            lengths.append(layer.sliding_window)
        else:
            return 0
    return min(lengths, default=0)
