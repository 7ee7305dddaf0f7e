"""A folder of low-rank changes is loaded with its base, and computes what the sum of both does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import LlamaForCausalLM, LlamaForTokenClassification

from search_core.engine.checkpoints.checkpoint import ModelLoadError, find_checkpoint
from search_core.models.loading import loading_line
from search_core.models.pair import ModelPair
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.gguf_files import write_gguf
from tests.low_rank_folders import BEFORE, low_rank
from tests.tiny_models import tiny_solver, tiny_tokenizer

DOWN, QUERY = "model.layers.1.mlp.down_proj", "model.layers.0.self_attn.q_proj"
SHAPES = {DOWN: (32, 48), QUERY: (32, 32)}
HEAD: dict[str, tuple[int, ...]] = {"score.weight": (2, 32), "score.bias": (2,)}
SCALE = 2.0
"""lora_alpha 4 by rank 2."""


def merged_by_hand(model: Any, folder: Path) -> Any:
    tensors = load_file(folder / "adapter_model.safetensors")
    with torch.no_grad():
        for name in SHAPES:
            a, b = (tensors[f"{BEFORE}{name}.lora_{part}.weight"] for part in "AB")
            model.get_submodule(name).weight += SCALE * b @ a
        for name in HEAD:
            if BEFORE + name in tensors:
                model.get_parameter(name).copy_(tensors[BEFORE + name])
    return model


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.arange(4, 20)[None]).logits[0]


@pytest.mark.parametrize("kind", ["folder", "gguf"])
def test_a_solver_is_base_and_changes(tmp_path: Path, kind: str) -> None:
    whole = tiny_solver(tmp_path / "base")
    base = whole
    if kind == "gguf":
        model = LlamaForCausalLM.from_pretrained(whole)
        base = write_gguf(tmp_path / "base.gguf", model, tiny_tokenizer())
    folder = low_rank(tmp_path / "changes", base, SHAPES)
    solver = load_solver(folder, device="cpu", dtype="float32")
    wanted = merged_by_hand(LlamaForCausalLM.from_pretrained(whole), folder)
    assert torch.allclose(logits(solver._loaded.model), logits(wanted), atol=1e-5)
    assert not torch.allclose(logits(wanted), logits(LlamaForCausalLM.from_pretrained(whole)))
    asked = [SampleRequest("1 + 1", (), seed=0)]
    assert solver.sample(asked, Sampling(max_step_tokens=4), lambda: False)[0].tokens > 0
    assert (solver.info.name, solver.info.revises) == ("changes", True)


def test_a_verifier_brings_its_head(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    folder = low_rank(tmp_path / "judge", base, SHAPES, head=HEAD, task_type="TOKEN_CLS")
    (folder / "espalier.json").write_text(json.dumps({"first_error_threshold": 0.25}))
    whole = tmp_path / "whole"
    model = LlamaForTokenClassification.from_pretrained(base, num_labels=2)
    merged_by_hand(model, folder).save_pretrained(whole)
    tiny_tokenizer().save_pretrained(whole)
    asked = [ScoreRequest("1 + 1", ("1 + 1 = 2", "So 2."), 0, True, (0.0, 0.0))]
    got, wanted = (
        load_verifier(path, device="cpu", dtype="float32").score(asked, lambda: False)[0].scores
        for path in (folder, whole)
    )
    assert got == pytest.approx(wanted, abs=1e-6)


def test_one_label_is_one_label(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    one: dict[str, tuple[int, ...]] = {"score.weight": (1, 32), "score.bias": (1,)}
    folder = low_rank(tmp_path / "judge", base, {}, head=one, task_type="TOKEN_CLS")
    assert load_verifier(folder, device="cpu")._loaded.model.config.num_labels == 1


def test_its_version_is_that_of_both(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    found = find_checkpoint(low_rank(tmp_path / "a", base, SHAPES))
    other = find_checkpoint(low_rank(tmp_path / "b", base, SHAPES, seed=1))
    assert found.revision != other.revision
    assert find_checkpoint(base).revision in found.revision
    elsewhere = tiny_solver(tmp_path / "elsewhere", seed=5)
    again = find_checkpoint(low_rank(tmp_path / "c" / "a", elsewhere, SHAPES))
    assert again.revision != found.revision


def test_a_base_may_lie_beside_it_and_its_size_is_said(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    folder = low_rank(tmp_path / "changes", "../base", SHAPES)
    assert find_checkpoint(folder).folder == base.resolve()
    size = (base / "model.safetensors").stat().st_size
    pair = ModelPair(str(folder), str(folder))
    assert f"changes ({round(size / 1000)} kB)" in loading_line(pair, verified=False)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"peft_type": "IA3"}, "peft_type is 'IA3'"),
        ({"use_dora": True}, "use_dora is True"),
        ({"rank_pattern": {"q_proj": 4}}, "rank_pattern"),
        ({"task_type": "SEQ_2_SEQ_LM"}, "task_type"),
        ({"task_type": "TOKEN_CLS"}, "brings no labels"),
        ({"lora_alpha": "16"}, "lora_alpha"),
        ({"base_model_name_or_path": ""}, "names no model"),
    ],
)
def test_what_would_be_another_model_is_refused(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    folder = low_rank(tmp_path / "changes", tiny_solver(tmp_path / "base"), SHAPES, **changed)
    with pytest.raises(ModelLoadError, match=said):
        find_checkpoint(folder)


def test_changes_for_another_model_are_refused(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    for number, (shapes, said) in enumerate(
        [
            ({DOWN: (32, 47)}, "has the shape"),
            ({"model.layers.7.mlp.down_proj": (32, 48)}, "has no matrix"),
            ({"model.embed_tokens": (262, 32)}, "has no matrix"),
        ]
    ):
        folder = low_rank(tmp_path / str(number), base, shapes)
        with pytest.raises(ModelLoadError, match=said):
            load_solver(folder, device="cpu")


def test_changes_of_changes_are_refused(tmp_path: Path) -> None:
    inner = low_rank(tmp_path / "inner", tiny_solver(tmp_path / "base"), SHAPES)
    with pytest.raises(ModelLoadError, match="holds low-rank changes itself"):
        find_checkpoint(low_rank(tmp_path / "outer", inner, SHAPES))
    itself = low_rank(tmp_path / "itself", tmp_path / "itself", SHAPES)
    with pytest.raises(ModelLoadError, match="holds low-rank changes itself"):
        find_checkpoint(itself)


def test_pickled_or_unknown_weights_are_refused(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    folder = low_rank(tmp_path / "changes", base, SHAPES)
    file = folder / "adapter_model.safetensors"
    file.write_bytes(b"\x00" * 64)
    with pytest.raises(ModelLoadError, match="no safetensors file"):
        find_checkpoint(folder)
    file.rename(folder / "adapter_model.bin")
    with pytest.raises(ModelLoadError, match="pickled weights can run code"):
        find_checkpoint(folder)
    more = low_rank(tmp_path / "more", base, SHAPES, head={"model.norm.weight": (32,)})
    with pytest.raises(ModelLoadError, match=r"model\.norm\.weight"):
        find_checkpoint(more)
