"""In what precision a model is loaded, quantised ones included. Imports no torch by itself."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import ModelLoadError

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "float16", "int8", "int4")
QUANTISED = ("int8", "int4")
_LIBRARIES = ("bitsandbytes", "accelerate")
_KEPT_WHOLE = ["lm_head", "score", "classifier"]
"""Heads are small, and scores are read from them."""


def quantisation(name: str, device: torch.device) -> tuple[torch.dtype, dict[str, Any]]:
    """A dtype by name, and what `from_pretrained` wants besides to quantise the weights to it.

    On a CPU "int4" is read in float32 and packed afterwards (`engine.four_bit_weights`). Elsewhere
    a quantised model computes in bfloat16 (LLM.int8, arXiv 2208.07339; 4-bit normal float,
    arXiv 2305.14314).

    Args:
        name: One of `DTYPES`. "auto" is bfloat16 on CUDA, else float32.
        device: Where the model will be.

    Raises:
        ModelLoadError: The name is unknown, or it is quantised and cannot be had here.
    """
    import torch

    if name not in DTYPES:
        raise ModelLoadError(f"dtype {name!r} is unknown; expected one of {', '.join(DTYPES)}.")
    if name == "int4" and device.type == "cpu":
        return torch.float32, {}
    if name in QUANTISED:
        _check_available(name, device)
        return torch.bfloat16, {
            "quantization_config": _config(name),
            "device_map": {"": str(device)},
        }
    if name == "auto":
        name = "bfloat16" if device.type == "cuda" else "float32"
    chosen: torch.dtype = getattr(torch, name)
    return chosen, {}


def _check_available(name: str, device: torch.device) -> None:
    if device.type != "cuda":
        raise ModelLoadError(
            f"dtype {name} needs a CUDA GPU, and the device is {device.type}. Use float32, or "
            "bfloat16, which takes half the memory, or on a CPU int4, which takes an eighth."
        )
    missing = [library for library in _LIBRARIES if find_spec(library) is None]
    if missing:
        raise ModelLoadError(
            f"dtype {name} needs {' and '.join(missing)}. Run `pip install {' '.join(missing)}`, "
            "or use bfloat16."
        )


def _config(name: str) -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    if name == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=_KEPT_WHOLE)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=_KEPT_WHOLE,
    )
