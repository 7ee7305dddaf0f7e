"""Writes small GGUF files from models and tokenizers, as llama.cpp's converter does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy
import torch
from transformers import PreTrainedTokenizerFast

F32 = gguf.GGMLQuantizationType.F32
PIECES = {"gpt-2": "gpt-2", "digit-wise": "smollm", "line breaks join": "llama-bpe"}
"""llama.cpp's names for the splitters of `tokenizer_kinds`."""


def write_gguf(
    path: Path,
    model: Any,
    tokenizer: PreTrainedTokenizerFast,
    *,
    pre: str = "gpt-2",
    stored: gguf.GGMLQuantizationType = F32,
    without: tuple[str, ...] = (),
    values: dict[str, Any] | None = None,
) -> Path:
    """A GGUF file of a model and its tokenizer.

    Args:
        pre: How a text is split, by llama.cpp's name; "": SentencePiece.
        stored: How matrices are stored.
        without: Keys that are left out.
        values: Keys beside the usual ones, or in their place.
    """
    config = model.config
    kind = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}[config.model_type]
    told = {
        f"{kind}.context_length": config.max_position_embeddings,
        f"{kind}.embedding_length": config.hidden_size,
        f"{kind}.block_count": config.num_hidden_layers,
        f"{kind}.feed_forward_length": config.intermediate_size,
        f"{kind}.attention.head_count": config.num_attention_heads,
        f"{kind}.attention.head_count_kv": config.num_key_value_heads,
        f"{kind}.attention.layer_norm_rms_epsilon": float(config.rms_norm_eps),
        f"{kind}.rope.freq_base": float(config.rope_parameters["rope_theta"]),
        **({f"{kind}.attention.key_length": config.head_dim} if kind != "qwen2" else {}),
        **tokenizer_values(tokenizer, pre),
        **(values or {}),
    }
    writer = gguf.GGUFWriter(path, kind)
    for key, value in told.items():
        if key not in without:
            add(writer, key, value)
    arch = next(one for one, name in gguf.MODEL_ARCH_NAMES.items() if name == kind)
    names = gguf.get_tensor_name_map(arch, config.num_hidden_layers)
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        rows = weight.float().numpy()
        for part, heads in (("q_proj", "attention"), ("k_proj", "key_value")):
            if f".{part}." in name and kind == "llama":
                rows = interleaved(rows, getattr(config, f"num_{heads}_heads"))
        into = stored if rows.ndim == 2 else F32
        packed = gguf.quants.quantize(numpy.ascontiguousarray(rows), into)
        writer.add_tensor(str(names.get_name(name, (".weight", ".bias"))), packed, raw_dtype=into)
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", stretches(model))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    elif isinstance(value, float):
        writer.add_float32(key, value)
    elif isinstance(value, str):
        writer.add_string(key, value)
    else:
        writer.add_array(key, value)


def interleaved(rows: numpy.ndarray, heads: int) -> numpy.ndarray:
    """Rows of a head in llama.cpp's order (`LlamaModel.permute` of its converter)."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def stretches(model: Any) -> numpy.ndarray:
    """What Llama 3 divides each frequency by."""
    size, theta = model.config.head_dim, model.config.rope_parameters["rope_theta"]
    plain = theta ** -(torch.arange(0, size, 2, dtype=torch.float32) / size)
    return (plain / model.model.rotary_emb.inv_freq).numpy()


def tokenizer_values(tokenizer: PreTrainedTokenizerFast, pre: str) -> dict[str, Any]:
    """What a GGUF file says of a tokenizer, by key."""
    stored = json.loads(tokenizer.backend_tokenizer.to_str())
    special = {one["content"]: one["special"] for one in stored["added_tokens"]}
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    assert [number for _, number in pieces] == list(range(len(pieces)))
    kinds = gguf.TokenType
    listed = [_kind(piece, special) for piece, _ in pieces]
    values = {
        "tokenizer.ggml.model": "gpt2" if pre else "llama",
        "tokenizer.ggml.tokens": [piece for piece, _ in pieces],
        "tokenizer.ggml.token_type": [int(one) for one in listed],
        "tokenizer.ggml.add_bos_token": False,
    }
    merges = [tuple(one) for one in stored["model"]["merges"]]
    if pre:
        values["tokenizer.ggml.pre"] = pre
        values["tokenizer.ggml.merges"] = [" ".join(pair) for pair in merges]
    else:
        ranks = {"".join(pair): rank for rank, pair in reversed(list(enumerate(merges)))}
        values["tokenizer.ggml.scores"] = [-float(ranks.get(one, 10**6)) for one, _ in pieces]
        values["tokenizer.ggml.unknown_token_id"] = 0
    if kinds.UNKNOWN in listed:
        values["tokenizer.ggml.unknown_token_id"] = listed.index(kinds.UNKNOWN)
    for name, said in {"eos": "eos_token_id", "padding": "pad_token_id"}.items():
        if (number := getattr(tokenizer, said)) is not None:
            values[f"tokenizer.ggml.{name}_token_id"] = number
    if tokenizer.chat_template:
        values["tokenizer.chat_template"] = tokenizer.chat_template
    return values


def _kind(piece: str, special: dict[str, bool]) -> gguf.TokenType:
    if piece == "<unk>":
        return gguf.TokenType.UNKNOWN
    if piece in special:
        return gguf.TokenType.CONTROL if special[piece] else gguf.TokenType.USER_DEFINED
    if piece.startswith("<0x") and piece.endswith(">"):
        return gguf.TokenType.BYTE
    return gguf.TokenType.NORMAL
