"""Weights in four bits on a CPU: near what they were, small, in memory once, said by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from search_core.engine import four_bit_weights
from search_core.engine.checkpoints import ModelLoadError, find_checkpoint, loading
from search_core.engine.checkpoints.loading import load_checkpoint
from search_core.engine.four_bit_weights import NAME, EightBitTable, FourBitLinear, in_four_bits
from search_core.engine.half_weights import bytes_of, parameters_of
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.decoding import go_on
from tests.test_half_weights import CONFIGS, IDS
from tests.tiny_models import tiny_solver


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(four_bit_weights, "_SMALLEST", 1)


def wide(kind: str) -> Any:
    """A random model whose matrices the kernel takes."""
    torch.manual_seed(2)
    config = type(CONFIGS[kind])(
        **{**CONFIGS[kind].to_dict(), "hidden_size": 64, "intermediate_size": 96, "head_dim": 16}
    )
    return AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()


@pytest.mark.parametrize("bias", [True, False])
def test_a_packed_matrix_is_its_rounded_weights(bias: bool) -> None:
    torch.manual_seed(0)
    layer = torch.nn.Linear(96, 48, bias=bias)
    with torch.no_grad():
        layer.weight[3] = 0.5  # a group without a spread
        layer.weight[4] = 0
    packed = FourBitLinear(layer)
    # What it multiplies by, one column after the other.
    with torch.inference_mode():
        rows = torch.eye(96)
        held = packed(rows) - (layer.bias if bias else 0)
        spread = layer.weight.view(48, 3, 32)
        step = (spread.amax(-1) - spread.amin(-1)) / 15
        apart = (held.T - layer.weight).view(48, 3, 32).abs().amax(-1)
        # Half a step, and what two roundings to 8 bits add.
        assert (apart <= 0.5 * step + 2**-7 * spread.abs().amax(-1)).all()
        values = torch.randn(2, 5, 96)
        wanted = torch.nn.functional.linear(values, layer.weight, layer.bias)
        assert (packed(values) - wanted).abs().mean() < 0.1 * wanted.std()
        torch.testing.assert_close(packed(values)[1:], packed(values[1:]), rtol=0, atol=0)


def test_weights_of_four_bits_lose_only_what_their_scales_lose() -> None:
    """Those of a GGUF file's Q4_1 are on such a grid already."""
    codes = torch.randint(0, 16, (32, 2, 32)).float()
    codes[..., 0], codes[..., 1] = 0, 15
    layer = torch.nn.Linear(64, 32, bias=False)
    with torch.no_grad():
        layer.weight.copy_((codes * 0.125 - 1).view(32, 64))  # a scale that bfloat16 holds
        held = FourBitLinear(layer)(torch.eye(64)).T
    torch.testing.assert_close(held, layer.weight, rtol=0, atol=0)


def test_a_table_in_eight_bits() -> None:
    weight = torch.randn(5000, 64)
    weight[7] = 0
    table = EightBitTable(weight)
    apart = (table.weight - weight).view(5000, 2, 32).abs().amax(-1)
    assert (apart <= weight.view(5000, 2, 32).abs().amax(-1) / 127 * 0.52).all()
    ids = torch.tensor([[7, 4999]])
    assert torch.equal(table(ids), table.weight[ids])
    values = torch.randn(3, 64)
    found = four_bit_weights.EightBitReadOut(table)(values)
    torch.testing.assert_close(found, values @ table.weight.T, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_model_computes_what_its_rounded_weights_compute(kind: str) -> None:
    model, rounded = wide(kind), wide(kind)
    parameters, size = parameters_of(model), bytes_of(model)
    with torch.inference_mode():
        in_four_bits(model)
        found = model(IDS).logits
        rounded.lm_head.weight = torch.nn.Parameter(model.lm_head.table.weight)
        rounded.get_input_embeddings().weight = torch.nn.Parameter(
            model.get_input_embeddings().weight
        )
        for name, packed in model.named_modules():
            if isinstance(packed, FourBitLinear):
                layer = rounded.get_submodule(name)
                held = packed(torch.eye(layer.in_features))
                layer.weight.copy_((held if layer.bias is None else held - layer.bias).T)
        wanted = rounded(IDS).logits
    assert len([one for one in model.modules() if isinstance(one, FourBitLinear)]) == 14
    assert parameters_of(model) == parameters
    assert bytes_of(model) < size / 3
    assert model.dtype == torch.float32
    # What is multiplied has 8 bits, too.
    assert (found - wanted).abs().mean() < 0.05 * wanted.std()


def test_solver_and_judge_stand_on_the_same_four_bits(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "both", max_position_embeddings=512, hidden_size=64)
    solver = load_solver(folder, device="cpu", dtype="int4")
    judge = load_verifier(folder, format="judge", device="cpu", dtype="int4")
    assert solver.info.dtype == judge.info.dtype == NAME
    one, other = (
        {held.data_ptr() for held in model._loaded.model.buffers() if held.dtype == torch.uint8}
        for model in (solver, judge)
    )  # type: ignore[union-attr]
    assert one == other != set()
    assert solver.info.parameters == load_solver(folder, device="cpu").info.parameters
    for step in solver.sample([SampleRequest("1 + 2", (), 3)], Sampling(1.0, 1.0, 12), go_on):
        assert step.tokens
    [found] = judge.score([ScoreRequest("1 + 2", ("3",), 0, True, (None,))], go_on)
    assert 0 < found.scores[0] < 1


def test_a_kind_whose_layers_are_not_known_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_MEASURED", frozenset({"qwen2"}))
    checkpoint = find_checkpoint(tiny_solver(tmp_path / "m"))
    with pytest.raises(ModelLoadError, match="kind 'llama'; on a CPU int4 is for qwen2"):
        load_checkpoint(checkpoint, "ForCausalLM", "cpu", "int4")
