"""The shape of a model's keys and values, and up to which length a path's can be cut anywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from search_core.engine.memory.growing_cache import new_cache
from search_core.engine.memory.tree_attention import (
    AttentionMetadata,
    OtherAttentionError,
    use_tree_attention,
)


@dataclass(frozen=True, slots=True)
class KvLayout:
    """Sizes that all layers share.

    Attributes:
        layers, heads, head_size: Of the keys, and of the values.
        dtype, device: Of both.
        reach: Tokens up to which a path can be continued from its keys and values. Infinite
            where every layer attends to all positions; a sliding window is the same as that as
            long as a path fits into it.
    """

    layers: int
    heads: int
    head_size: int
    dtype: torch.dtype
    device: torch.device
    reach: float

    @property
    def token_bytes(self) -> int:
        """Bytes of one position."""
        return 2 * self.layers * self.heads * self.head_size * self.dtype.itemsize

    def empty(self, blocks: int, columns: int) -> Tensor:
        """[layers, 2, blocks, heads, columns, head size], of zeros: what is masked is still
        multiplied, and must be a number."""
        size = (self.layers, 2, blocks, self.heads, columns, self.head_size)
        return torch.zeros(size, dtype=self.dtype, device=self.device)


def kv_layout(model: Any) -> KvLayout | None:
    """Reads one token to see what a model keeps of it, and makes its attention read blocks.

    Returns:
        None if a path's keys and values cannot be cut and joined: linear or latent attention,
        layers that differ, or attention with more than a mask.
    """
    reach = _reach(model.config)
    before = getattr(model.config, "_attn_implementation", None)
    if not reach or not use_tree_attention(model):
        return None
    cache = new_cache(model.config)
    try:
        _read_one_token(model, cache)
    except OtherAttentionError:
        model.set_attn_implementation(before)
        return None
    kept = [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]
    if any(tensor is None or tensor.shape != kept[0].shape for tensor in kept):
        return None
    _, heads, _, head_size = kept[0].shape
    return KvLayout(len(cache.layers), heads, head_size, kept[0].dtype, kept[0].device, reach)


def _reach(config: Any) -> float:
    """0 where layers keep something else than keys and values of each position."""
    if getattr(config.get_text_config(), "kv_lora_rank", None) is not None:
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


def _read_one_token(model: Any, cache: Any) -> None:
    mask = torch.zeros(1, 1, 1, 1, dtype=model.dtype, device=model.device)
    token = torch.zeros(1, 1, dtype=torch.long, device=model.device)
    with torch.inference_mode():
        model.base_model(
            input_ids=token,
            attention_mask=mask,
            position_ids=token,
            past_key_values=cache,
            use_cache=True,
            attention_metadata=AttentionMetadata(1, 1, None, None, mask),
        )
