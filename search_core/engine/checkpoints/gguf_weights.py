"""A GGUF file's tensors under transformers' names, unpacked into the precision that is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.gguf_header import GgufFile, StoredTensor
from search_core.engine.checkpoints.gguf_unpacking import unpacked_rows
from search_core.engine.checkpoints.hub import ModelLoadError
from search_core.engine.checkpoints.library import transformers_library

if TYPE_CHECKING:
    import torch

_OUTSIDE: Mapping[str, str] = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_INSIDE: Mapping[str, str] = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_IN_CONFIG = {"rope_freqs.weight"}
"""What `gguf_config` has read already."""
_BLOCK = re.compile(r"blk\.(\d{1,4})\.([a-z_]+)\.(weight|bias)")
_TURNED = re.compile(r".*self_attn\.([qk])_proj\.(weight|bias)")


def gguf_tensors(file: GgufFile) -> dict[str, StoredTensor]:
    """The file's tensors by the names that transformers has for them.

    Raises:
        ModelLoadError: One is unknown: what it does to the model is not known either.
    """
    known = (pair for pair in file.tensors.items() if pair[0] not in _IN_CONFIG)
    return {_name(file, name): stored for name, stored in known}


def gguf_model(kind: Any, file: GgufFile, clean: Path, dtype: torch.dtype) -> tuple[Any, Any]:
    """The model, and what transformers says of its loading.

    Args:
        kind: Its class.
        clean: The folder of the file's configs (`gguf_folder`).
    """
    transformers = transformers_library()
    config = transformers.AutoConfig.from_pretrained(
        clean, trust_remote_code=False, local_files_only=True
    )
    state = gguf_state(file, config.to_dict(), dtype)
    model, told = kind.from_pretrained(
        None, config=config, state_dict=state, dtype=dtype, output_loading_info=True
    )
    if model.can_generate():
        model.generation_config = transformers.GenerationConfig.from_pretrained(clean)
    return model, told


def gguf_state(
    file: GgufFile, config: Mapping[str, Any], dtype: torch.dtype
) -> dict[str, torch.Tensor]:
    """The weights in `dtype`, on the CPU.

    Beside what it gives it holds at most one tensor more, and 4 million numbers of the file's.

    Raises:
        ModelLoadError: A tensor is unknown, or does not fit the config.
    """
    import torch

    heads = {"q": config["num_attention_heads"], "k": config["num_key_value_heads"]}
    state = {}
    for name, stored in gguf_tensors(file).items():
        tensor = torch.empty(stored.shape, dtype=dtype)
        rows = tensor.view(-1, stored.shape[-1])
        at = 0
        for piece in unpacked_rows(file, stored):
            rows[at : at + len(piece)] = torch.from_numpy(piece)
            at += len(piece)
        turned = _TURNED.fullmatch(name)
        if turned and config["model_type"] == "llama":
            tensor = _halves(file, tensor, heads[turned[1]])
        state[name] = tensor
    return state


def _halves(file: GgufFile, tensor: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of each head as transformers has them.

    llama.cpp turns pairs of numbers that lie side by side, transformers those that lie half a head
    apart (`LlamaModel.permute` of `convert_hf_to_gguf.py`, undone).
    """
    if tensor.shape[0] % (2 * heads):
        raise ModelLoadError(
            f"{file.path.name} cannot be loaded: {tensor.shape[0]} rows of a matrix are not to be "
            f"shared among {heads} heads."
        )
    pairs = tensor.view(heads, -1, 2, *tensor.shape[1:])
    return pairs.transpose(1, 2).reshape(tensor.shape)


def _name(file: GgufFile, name: str) -> str:
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    found = _BLOCK.fullmatch(name)
    if found is None or found[2] not in _INSIDE:
        raise ModelLoadError(
            f"{file.path.name} cannot be loaded: it has a tensor {name!r:.80} that is not known "
            "here, so that its model would be another one."
        )
    return f"model.layers.{int(found[1])}.{_INSIDE[found[2]]}.{found[3]}"
