"""Loads a checkpoint into memory. torch and transformers are imported when a model is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError
from search_core.engine.checkpoints.quantisation import quantisation
from search_core.engine.checkpoints.tokenizers import load_tokenizer
from search_core.flops import shape_of_config
from search_core.model_card import read_card
from search_core.protocols import ModelInfo

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cuda", "mps", "cpu")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory, ready to compute.

    Attributes:
        model: A transformers model in evaluation mode.
        tokenizer: Its tokenizer.
        info: Its identity.
        device: Where it computes.
        lock: Held by whoever computes with it or tokenises: neither is thread-safe.
    """

    model: Any
    tokenizer: Any
    info: ModelInfo
    device: torch.device
    lock: threading.Lock = field(default_factory=threading.Lock)


def card_of(checkpoint: Checkpoint) -> Mapping[str, Any]:
    """Its espalier.json; {} if there is none.

    Raises:
        ModelLoadError: The file is no JSON object.
    """
    try:
        return read_card(checkpoint.folder)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def load_checkpoint(checkpoint: Checkpoint, kind: str, device: str, dtype: str) -> LoadedModel:
    """Loads a checkpoint into one of transformers' classes.

    Args:
        kind: "ForCausalLM" and so on; "" for the decoder alone, whatever stands on it.
        device: "cuda", "mps", "cpu", or "auto" for the first of them that is there.
        dtype: "float32", "bfloat16", "float16", "int8" or "int4" (on CUDA, with bitsandbytes),
            or "auto": bfloat16 on CUDA, else float32.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    import transformers
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    if kind:
        _check_architecture(checkpoint, kind)
    where = _device(device)
    what, quantised = quantisation(dtype, where)
    loader = getattr(transformers, f"AutoModel{kind}")
    try:
        model, report = loader.from_pretrained(
            checkpoint.folder,
            dtype=what,
            **quantised,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        tokenizer = load_tokenizer(checkpoint.folder)
    except (
        OSError,
        ValueError,
        ImportError,
        RuntimeError,
        KeyError,
        SafetensorError,
        StrictDataclassError,
    ) as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error
    if report["missing_keys"]:
        names = ", ".join(sorted(report["missing_keys"])[:4])
        raise ModelLoadError(
            f"{checkpoint.name} lacks weights that {type(model).__name__} needs ({names}); they "
            "would be random. Check that it is a checkpoint of this architecture."
        )
    model.eval().requires_grad_(False)
    if not quantised:
        model.to(where)
    info = ModelInfo(
        name=checkpoint.name,
        revision=checkpoint.revision,
        parameters=int(model.num_parameters()),
        dtype=dtype if quantised else str(what).removeprefix("torch."),
        device=where.type,
        shape=shape_of_config(model.config),
        weight_bytes=sum(held.nbytes for held in (*model.parameters(), *model.buffers())),
    )
    return LoadedModel(model, tokenizer, info, where)


def _check_architecture(checkpoint: Checkpoint, kind: str) -> None:
    architectures = checkpoint.config.get("architectures") or []
    if not any(str(name).endswith(kind) for name in architectures):
        got = ", ".join(str(name) for name in architectures) or "no architecture in its config"
        use = "a solver" if kind == "ForCausalLM" else "a verifier of this format"
        raise ModelLoadError(
            f"{checkpoint.name} is {got}; {use} must be …{kind}. Choose another model."
        )


def _device(name: str) -> torch.device:
    import torch

    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if name not in available:
        raise ModelLoadError(f"Device {name!r} is unknown; expected one of {', '.join(DEVICES)}.")
    if not available[name]:
        raise ModelLoadError(f"Device {name!r} is not available here; use auto or cpu.")
    return torch.device(name)
