"""The FLOP count against an operation counter, published sizes and mixtures of experts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from search_core.flops import (
    LARGER_MODELS,
    ModelShape,
    forward_flops,
    one_answer_flops,
    shape_of_config,
)
from search_core.log.run_log import RunLog
from search_core.protocols import SolverInfo, StepSample, VerifierInfo
from search_core.run.recorder import Recorder
from search_core.run.runner import ignore

CONFIG = LlamaConfig(
    vocab_size=97,
    hidden_size=48,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    intermediate_size=80,
    attn_implementation="eager",
)


def counted(model: LlamaForCausalLM, cache: DynamicCache, tokens: int) -> int:
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model(
            input_ids=torch.zeros(1, tokens, dtype=torch.long),
            past_key_values=cache,
            logits_to_keep=1,
        )
    return counter.get_total_flops()


def test_formula_equals_an_operation_counter() -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(CONFIG).eval()
    shape = shape_of_config(CONFIG)
    assert shape is not None
    cache = DynamicCache(config=CONFIG)
    prompt = 40
    seen = counted(model, cache, prompt)
    ours = forward_flops(shape, context=0, tokens=prompt, outputs=1)
    # Eager attention computes the upper triangle too: P(P-1)/2 pairs more per layer.
    upper = 4 * shape.layers * shape.attention_width * prompt * (prompt - 1) // 2
    assert seen == ours + upper
    seen = counted(model, cache, 1)
    assert seen == forward_flops(shape, context=prompt, tokens=1, outputs=1)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Llama-3.2-1B", 1.236e9),
        ("Llama-3.2-3B", 3.213e9),
        ("Llama-3.1-8B", 8.030e9),
        ("Llama-3.1-70B", 70.554e9),
    ],
)
def test_published_sizes(name: str, parameters: float) -> None:
    shape = LARGER_MODELS[name]
    tables = 1 if "3.2" in name else 2  # the small ones tie embedding and head
    total = shape.body_parameters + tables * shape.hidden * shape.outputs
    assert total == pytest.approx(parameters, rel=1e-3)


def test_classifier_reads_out_its_labels() -> None:
    config = LlamaConfig(num_labels=2, architectures=["LlamaForTokenClassification"])
    shape = shape_of_config(config)
    assert shape is not None
    assert shape.outputs == 2


def test_mixture_of_experts_counts_what_a_token_meets() -> None:
    config = SimpleNamespace(
        hidden_size=10,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=5,
        intermediate_size=100,
        moe_intermediate_size=20,
        shared_expert_intermediate_size=30,
        num_experts=8,
        num_experts_per_tok=2,
        mlp_only_layers=[0],
        vocab_size=50,
        model_type="qwen2_moe",
    )
    attention = 2 * 10 * 5 * 3 + 5 * 4
    sparse = 3 * 10 * (2 * 20 + 30) + 10 * 8 + 10
    assert shape_of_config(config) == ModelShape(
        2 * attention + 3 * 10 * 100 + sparse, 2, 10, 10, 50
    )


def test_unknown_shapes_are_unknown() -> None:
    assert shape_of_config(SimpleNamespace(hidden_size=10)) is None
    assert one_answer_flops(None, 10, 10) == 0.0


def test_attention_biases_count() -> None:
    plain = shape_of_config(CONFIG)
    biased = shape_of_config(LlamaConfig(**{**CONFIG.to_diff_dict(), "attention_bias": True}))
    assert plain is not None
    assert biased is not None
    assert biased.body_parameters - plain.body_parameters == 3 * (16 * (4 + 4) + 48)


def test_what_one_answer_of_another_model_costs() -> None:
    shape = LARGER_MODELS["Llama-3.2-1B"]
    once = one_answer_flops(shape, 100, 300)
    assert once == forward_flops(shape, context=0, tokens=399, outputs=300)
    larger = one_answer_flops(LARGER_MODELS["Llama-3.1-8B"], 100, 300)
    assert 5 < larger / once < 7
    with pytest.raises(ValueError, match="negative"):
        one_answer_flops(shape, -1, 3)


def test_reading_the_likelihood_costs_the_vocabulary_at_every_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from transformers import LlamaForTokenClassification

    from search_core.engine.memory import tree_attention
    from search_core.engine.reading.path_reading import PathText, ReadRequest
    from search_core.engine.reading.reader import Reader
    from search_core.engine.reading.readouts import label_readout
    from search_core.protocols import Watch

    # The counter sees products, and no fused kernel.
    def products(query: Any, key: Any, value: Any, mask: Any, scale: float) -> Any:
        folded = query.reshape(len(query), key.shape[1], -1, query.shape[3])
        return tree_attention._products(folded, key, value, mask, scale).view(query.shape)

    monkeypatch.setattr(tree_attention, "_folded", products)
    config = LlamaConfig(**{**CONFIG.to_dict(), "num_labels": 2, "architectures": None})
    config._attn_implementation = "eager"
    config.score_reading = {"step": {"total": 0.5}, "solution": {"least": 0.5}}
    model = LlamaForTokenClassification(config).eval()
    config.architectures = ["LlamaForTokenClassification"]
    shape = shape_of_config(config)
    assert shape is not None
    tokens = 15
    reader = Reader(model, label_readout(model))
    asked = ReadRequest(PathText((1, 2), (1,), start=1, stem=1, keep=1), "", Watch(lambda: False))
    reader.read([asked])  # The first read looks at the model, too.
    path = PathText(tuple(range(tokens)), (9, 14), start=5, stem=5, keep=5)
    with FlopCounterMode(display=False) as counter:
        reader.read([ReadRequest(path, "", Watch(lambda: False))])
    upper = 4 * shape.layers * shape.attention_width * tokens * (tokens - 1) // 2
    counted = counter.get_total_flops()
    assert counted == forward_flops(shape, context=0, tokens=tokens, outputs=2) + upper


def test_shares_of_a_prompt_cost_together_what_reading_it_once_costs() -> None:
    shape = shape_of_config(CONFIG)
    assert shape is not None
    known, read, rows = 30, 11, 4
    shares = [read // rows + (row < read % rows) for row in range(rows)]
    samples = [
        StepSample("", 1, 0.0, "step", prefilled=share, reused=known + read - share, known=known)
        for share in shares
    ]
    recorder = Recorder(
        RunLog(lambda: 0.0, ignore), SolverInfo("a", shape=shape), VerifierInfo("b")
    )
    once = forward_flops(shape, context=known, tokens=read, outputs=1)
    assert sum(map(recorder._sample_flops, samples)) == pytest.approx(once)
    # One that shares with nobody says no more than how much was there.
    alone = StepSample("", 3, 0.0, "step", prefilled=read, reused=known)
    later = forward_flops(shape, context=known + read, tokens=2, outputs=2)
    assert recorder._sample_flops(alone) == pytest.approx(once + later)
    free = StepSample("", 1, 0.0, "step", prefilled=0, reused=known)
    assert recorder._sample_flops(free) == 0
