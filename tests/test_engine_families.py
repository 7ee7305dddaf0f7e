"""Model families that the engine was not written for: each is read in blocks, or says no."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from search_core.engine.memory.kv_layout import kv_layout
from search_core.engine.memory.tree_attention import use_tree_attention
from search_core.engine.writing.decoder import Decoder
from search_core.protocols import wait
from tests.decoding import decode, finish, go_on
from tests.test_engine_decode import OFTEN, SAMPLING, assert_same, some_requests
from tests.test_engine_sharing import Checked
from tests.tiny_models import VOCABULARY

SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "initializer_range": 0.3,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 3,
}
WIDE = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256}
OPT = {"word_embed_proj_dim": 32, "ffn_dim": 48}
MIXED = ["sliding_attention", "full_attention"]
EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": None}
ADDED = [
    ("gemma2", {"sliding_window": 4, "attn_logit_softcapping": 0.5}),  # scores with a cap
    ("gemma2", {"layer_types": ["full_attention"] * 2}),  # the cap alone
    ("gpt_oss", {**EXPERTS, "sliding_window": 4, "layer_types": MIXED}),  # sinks
]


def tiny(kind: str, **changes: Any) -> Any:
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **{**SIZES, **changes})
    return AutoModelForCausalLM.from_config(config).eval()


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("qwen3", {}),
        ("phi3", {}),
        ("gemma", {}),
        ("olmo2", {}),
        ("granite", {}),
        ("smollm3", {}),
        ("mixtral", EXPERTS),
        ("gpt2", WIDE),
        ("gpt_neox", {}),
        ("opt", OPT),
        ("mistral", {"sliding_window": 6}),
        ("mixtral", {**EXPERTS, "sliding_window": 1}),
        ("phi3", {"sliding_window": 6}),
        ("qwen2", {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}),
        ("gemma3_text", {"sliding_window": 6, "layer_types": MIXED}),
        ("cohere2", {"sliding_window": 6, "layer_types": MIXED}),
        ("olmo3", {"sliding_window": 6, "layer_types": MIXED}),
        ("exaone4", {"sliding_window": 6, "layer_types": MIXED}),
        *ADDED,
        ("ministral", {"sliding_window": 6, "layer_types": MIXED}),
    ],
)
def test_blocks_say_what_a_full_recomputation_says(kind: str, changes: dict[str, Any]) -> None:
    model = tiny(kind, **changes)
    assert kv_layout(model) is not None
    with mock.patch("search_core.engine.writing.decoder.TreeCache", Checked):
        decoder = Decoder(model, OFTEN)
        # Each token of each is compared: of those that share a prompt, two are enough.
        requests = some_requests(12)[:10]
        assert 3 < len({request.prompt for request in requests}) < 6
        call = decoder.submit(requests, SAMPLING, go_on)
        finish(decoder)
        assert len(wait(call, go_on)) == 10


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("stablelm", {}),  # attention of its own
        ("llama4_text", {"attention_chunk_size": 4}),  # chunks, which layers do not name
        ("lfm2", {"layer_types": ["conv", "full_attention"]}),
    ],
)
def test_others_read_whole_paths(kind: str, changes: dict[str, Any]) -> None:
    model = tiny(kind, **changes)
    assert kv_layout(model) is None
    requests = some_requests(6)[:6]
    together = decode(model, requests, SAMPLING, OFTEN)
    assert_same(together, [decode(model, [request], SAMPLING, OFTEN)[0] for request in requests])


@pytest.mark.parametrize(("kind", "changes"), ADDED)
def test_caps_and_sinks_are_those_of_the_model(kind: str, changes: dict[str, Any]) -> None:
    """As transformers computes them in its plainest code; a row of two begins with padding."""
    ids = torch.randint(4, VOCABULARY, (2, 9), generator=torch.Generator().manual_seed(1))
    padded = torch.ones_like(ids)
    padded[1, :3] = 0
    model = tiny(kind, **changes)
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        wanted = [model(ids[:1]).logits, model(ids, attention_mask=padded).logits[:, 3:]]
        assert use_tree_attention(model)
        found = [model(ids[:1]).logits, model(ids, attention_mask=padded).logits[:, 3:]]
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)
