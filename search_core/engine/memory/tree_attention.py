"""Tree attention: what several sequences begin with is read once for all of them.

A pass holds the new tokens of all sequences one behind the other, without padding; a block of
the cache holds the keys and values of sequences with a common beginning. Each block's tokens
attend to it as one small matrix product, where a dense batch would read the beginning once a
sequence (also called "cascade" attention: Hydragen, arXiv:2402.05099, section 3; DeFT,
arXiv:2404.00242). It computes what scaled dot-product attention computes, up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "tree"
_FEW = 16
"""Queries of a block up to which two matrix products are quicker than a fused kernel on a GPU."""
_REFUSED = ("position_bias",)
"""What some models add to attention and this one does not compute."""


class OtherAttentionError(ValueError):
    """A model's attention is not what is computed here."""


@dataclass(slots=True)
class AttentionMetadata:
    """Which tokens of a pass are queries of which block, and what each of them may see.

    Attributes:
        blocks, queries: Each block has so many queries, of which some may be padding.
        gather: The token of each query, [blocks × queries]; any one where it is padding.
            None: query i is token i.
        scatter: The query of each token, [tokens]; None as above.
        mask: What is added to attention scores, 0 or minus infinity,
            [blocks, 1, queries, columns].
        distance: How many tokens of its path each column lies before a query, where the mask
            lets it be seen, [blocks, queries, columns]; None: no layer asks.
        windows: What each layer asked for, in their order: the tokens that it sees, itself
            included; None: all.
    """

    blocks: int
    queries: int
    gather: Tensor | None
    scatter: Tensor | None
    mask: Tensor
    distance: Tensor | None = None
    windows: list[int | None] = field(default_factory=list)
    _made: dict[tuple[int | None, int], Tensor] = field(default_factory=dict)

    def mask_of(self, window: int | None, heads: int = 1) -> Tensor:
        """The mask of so many heads' queries one behind the other, [blocks, 1, heads × queries,
        columns]; made once for all layers with the same window."""
        key = window, heads
        if key not in self._made:
            mask = self.mask
            if window is not None and self.distance is not None:
                mask = mask.masked_fill((self.distance >= window)[:, None], -torch.inf)
            self._made[key] = mask.repeat(1, 1, heads, 1) if heads > 1 else mask
        return self._made[key]


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    attention_metadata: AttentionMetadata | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """What transformers calls for each layer.

    Args:
        query: [1, heads, tokens, head size].
        key, value: [blocks, key heads, columns, head size]; what a block's mask hides must be
            numbers.
        attention_metadata: None: this is no pass over blocks, but any other.
        kwargs: Of them `sliding_window`: the layer sees so many tokens, itself included; `softcap`:
            no score is larger (Gemma 2); and `s_aux`: for each head, the score of a sink that
            takes attention and gives nothing (gpt-oss).

    Returns:
        [1, tokens, heads, head size].

    Raises:
        OtherAttentionError: The model asks for something else than plain attention.
    """
    metadata = attention_metadata
    cap, sinks = kwargs.get("softcap"), kwargs.get("s_aux")
    if metadata is None and (cap is not None or sinks is not None):
        scale = query.shape[-1] ** -0.5 if scaling is None else scaling
        mask = _added(attention_mask, query, key)
        return _products(query, key, value, mask, scale, cap, sinks).transpose(1, 2), None
    if metadata is None:
        plain: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
        return plain
    other = [name for name in _REFUSED if kwargs.get(name) is not None]
    if other:
        raise OtherAttentionError(f"Attention with {', '.join(other)} cannot read blocks.")
    window = kwargs.get("sliding_window")
    metadata.windows.append(window)
    heads, size = query.shape[1], query.shape[3]
    tokens = query[0].transpose(0, 1)
    if metadata.gather is not None:
        tokens = tokens.index_select(0, metadata.gather)
    queries = tokens.reshape(metadata.blocks, metadata.queries, heads, size).transpose(1, 2)
    scale = size**-0.5 if scaling is None else scaling
    if cap is not None or sinks is not None:
        mask = metadata.mask_of(window)
        output = _products(queries, key, value, mask, scale, cap, sinks)
    elif query.device.type == "cpu":
        mask = metadata.mask_of(window, heads // key.shape[1])
        output = _folded(queries, key, value, mask, scale)
    else:
        compute = _products if metadata.queries <= _FEW else _fused
        output = compute(queries, key, value, metadata.mask_of(window), scale)
    flat = output.transpose(1, 2).reshape(-1, heads, output.shape[-1])
    if metadata.scatter is not None:
        flat = flat.index_select(0, metadata.scatter)
    return flat[None], None


def use_tree_attention(model: Any) -> bool:
    """Makes a model's attention take `attention_metadata`; False if it cannot."""
    # Where sdpa cannot be had for a cap or sinks, flexible attention can.
    plain = getattr(model, "_supports_sdpa", False) or getattr(model, "_supports_flex_attn", False)
    if not plain or not getattr(model, "_supports_attention_backend", False):
        return False
    model.set_attn_implementation(NAME)
    return True


def _added(mask: Tensor | None, query: Tensor, key: Tensor) -> Tensor:
    """What is added to scores: 0 or the least number (padding sees nothing, and that must be a
    number). Without a mask a token sees what comes before it, as sdpa has it."""
    if mask is None:
        queries, columns = query.shape[2], key.shape[2]
        seen = torch.ones(queries, columns, dtype=torch.bool, device=query.device)
        mask = seen.tril(columns - queries)[None, None]
    if mask.dtype != torch.bool:
        return mask
    hidden = torch.zeros(mask.shape, dtype=query.dtype, device=query.device)
    return hidden.masked_fill_(~mask, torch.finfo(query.dtype).min)


def _folded(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """[blocks, heads, queries, head size]: the queries of heads that share keys are queries of one
    head, and the mask is one of them all. Keys are not repeated, and no scores are held that would
    need fresh memory each time."""
    blocks, heads, queries, size = query.shape
    shared = key.shape[1]
    output = torch.nn.functional.scaled_dot_product_attention(
        query.reshape(blocks, shared, -1, size),
        key,
        value,
        attn_mask=mask,
        scale=scale,
    )
    return output.view(blocks, heads, queries, -1)


def _products(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor,
    scale: float,
    cap: float | None = None,
    sinks: Tensor | None = None,
) -> Tensor:
    """[blocks, heads, queries, head size], heads that share keys together.

    Args:
        cap: No score is larger; None: any may be.
        sinks: A further score for each head, [heads], of something that gives nothing.
    """
    blocks, heads, queries, size = query.shape
    shared, columns = key.shape[1:3]
    folded = (query * scale).reshape(blocks, shared, -1, size)
    scores = torch.matmul(folded, key.transpose(-1, -2))
    by_head = scores.view(blocks, heads, queries, columns)
    if cap is not None:
        by_head = (by_head / cap).tanh_().mul_(cap)
    by_head = by_head.add_(mask)
    if sinks is not None:
        own = sinks.to(by_head.dtype).view(1, -1, 1, 1).expand(blocks, -1, queries, 1)
        by_head = torch.cat((by_head, own), -1)
    weights = by_head.softmax(-1, dtype=torch.float32)[..., :columns].to(value.dtype)
    output = torch.matmul(weights.view(blocks, shared, -1, columns), value)
    return output.view(blocks, heads, queries, -1)


def _fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """The same; the scores of many queries are never held together."""
    repeats = query.shape[1] // key.shape[1]
    if repeats > 1:
        key, value = (heads.repeat_interleave(repeats, dim=1) for heads in (key, value))
    return torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=scale
    )


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
