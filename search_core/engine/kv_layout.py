"""The shape of a model's keys and values, and whether a path's can be cut anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from search_core.engine.kv_cache import is_plain, new_cache


@dataclass(frozen=True, slots=True)
class KvLayout:
    """Sizes that all layers share.

    Attributes:
        layers, heads, head_size: Of the keys, and of the values.
        dtype, device: Of both.
        additive: Whether attention wants a mask that is added to its scores, not a boolean.
    """

    layers: int
    heads: int
    head_size: int
    dtype: torch.dtype
    device: torch.device
    additive: bool

    @property
    def token_bytes(self) -> int:
        """Bytes of one position."""
        return 2 * self.layers * self.heads * self.head_size * self.dtype.itemsize

    def empty(self, rows: int, columns: int) -> Tensor:
        """[layers, 2, rows, heads, columns, head size], of zeros: padding must be a number."""
        size = (self.layers, 2, rows, self.heads, columns, self.head_size)
        return torch.zeros(size, dtype=self.dtype, device=self.device)

    def mask(self, allowed: Tensor) -> Tensor:
        """What attention takes for a boolean [rows, queries, columns]."""
        if not self.additive:
            return allowed[:, None]
        least = torch.finfo(self.dtype).min
        return torch.zeros_like(allowed, dtype=self.dtype).masked_fill(~allowed, least)[:, None]


def kv_layout(model: Any) -> KvLayout | None:
    """Reads one token to see what a model keeps of it.

    Returns:
        None if a path's keys and values cannot be cut and joined: sliding windows, linear or
        latent attention, layers that differ, or an attention that takes no ready-made mask.
    """
    attention = getattr(model.config, "_attn_implementation", "")
    cache = new_cache(model.config)
    if attention not in ("sdpa", "eager") or not is_plain(cache):
        return None
    with torch.inference_mode():
        token = torch.zeros(1, 1, dtype=torch.long, device=model.device)
        model.base_model(input_ids=token, past_key_values=cache, use_cache=True)
    kept = [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]
    if any(one is None or one.shape != kept[0].shape for one in kept):
        return None
    _, heads, _, head_size = kept[0].shape
    return KvLayout(
        len(cache.layers), heads, head_size, kept[0].dtype, kept[0].device, attention == "eager"
    )
