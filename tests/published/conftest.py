"""The published model: read from its GGUF file, and converted to a folder by other means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from search_core.engine.checkpoints.gguf_finding import gguf_file
from search_core.engine.checkpoints.tokenizers import load_tokenizer
from search_core.models import ModelPair, read_catalogue

NAMED = os.environ.get("ESPALIER_TEST_PUBLISHED", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if not NAMED and str(item.path).startswith(here):
            item.add_marker(pytest.mark.skip(reason="no published model is named"))


@pytest.fixture(scope="session")
def file() -> Path:
    return gguf_file(NAMED)  # type: ignore[return-value]  # it says what is missing


@pytest.fixture(scope="session")
def pair() -> ModelPair:
    """As it is offered on the page, but in float32 on any machine."""
    told = read_catalogue().solvers["smollm2-135m"]
    settings = {"system_prompt": told.prompt, "verifier_format": "judge"}
    whole = {"dtype": "float32", "verifier_dtype": "float32"}
    return ModelPair(NAMED, NAMED, device="cpu", **settings, **whole)


@pytest.fixture(scope="session")
def offered() -> ModelPair:
    """As it is offered on the page."""
    return read_catalogue().pair("smollm2", "cpu")


@pytest.fixture(scope="session")
def folder(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary checkpoint, made of the file by the package `gguf` and by nothing of ours but
    the tokenizer, which tests of its own hold against transformers'."""
    made = tmp_path_factory.mktemp("converted")
    model = converted(file)
    model.save_pretrained(made)
    load_tokenizer(file).save_pretrained(made)
    return made


@pytest.fixture(scope="session")
def reference(folder: Path) -> Iterator[tuple[Any, Any]]:
    """Model and tokenizer as transformers loads them."""
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32", use_safetensors=True)
    with torch.inference_mode():
        yield model.eval(), tokenizer


def converted(file: Path) -> Any:
    """The file's model, read by llama.cpp's own Python package."""
    reader = gguf.GGUFReader(file)

    def value(key: str) -> Any:
        return reader.fields[f"llama.{key}"].contents()

    tensors = {
        tensor.name: torch.from_numpy(gguf.quants.dequantize(tensor.data, tensor.tensor_type))
        for tensor in reader.tensors
    }
    config = LlamaConfig(
        vocab_size=len(tensors["token_embd.weight"]),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": value("rope.freq_base")},
        max_position_embeddings=value("context_length"),
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    model = LlamaForCausalLM(config)
    state = {}
    for name in model.state_dict():
        if name == "lm_head.weight":
            continue
        rows = tensors.pop(names.get_name(name, (".weight",)))
        for part, heads in (("q_proj", "attention"), ("k_proj", "key_value")):
            if f".{part}." in name:
                rows = _halves(rows, getattr(config, f"num_{heads}_heads"))
        state[name] = rows
    assert not tensors
    model.load_state_dict(state, strict=False)
    return model


def _halves(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Undoes `LlamaModel.permute` of llama.cpp's converter."""
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, rows.shape[1])
    return pairs.swapaxes(1, 2).reshape(rows.shape)
