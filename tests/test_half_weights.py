"""Weights in float16 on a CPU: chosen by a measurement, nearly the same numbers, said by name."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    LlamaForCausalLM,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
)

from search_core.engine import half_weights
from search_core.engine.checkpoints import find_checkpoint, loading
from search_core.engine.checkpoints.loading import load_checkpoint
from search_core.engine.half_weights import NAME, HalfLinear, in_halves_if_faster
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.decoding import go_on
from tests.tiny_models import tiny_config, tiny_solver

PLAIN = {
    key: value
    for key, value in tiny_config(vocab_size=420).to_dict().items()
    if key not in {"model_type", "architectures", "attention_bias", "rope_parameters"}
}
CONFIGS = {
    "llama": tiny_config(vocab_size=420, attention_bias=True),
    "mistral": MistralConfig(**{**PLAIN, "sliding_window": None}),
    "qwen2": Qwen2Config(**{**PLAIN, "tie_word_embeddings": True}),
    "qwen3": Qwen3Config(**PLAIN),
}
IDS = torch.randint(4, 400, (3, 40), generator=torch.Generator().manual_seed(1))


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny models count as large ones, and float16 as twice as fast."""
    monkeypatch.setattr(half_weights, "_SMALLEST", 1)
    monkeypatch.setattr(loading, "_SMALL", 1)
    monkeypatch.setattr(half_weights, "_times_as_fast", lambda layers: 2.0)


def packed(model: Any) -> list[HalfLinear]:
    return [module for module in model.modules() if isinstance(module, HalfLinear)]


@pytest.mark.parametrize("kind", CONFIGS)
def test_it_computes_what_rounded_weights_compute(kind: str) -> None:
    """Every family that is measured at loading is here."""
    assert set(CONFIGS) == loading._MEASURED
    torch.manual_seed(2)
    model: Any = AutoModelForCausalLM.from_config(CONFIGS[kind], attn_implementation="eager").eval()
    before = model(IDS).logits
    parameters, size = half_weights.parameters_of(model), half_weights.bytes_of(model)
    rounded = AutoModelForCausalLM.from_config(CONFIGS[kind], attn_implementation="eager").eval()
    rounded.load_state_dict(model.state_dict())
    with torch.no_grad():
        for layer in rounded.modules():
            if isinstance(layer, torch.nn.Linear) and layer is not rounded.lm_head:
                layer.weight.copy_(layer.weight.half().float())
        head = rounded.lm_head
        rounded.lm_head = torch.nn.Linear(head.in_features, head.out_features, bias=False)
        rounded.lm_head.weight.copy_(head.weight.half().float())
        table = rounded.get_input_embeddings().weight
        table.copy_(table.half().float())
        assert in_halves_if_faster(model)
        found = model(IDS).logits
        torch.testing.assert_close(found, rounded(IDS).logits, rtol=0, atol=2e-4)
        alone = model(IDS[1:2]).logits
    torch.testing.assert_close(found[1:2], alone, rtol=0, atol=2e-4)
    assert 0 < (found - before).abs().max() < 0.1 < before.std()
    assert len(packed(model)) == 7 * model.config.num_hidden_layers + 1
    assert half_weights.parameters_of(model) == parameters
    assert half_weights.bytes_of(model) != size
    assert model.dtype == torch.float32
    table = model.get_input_embeddings()
    assert (table.rows.dtype, table.weight.dtype) == (torch.float16, torch.float32)


