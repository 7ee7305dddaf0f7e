"""Loads solvers and verifiers. torch and transformers are imported when a model is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.cost import shape_of_config
from search_core.engine.checkpoint import Checkpoint, ModelLoadError, find_checkpoint
from search_core.engine.path_tokens import REVISION_REQUEST, TEMPLATE_DATE
from search_core.engine.quantisation import quantisation
from search_core.engine.tokenizers import load_tokenizer
from search_core.facts import read_facts, revises
from search_core.solvers.base import ModelInfo

if TYPE_CHECKING:
    import torch

    from search_core.engine.verifier_loading import LocalVerifier
    from search_core.solvers.transformers_solver import TransformersSolver

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
        dtype: "float32", "bfloat16", "float16", "int8" or "int4" (on CUDA, with bitsandbytes),
            or "auto": bfloat16 on CUDA, else float32.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    from search_core.solvers.transformers_solver import TransformersSolver

    checkpoint = find_checkpoint(path_or_id)
    request = _revision_request(facts_of(checkpoint))
    loaded = load_checkpoint(checkpoint, "ForCausalLM", device, dtype)
    return TransformersSolver(
        loaded, system_prompt=system_prompt, date=date, revision_request=request
    )


def load_verifier(
    path_or_id: str | Path,
    *,
    format: str = "auto",  # noqa: A002  what a flag of this name says
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> LocalVerifier:
    """Loads a verifier of any format that is known. Other arguments as for `load_solver`.

    Args:
        format: Its format's name in `verifiers.formats.FORMATS`, with an argument after a colon
            where it takes one ("implicit:Qwen/Qwen2.5-Math-7B-Instruct", or "thinkprm:samples=4"),
            or "auto" for what the checkpoint tells.
        system_prompt: For the format token_classification; the others have their own.

    Raises:
        ModelLoadError: It cannot be loaded, its format cannot be told, or it does not fit the
            format that was named.
    """
    from search_core.engine.verifier_loading import built_verifier

    return built_verifier(
        find_checkpoint(path_or_id), format, device, dtype, system_prompt=system_prompt, date=date
    )


def load_language_model(
    path_or_id: str | Path, *, device: str = "auto", dtype: str = "auto"
) -> LoadedModel:
    """Loads a causal language model. Arguments and errors as for `load_solver`."""
    return load_checkpoint(find_checkpoint(path_or_id), "ForCausalLM", device, dtype)


def facts_of(checkpoint: Checkpoint) -> Mapping[str, Any]:
    """Its espalier.json; {} if there is none.

    Raises:
        ModelLoadError: The file is no JSON object.
    """
    try:
        return read_facts(checkpoint.folder)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def _revision_request(facts: Mapping[str, Any]) -> str | None:
    """How a solver with these facts reads its earlier attempts, as `TransformersSolver` wants."""
    if not revises(facts):
        return None
    return "" if facts else REVISION_REQUEST


def load_checkpoint(checkpoint: Checkpoint, kind: str, device: str, dtype: str) -> LoadedModel:
    """Loads a checkpoint into one of transformers' classes.

    Args:
        kind: "ForCausalLM" and so on; "" for the decoder alone, whatever stands on it.
        device, dtype: As for `load_solver`.

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
