"""A small Llama checkpoint as a GGUF file: `python tests/llama_cpp/convert.py FROM TO.gguf`.

For the embedded solver and the golden token-pair verifiers, whose tokenizers llama.cpp's own
converter does not know. Needs `gguf`, `numpy` and `safetensors`, and nothing of Espalier. All is
written in float32, so that it computes the same.

llama.cpp splits text by rules that it knows by name. The solver's rule is not among them; "bloom"
cuts at some of the places where that one cuts and at no other, and no token of the solver reaches
over one of its own cuts, so that both give the same tokens.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gguf
import numpy
from safetensors.numpy import load_file

BLOCKS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
OTHERS = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def convert(source: Path, target: Path) -> None:
    """Writes the file.

    Raises:
        ValueError: The checkpoint is no Llama or Mistral, or its tokenizer is none of the three.
    """
    config = _read(source / "config.json")
    if config["model_type"] not in ("llama", "mistral") or config.get("sliding_window"):
        raise ValueError(f"{source} is of type {config['model_type']}; expected llama or mistral.")
    writer = gguf.GGUFWriter(target, "llama")
    _shape(writer, config)
    _tokenizer(writer, source, config)
    for name, weight in load_file(source / "model.safetensors").items():
        values = weight.astype(numpy.float32)
        if name.endswith("q_proj.weight"):
            values = _interleaved(values, config["num_attention_heads"])
        elif name.endswith("k_proj.weight"):
            values = _interleaved(values, config["num_key_value_heads"])
        writer.add_tensor(_called(name), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _shape(writer: gguf.GGUFWriter, config: dict[str, Any]) -> None:
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])


def _tokenizer(writer: gguf.GGUFWriter, source: Path, config: dict[str, Any]) -> None:
    tokenizer = _read(source / "tokenizer.json")
    model = tokenizer["model"]
    special = {one["id"] for one in tokenizer["added_tokens"] if one["special"]}
    pieces = sorted(model["vocab"], key=model["vocab"].__getitem__)
    kinds = gguf.TokenType
    types = [kinds.CONTROL if one in special else kinds.NORMAL for one in range(len(pieces))]
    if tokenizer["pre_tokenizer"]["type"] == "Metaspace":
        # Here pieces are joined by score, there by rank: the same, once scores fall with ranks.
        ranks = {"".join(pair): rank for rank, pair in enumerate(model["merges"])}
        types[model["vocab"][model["unk_token"]]] = kinds.UNKNOWN
        writer.add_tokenizer_model("llama")
        writer.add_token_scores([-float(ranks.get(piece, len(ranks))) for piece in pieces])
        writer.add_add_space_prefix(True)
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(_rule(tokenizer["pre_tokenizer"], source))
        writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
    writer.add_token_list(pieces)
    writer.add_token_types(types)
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    names = _read(source / "tokenizer_config.json")
    writer.add_add_bos_token(bool(names.get("bos_token")))
    template = source / "chat_template.jinja"
    if template.exists():
        writer.add_chat_template(template.read_text(encoding="utf-8"))


def _rule(pre_tokenizer: dict[str, Any], source: Path) -> str:
    """llama.cpp's name of a rule that splits text as this tokenizer's tokens need."""
    if pre_tokenizer["type"] == "ByteLevel" and pre_tokenizer["use_regex"]:
        return "gpt-2"
    parts = pre_tokenizer.get("pretokenizers") or [{}]
    solver = r"\n\n| ?[0-9]| ?[A-Za-z]+| ?[^\sA-Za-z0-9]|\s"
    if parts[0].get("pattern") == {"Regex": solver}:
        return "bloom"
    raise ValueError(f"The tokenizer of {source} splits text by a rule that is not known here.")


def _interleaved(weight: numpy.ndarray, heads: int) -> numpy.ndarray:
    """Rows of a head in the order of llama.cpp, whose rotary pairs lie side by side."""
    halves = weight.reshape(heads, 2, -1, weight.shape[1])
    return numpy.ascontiguousarray(halves.swapaxes(1, 2).reshape(weight.shape))


def _called(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    if stem in OTHERS:
        return f"{OTHERS[stem]}.{kind}"
    _, _, block, part = stem.split(".", 3)
    return f"blk.{block}.{BLOCKS[part]}.{kind}"


def _read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
