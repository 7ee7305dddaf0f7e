"""Attention over bundles: what several rows begin with is read once for all of them.

A pass holds the new tokens of all rows one behind the other, without padding; a bundle holds
the keys and values of rows with a common beginning in one strip. Each bundle's tokens attend to
its strip as one small matrix product, where a dense batch would read the beginning once a row
(compare "cascade" or "tree" attention: Hydragen, arXiv:2402.05099, section 3; DeFT,
arXiv:2404.00242). It computes what scaled dot-product attention computes, up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "bundled"
_FEW = 16
"""Queries of a bundle up to which two matrix products are quicker than a fused kernel."""
_REFUSED = ("softcap", "s_aux", "position_bias")
"""What some models add to attention and this one does not compute."""


class OtherAttentionError(ValueError):
    """A model's attention is not what is computed here."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the tokens of a pass stand among the bundles.

    Attributes:
        bundles, queries: Tokens of a bundle have so many places, some of them empty.
        gather: Which token is at each place, [bundles × queries]; any one where it is empty.
            None: token i is at place i.
        scatter: The place of each token, [tokens]; None as above.
        mask: What is added to attention scores, 0 or minus infinity,
            [bundles, 1, queries, columns].
    """

    bundles: int
    queries: int
    gather: Tensor | None
    scatter: Tensor | None
    mask: Tensor


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    places: Places | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """What transformers calls for each layer.

    Args:
        query: [1, heads, tokens, head size].
        key, value: [bundles, key heads, columns, head size]; what a bundle's mask hides must
            be numbers.
        places: None: this is no pass over bundles, but any other.

    Returns:
        [1, tokens, heads, head size].

    Raises:
        OtherAttentionError: The model asks for something else than plain attention.
    """
    if places is None:
        plain: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
        return plain
    other = [name for name in _REFUSED if kwargs.get(name) is not None]
    if other:
        raise OtherAttentionError(f"Attention with {', '.join(other)} cannot read bundles.")
    heads, size = query.shape[1], query.shape[3]
    tokens = query[0].transpose(0, 1)
    if places.gather is not None:
        tokens = tokens.index_select(0, places.gather)
    each = tokens.reshape(places.bundles, places.queries, heads, size).transpose(1, 2)
    scale = size**-0.5 if scaling is None else scaling
    compute = _products if places.queries <= _FEW else _fused
    found = compute(each, key, value, places.mask, scale)
    flat = found.transpose(1, 2).reshape(-1, heads, found.shape[-1])
    if places.scatter is not None:
        flat = flat.index_select(0, places.scatter)
    return flat[None], None


def use_bundled_attention(model: Any) -> bool:
    """Makes a model's attention take `places`; False if it cannot."""
    supported = getattr(model, "_supports_sdpa", False)
    if not supported or not getattr(model, "_supports_attention_backend", False):
        return False
    model.set_attn_implementation(NAME)
    return True


def _products(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """[bundles, heads, queries, head size], heads that share keys together."""
    bundles, heads, queries, size = query.shape
    shared, columns = key.shape[1:3]
    folded = (query * scale).reshape(bundles, shared, -1, size)
    scores = torch.matmul(folded, key.transpose(-1, -2))
    by_head = scores.view(bundles, heads, queries, columns).add_(mask)
    weights = by_head.softmax(-1, dtype=torch.float32).to(value.dtype)
    found = torch.matmul(weights.view(bundles, shared, -1, columns), value)
    return found.view(bundles, heads, queries, -1)


def _fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """The same; the scores of many queries are never held together."""
    repeats = query.shape[1] // key.shape[1]
    if repeats > 1:
        key, value = (one.repeat_interleave(repeats, dim=1) for one in (key, value))
    return torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=scale
    )


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
