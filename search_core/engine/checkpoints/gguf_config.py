"""What a GGUF file's metadata says of its model, as the config that transformers reads.

The keys are those of llama.cpp's `convert_hf_to_gguf.py` and `gguf-py/gguf/constants.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn, TypeGuard

from search_core.engine.checkpoints.gguf_header import GgufFile
from search_core.engine.checkpoints.hub import ModelLoadError

_MODELS: Mapping[str, str] = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3"}
"""Architectures that are read, and transformers' names for them. Mistral's files say llama."""
_TOKENS = "tokenizer.ggml."
_IDS = {"bos_token_id": "bos", "eos_token_id": "eos", "pad_token_id": "padding"}
_ENDS = ("eos", "eot", "eom")
_END_MARKS = {
    *("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|eom_id|>"),
    *("<EOT>", "<|end_of_text|>", "< EOT >", "_<EOT>", "<|END_OF_TURN_TOKEN|>"),
}
"""Control tokens that end a text in llama.cpp by their names (`llama-vocab.cpp`)."""
CONTROL = 3


def gguf_config(file: GgufFile) -> dict[str, Any]:
    """The config.json of the model in a GGUF file.

    Raises:
        ModelLoadError: Its architecture is not one that is read, or a value is missing or is none.
    """
    values = _Values(file)
    kind = str(file.values.get("general.architecture"))
    if kind not in _MODELS:
        raise ModelLoadError(
            f"{file.path.name} cannot be loaded: its architecture is {kind!r:.60}; of GGUF files "
            f"{', '.join(_MODELS)} are read (Mistral's and SmolLM2's say llama). Choose the model "
            "in the safetensors format, or serve it with llama.cpp and give its address."
        )
    if values.get("expert_count", int, 0):
        values.refuse("it is a mixture of experts, which is not read from GGUF files")
    heads, width = values.need("attention.head_count", int), values.need("embedding_length", int)
    key_heads = values.get("attention.head_count_kv", int, heads)
    if min(heads, width, key_heads) < 1:
        values.refuse("it has no heads, or no width")
    size = values.get("attention.key_length", int, width // heads)
    for name in ("attention.value_length", "rope.dimension_count"):
        if values.get(name, int, size) != size:
            values.refuse(f"{name} differs from the width of a head, {size}, and is not read")
    return {
        "architectures": [f"{_MODELS[kind]}ForCausalLM"],
        "model_type": kind,
        "vocab_size": values.rows("token_embd.weight"),
        "hidden_size": width,
        "intermediate_size": values.need("feed_forward_length", int),
        "num_hidden_layers": values.need("block_count", int),
        "num_attention_heads": heads,
        "num_key_value_heads": key_heads,
        "head_dim": size,
        "max_position_embeddings": values.need("context_length", int),
        "rms_norm_eps": values.need("attention.layer_norm_rms_epsilon", float),
        "rope_parameters": values.rope(size),
        "hidden_act": "silu",
        "tie_word_embeddings": "output.weight" not in file.tensors,
        "attention_bias": kind == "llama" and "blk.0.attn_q.bias" in file.tensors,
        **ids(file),
    }


def ids(file: GgufFile) -> dict[str, Any]:
    """The ids of special tokens, as config.json and generation_config.json have them.

    A text ends where llama.cpp would end it: at the tokens that the file says, and at control
    tokens whose names say so.
    """
    given = {name: file.values.get(f"{_TOKENS}{said}_token_id") for name, said in _IDS.items()}
    found: dict[str, Any] = {name: one for name, one in given.items() if is_id(one)}
    ends = [file.values.get(f"{_TOKENS}{name}_token_id") for name in _ENDS]
    tokens = file.values.get(f"{_TOKENS}tokens")
    kinds = file.values.get(f"{_TOKENS}token_type")
    if isinstance(tokens, list) and isinstance(kinds, list):
        pairs = enumerate(zip(tokens, kinds, strict=False))
        ends += [at for at, (token, kind) in pairs if kind == CONTROL and token in _END_MARKS]
    several = list(dict.fromkeys(one for one in ends if is_id(one)))
    if several:
        found["eos_token_id"] = several if len(several) > 1 else several[0]
    return found


def is_id(value: Any) -> TypeGuard[int]:
    """Whether it may be a token's id."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


class _Values:
    """A file's metadata of its architecture."""

    def __init__(self, file: GgufFile) -> None:
        self._file = file
        self._kind = file.values.get("general.architecture")

    def get(self, name: str, kind: type, usual: Any) -> Any:
        value = self._file.values.get(f"{self._kind}.{name}", usual)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        good = isinstance(value, kind) and not isinstance(value, bool)
        if not good or (kind is float and not math.isfinite(value)):
            what = "number" if kind is float else "whole number"
            self.refuse(f"{self._kind}.{name} is {value!r:.60}; expected one {what}")
        return value

    def need(self, name: str, kind: type) -> Any:
        if f"{self._kind}.{name}" not in self._file.values:
            self.refuse(f"{self._kind}.{name} is missing")
        return self.get(name, kind, None)

    def rows(self, tensor: str) -> int:
        stored = self._file.tensors.get(tensor)
        if stored is None or len(stored.shape) != 2:
            self.refuse(f"the matrix {tensor} is missing")
        return stored.shape[0]

    def rope(self, size: int) -> dict[str, Any]:
        """How positions are turned into angles."""
        from search_core.engine.checkpoints.gguf_rope import rope_of_factors

        theta = self.get("rope.freq_base", float, 10000.0)
        if not theta > 0 or size < 2 or size % 2:
            self.refuse(f"rope.freq_base {theta} and heads of {size} give no rotary positions")
        told: dict[str, Any] = {"rope_type": "default", "rope_theta": theta}
        kind = self._file.values.get(f"{self._kind}.rope.scaling.type", "none")
        if "rope_freqs.weight" in self._file.tensors:
            return rope_of_factors(self._file, told, size)
        if kind == "none":
            return told
        if kind not in ("linear", "yarn"):
            self.refuse(f"rope.scaling.type {kind!r:.40} is not read; none, linear and yarn are")
        told |= {"rope_type": kind, "factor": self.need("rope.scaling.factor", float)}
        if kind == "yarn":
            told["original_max_position_embeddings"] = self.need(
                "rope.scaling.original_context_length", int
            )
        return told

    def refuse(self, why: str) -> NoReturn:
        raise ModelLoadError(f"{self._file.path.name} cannot be loaded: {why}.")
