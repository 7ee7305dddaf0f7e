"""The lean pass computes what transformers' Llama computes, to the bit, or is not taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from search_core.engine.half_weights import HalfLinear
from search_core.engine.memory.block_pool import BlockPool
from search_core.engine.memory.kv_layout import kv_layout
from search_core.engine.reading.forward_batch import ForwardBatch
from search_core.engine.reading.lean_llama import LeanLlama, lean


def llama(**options: Any) -> Any:
    config = LlamaConfig(
        **{
            "vocab_size": 61,
            "hidden_size": 48,
            "intermediate_size": 80,
            "num_hidden_layers": 3,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "head_dim": 8,
            **options,
        }
    )
    torch.manual_seed(0)
    return LlamaForCausalLM(config).eval()


def passes(model: Any, compute: Any, blocks: list[int], **options: Any) -> list[Tensor]:
    """What two passes over these tokens' blocks find, and what is kept of them."""
    layout = kv_layout(model)
    assert layout is not None
    pool = BlockPool(layout, max(blocks) + 1, 2 * len(blocks) + 2)
    for block in set(blocks):
        pool.begin(block, 0)
    columns = [blocks[:place].count(block) for place, block in enumerate(blocks)]
    batch = ForwardBatch(
        pool, blocks, list(range(len(blocks))), columns, [blocks.count(block) for block in blocks]
    )
    found = []
    with torch.inference_mode():
        for turn in range(2):
            ids = torch.arange(len(blocks)) % 61
            output = batch.forward(compute, ids, torch.tensor(columns) + turn, **options)
            found += [output.last_hidden_state if output.logits is None else output.logits]
    return [*found, pool.kv(0)]


@pytest.mark.parametrize("blocks", [[0], [0, 0, 0], [0, 0, 0, 1, 2, 2], [0] * 20 + [1] * 45])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"attention_bias": True, "mlp_bias": True},
        {"tie_word_embeddings": True, "num_key_value_heads": 6},
        {
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 10_000.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 16,
            }
        },
    ],
)
def test_it_computes_the_same_bits(blocks: list[int], options: dict[str, Any]) -> None:
    model = llama(**options)
    kv_layout(model)
    assert isinstance(lean(model), LeanLlama)
    usual, ours = passes(model, model, blocks), passes(model, lean(model), blocks)
    assert all(torch.equal(one, other) for one, other in zip(usual, ours, strict=True))


def test_logits_of_the_last_tokens_alone() -> None:
    model = llama()
    usual = passes(model, model, [0, 0, 1], logits_to_keep=1)
    ours = passes(model, lean(model), [0, 0, 1], logits_to_keep=1)
    assert ours[0].shape == (1, 1, 61)
    assert all(torch.equal(one, other) for one, other in zip(usual, ours, strict=True))


def _listened(model: Any) -> None:
    model.model.layers[1].mlp.register_forward_hook(lambda *_: None)


def _replaced(model: Any) -> None:
    model.model.layers[0].mlp.forward = lambda values: values


def _packed(model: Any) -> None:
    wide = model.model.layers[-1].mlp
    wide.down_proj = HalfLinear(wide.down_proj)


@pytest.mark.parametrize(
    "change",
    [
        _listened,
        _replaced,
        _packed,
        lambda model: model.train(),
        lambda model: model.to(torch.bfloat16),
        lambda model: setattr(model.config, "hidden_act", "gelu"),
        lambda model: setattr(model.config, "num_hidden_layers", 2),
    ],
)
def test_what_is_otherwise_is_left_to_the_model(change: Callable[[Any], object]) -> None:
    model = llama()
    change(model)
    assert lean(model) is model
    assert lean(model.base_model) is model.base_model


@pytest.mark.parametrize("change", [_packed, lambda model: model.train()])
def test_what_becomes_otherwise_is_left_to_the_model(change: Callable[[Any], object]) -> None:
    model = llama()
    assert isinstance(lean(model), LeanLlama)
    change(model)
    assert lean(model) is model