def test_solver_and_judge_stand_on_the_same_packed_weights(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tiny_solver(tmp_path / "both", max_position_embeddings=512)
    whole = load_solver(folder, device="cpu", dtype="float32")
    with caplog.at_level(logging.INFO):
        solver = load_solver(folder, device="cpu")
    assert "2.0 times as fast" in caplog.text
    judge = load_verifier(folder, format="judge", device="cpu")
    assert (whole.info.dtype, solver.info.dtype, judge.info.dtype) == ("float32", NAME, NAME)
    assert solver.info.parameters == whole.info.parameters
    assert solver.info.weight_bytes != whole.info.weight_bytes
    one, other = (
        [id(layer.packed) for layer in packed(model._loaded.model)]  # type: ignore[union-attr]
        for model in (solver, judge)
    )
    assert one == other
    assert solver._loaded.model is not judge._loaded.model  # type: ignore[union-attr]
    asked = [SampleRequest("1 + 2", (), seed) for seed in range(4)]
    for step in solver.sample(asked, Sampling(1.0, 1.0, 12), go_on):
        assert step.tokens
    [found] = judge.score([ScoreRequest("1 + 2", ("3",), 0, True, (None,))], go_on)
    assert 0 < found.scores[0] < 1


@pytest.mark.parametrize(("given", "out", "blocks"), [(576, 1536, 1024), (1536, 570, 1536)])
def test_packed_weights_take_whole_blocks(given: int, out: int, blocks: int) -> None:
    """So much did processes grow by: 40.0 MB for 20,008 rows of 576, 20.5 MB for rows of 512."""
    layer = HalfLinear(torch.nn.Linear(given, out))
    assert layer.nbytes == 2 * blocks * -(-out // 16) * 16 + 4 * out


@pytest.mark.parametrize("faster", [0.0, 0.6, 1.1])
def test_weights_that_would_not_be_faster_stay(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, faster: float
) -> None:
    monkeypatch.setattr(half_weights, "_times_as_fast", lambda layers: faster)
    model = LlamaForCausalLM(tiny_config())
    with caplog.at_level(logging.INFO):
        assert not in_halves_if_faster(model)
    assert packed(model) == []
    assert f"{faster:.2f} times as fast" in caplog.text


def test_weights_that_float16_does_not_hold_stay() -> None:
    model = LlamaForCausalLM(tiny_config())
    large = model.model.layers[0].mlp.up_proj
    with torch.no_grad():
        large.weight[0, 0] = 1e5
    assert in_halves_if_faster(model)
    assert model.model.layers[0].mlp.up_proj is large
    assert isinstance(model.model.layers[1].mlp.up_proj, HalfLinear)


def test_only_large_models_on_a_cpu_that_nobody_chose_a_precision_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = find_checkpoint(tiny_solver(tmp_path / "m"))
    for dtype in ("float32", "bfloat16"):
        assert load_checkpoint(checkpoint, "ForCausalLM", "cpu", dtype).info.dtype == dtype
    monkeypatch.setattr(loading, "_MEASURED", frozenset())
    assert load_checkpoint(checkpoint, "ForCausalLM", "cpu", "auto").info.dtype == "float32"


def test_a_small_model_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_SMALL", 20_000_000)
    checkpoint = find_checkpoint(tiny_solver(tmp_path / "m"))
    assert load_checkpoint(checkpoint, "ForCausalLM", "cpu", "auto").info.dtype == "float32"


class Clock:
    """A pass through packed layers takes a second, and one through others three."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def passed(self, layers: Any, rows: Any) -> None:
        self.now += 1 if isinstance(layers[0], HalfLinear) else 3


def test_what_is_faster_is_measured_and_no_kernel_is_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    clock = Clock()
    monkeypatch.setattr(half_weights.time, "perf_counter", clock)
    layers = [torch.nn.Linear(8, 8) for _ in range(3)]
    passes = half_weights._pass
    passes([*layers, HalfLinear(layers[0])], {8: torch.ones(8, 8)})  # as it is timed
    monkeypatch.setattr(half_weights, "_pass", clock.passed)
    assert half_weights._times_as_fast(layers) == 3
    assert half_weights._times_as_fast([]) == 0

    def missing(*args: Any) -> None:
        raise RuntimeError("not supported by ONEDNN")

    monkeypatch.setattr(torch.ops.quantized, "linear_prepack_fp16", missing)
    assert half_weights._times_as_fast(layers) == 0
