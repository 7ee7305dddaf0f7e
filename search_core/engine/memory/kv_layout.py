"""The shape of a model's keys and values, and whether a path's can be cut anywhere."""

from __future__ import annotations

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
        slides: Whether some layers see the last tokens of a path alone. Keys and values are kept
            of all positions there too, since other paths go on from any of them; a mask hides
            what is out of the window.
    """

    layers: int
    heads: int
    head_size: int
    dtype: torch.dtype
    device: torch.device
    slides: bool = False

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
        layers that differ, attention with more than a mask, or windows that layers do not name.
    """
    windows = _windows(model.config)
    before = getattr(model.config, "_attn_implementation", None)
    if not windows or not use_tree_attention(model):
        return None
    cache = new_cache(model.config)
    try:
        asked = _read_one_token(model, cache)
    except OtherAttentionError:
        model.set_attn_implementation(before)
        return None
    slides = any(window is not None for window in (*windows, *asked))
    if slides and windows != asked:
        model.set_attn_implementation(before)
        return None
    kept = [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]
    if any(tensor is None or tensor.shape != kept[0].shape for tensor in kept):
        return None
    _, heads, _, head_size = kept[0].shape
    return KvLayout(len(cache.layers), heads, head_size, kept[0].dtype, kept[0].device, slides)


def _windows(config: Any) -> list[int | None]:
    """How many tokens each layer sees, itself included; None: all. Nothing where some layer keeps
    something else than keys and values of each position."""
    if getattr(config.get_text_config(), "kv_lora_rank", None) is not None:
        return []
    windows: list[int | None] = []
    for layer in DynamicCache(config=config).layers:
        if type(layer) is DynamicLayer:
            windows.append(None)
        elif type(layer) is DynamicSlidingWindowLayer:
            windows.append(layer.sliding_window)
        else:
            return []
    return windows


def _read_one_token(model: Any, cache: Any) -> list[int | None]:
    """The window that each layer asked for."""
    mask = torch.zeros(1, 1, 1, 1, dtype=model.dtype, device=model.device)
    token = torch.zeros(1, 1, dtype=torch.long, device=model.device)
    metadata = AttentionMetadata(1, 1, None, None, mask)
    with torch.inference_mode():
        model.base_model(
            input_ids=token,
            attention_mask=mask,
            position_ids=token,
            past_key_values=cache,
            use_cache=True,
            attention_metadata=metadata,
        )
    return metadata.windows
