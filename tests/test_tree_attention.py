"""Tree attention computes what scaled dot-product attention computes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from search_core.engine.memory.tree_attention import (
    AttentionMetadata,
    OtherAttentionError,
    _folded,
    _fused,
    _products,
    attend,
    use_tree_attention,
)
from tests.examples import examples

HEADS, KEY_HEADS, SIZE = 4, 2, 6
MODULE = SimpleNamespace(num_key_value_groups=HEADS // KEY_HEADS, is_causal=True)


def metadata_of(blocks: list[int], queries: int, mask: Tensor) -> AttentionMetadata:
    """Tokens of these blocks, each the next free query of its own."""
    taken = [0] * (max(blocks) + 1)
    gather = torch.zeros(len(taken) * queries, dtype=torch.long)
    scatter = torch.empty(len(blocks), dtype=torch.long)
    for token, block in enumerate(blocks):
        query = block * queries + taken[block]
        taken[block] += 1
        gather[query], scatter[token] = token, query
    return AttentionMetadata(len(taken), queries, gather, scatter, mask)


@examples(60)
@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=4),
    st.integers(1, 30),
    st.sampled_from([None, 0.7]),
    st.integers(0, 2**31),
)
def test_each_token_gets_what_it_gets_alone(
    tokens: list[int], columns: int, scaling: float | None, seed: int
) -> None:
    torch.manual_seed(seed)
    blocks = [number for number, count in enumerate(tokens) for _ in range(count)]
    queries = max(tokens)
    query = torch.randn(1, HEADS, len(blocks), SIZE)
    key, value = torch.randn(2, len(tokens), KEY_HEADS, columns, SIZE)
    allowed = torch.rand(len(tokens), 1, queries, columns) < 0.6
    allowed[..., 0] = True  # A token attends to itself at least.
    mask = torch.zeros(allowed.shape).masked_fill(~allowed, -torch.inf)
    metadata = metadata_of(blocks, queries, mask)
    found, _ = attend(MODULE, query, key, value, None, scaling=scaling, attention_metadata=metadata)
    assert found.shape == (1, len(blocks), HEADS, SIZE)
    assert metadata.scatter is not None
    for token, block in enumerate(blocks):
        repeats = HEADS // KEY_HEADS
        alone = scaled_dot_product_attention(
            query[:, :, token : token + 1],
            key[block : block + 1].repeat_interleave(repeats, dim=1),
            value[block : block + 1].repeat_interleave(repeats, dim=1),
            attn_mask=allowed.flatten(0, 2)[metadata.scatter[token]][None],
            scale=scaling,
        )
        torch.testing.assert_close(found[0, token], alone[0, :, 0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("queries", [1, 3, 40])
def test_a_gpu_computes_it_otherwise_and_the_same(queries: int) -> None:
    torch.manual_seed(queries)
    query = torch.randn(3, HEADS, queries, SIZE)
    key, value = torch.randn(2, 3, KEY_HEADS, 12, SIZE)
    allowed = torch.rand(3, 1, queries, 12) < 0.5
    allowed[..., 0] = True
    mask = torch.zeros(allowed.shape).masked_fill(~allowed, -torch.inf)
    metadata = AttentionMetadata(3, queries, None, None, mask)
    on_cpu = _folded(query, key, value, metadata.mask_of(None, HEADS // KEY_HEADS), 0.4)
    for on_gpu in (_products, _fused):
        found = on_gpu(query, key, value, mask, 0.4)
        torch.testing.assert_close(found, on_cpu, atol=1e-5, rtol=1e-5)


def test_padding_does_not_spread() -> None:
    mask = torch.full((2, 1, 2, 3), -torch.inf)
    mask[0, 0, 0], mask[1, 0, :] = 0, 0  # the second query of the first block sees nothing
    query, (key, value) = torch.randn(1, HEADS, 3, SIZE), torch.randn(2, 2, KEY_HEADS, 3, SIZE)
    metadata = metadata_of([0, 1, 1], 2, mask)
    found, _ = attend(MODULE, query, key, value, None, attention_metadata=metadata)
    assert found.isfinite().all()


def test_without_blocks_it_is_plain_attention() -> None:
    query = torch.randn(2, HEADS, 5, SIZE)
    key, value = torch.randn(2, 2, KEY_HEADS, 5, SIZE)
    found, _ = attend(MODULE, query, key, value, None)
    alone = scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    torch.testing.assert_close(found, alone.transpose(1, 2))


def test_attention_with_a_bias_of_positions_is_refused() -> None:
    metadata = AttentionMetadata(1, 1, None, None, torch.zeros(1, 1, 1, 1))
    zeros = torch.zeros(1, HEADS, 1, SIZE)
    with pytest.raises(OtherAttentionError, match="position_bias"):
        attend(MODULE, zeros, zeros, zeros, None, attention_metadata=metadata, position_bias=zeros)


def test_a_model_without_such_attention_is_left_alone() -> None:
    class Own:
        _supports_sdpa = True

        def set_attn_implementation(self, name: Any) -> None:
            raise AssertionError(name)

    assert not use_tree_attention(Own())
