"""Loads solvers and verifiers. torch and transformers are imported when a model is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.cost import shape_of_config
from search_core.engine.checkpoint import Checkpoint, ModelLoadError, find_checkpoint
from search_core.engine.path_tokens import REVISION_REQUEST, TEMPLATE_DATE
from search_core.facts import judged_by, read_facts, revises
from search_core.solvers.base import ModelInfo

if TYPE_CHECKING:
    import torch

    from search_core.solvers.transformers_solver import TransformersSolver
    from search_core.verifiers.transformers_verifier import TransformersVerifier

DEVICES = ("auto", "cuda", "mps", "cpu")
DTYPES = ("auto", "float32", "bfloat16", "float16")


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


def load_solver(
    path_or_id: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> TransformersSolver:
    """Loads a causal language model as a solver.

    One without an espalier.json reads its earlier attempts if it has a chat template; one with
    such a file reads them if that says so ("revises").

    Args:
        path_or_id: Folder, or Hub id.
        device: "cuda", "mps", "cpu", or "auto" for the first of them that is there.
        dtype: "float32", "bfloat16", "float16", or "auto": bfloat16 on CUDA, else float32.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    from search_core.solvers.transformers_solver import TransformersSolver

    checkpoint = find_checkpoint(path_or_id)
    request = _revision_request(_facts(checkpoint))
    loaded = _load(checkpoint, "ForCausalLM", device, dtype)
    return TransformersSolver(
        loaded, system_prompt=system_prompt, date=date, revision_request=request
    )


def load_verifier(
    path_or_id: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> TransformersVerifier:
    """Loads a token classifier as a verifier. Arguments as for `load_solver`.

    It judges steps, unless "scores" in its folder's espalier.json is "solutions".

    Raises:
        ModelLoadError: It cannot be loaded, or has neither one label nor two.
    """
    from search_core.verifiers.transformers_verifier import TransformersVerifier

    loaded = load_token_classifier(path_or_id, device=device, dtype=dtype)
    return TransformersVerifier(loaded, system_prompt=system_prompt, date=date)


def load_language_model(
    path_or_id: str | Path, *, device: str = "auto", dtype: str = "auto"
) -> LoadedModel:
    """Loads a causal language model. Arguments and errors as for `load_solver`."""
    return _load(find_checkpoint(path_or_id), "ForCausalLM", device, dtype)


def load_token_classifier(
    path_or_id: str | Path, *, device: str = "auto", dtype: str = "auto"
) -> LoadedModel:
    """Loads a token classifier with one label (sigmoid) or two (softmax, second label).

    Arguments and errors as for `load_verifier`.
    """
    checkpoint = find_checkpoint(path_or_id)
    try:
        scores = judged_by(_facts(checkpoint))
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error
    loaded = _load(checkpoint, "ForTokenClassification", device, dtype)
    labels = loaded.model.config.num_labels
    if labels not in (1, 2):
        raise ModelLoadError(
            f"Verifier {loaded.info.name} has {labels} labels; expected 1 (sigmoid) or 2 "
            "(softmax, the second is the score)."
        )
    return replace(loaded, info=replace(loaded.info, scores=scores))


def _facts(checkpoint: Checkpoint) -> Mapping[str, Any]:
    try:
        return read_facts(checkpoint.folder)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def _revision_request(facts: Mapping[str, Any]) -> str | None:
    """How a solver with these facts reads its earlier attempts, as `TransformersSolver` wants."""
    if not revises(facts):
        return None
    return "" if facts else REVISION_REQUEST


def _load(checkpoint: Checkpoint, kind: str, device: str, dtype: str) -> LoadedModel:
    import transformers
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    _check_architecture(checkpoint, kind)
    where = _device(device)
    what = _dtype(dtype, where)
    loader = getattr(transformers, f"AutoModel{kind}")
    try:
        model, report = loader.from_pretrained(
            checkpoint.folder,
            dtype=what,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            checkpoint.folder, trust_remote_code=False, local_files_only=True
        )
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
    model.eval().requires_grad_(False).to(where)
    parameters = sum(weight.numel() for weight in model.parameters())
    info = ModelInfo(
        name=checkpoint.name,
        revision=checkpoint.revision,
        parameters=parameters,
        dtype=str(what).removeprefix("torch."),
        device=where.type,
        shape=shape_of_config(model.config),
        weight_bytes=sum(one.nbytes for one in (*model.parameters(), *model.buffers())),
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


def _dtype(name: str, device: torch.device) -> torch.dtype:
    import torch

    if name not in DTYPES:
        raise ModelLoadError(f"dtype {name!r} is unknown; expected one of {', '.join(DTYPES)}.")
    if name == "auto":
        name = "bfloat16" if device.type == "cuda" else "float32"
    chosen: torch.dtype = getattr(torch, name)
    return chosen
