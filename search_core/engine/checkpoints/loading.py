"""Loads a checkpoint into memory. torch and transformers are imported when a model is."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError
from search_core.engine.checkpoints.clean_folder import clean_model_folder
from search_core.engine.checkpoints.gguf_folder import gguf_folder
from search_core.engine.checkpoints.gguf_weights import gguf_model
from search_core.engine.checkpoints.library import transformers_library
from search_core.engine.checkpoints.low_rank_merging import brought, merge
from search_core.engine.checkpoints.quantisation import quantisation
from search_core.engine.checkpoints.refusals import as_load_errors
from search_core.engine.checkpoints.shared_weights import Key, on_same_weights, remember
from search_core.engine.checkpoints.tokenizers import read_tokenizer
from search_core.engine.checkpoints.weight_checks import check_weights, load_report
from search_core.engine.checkpoints.weights import weight_shapes
from search_core.flops import shape_of_config
from search_core.heap import give_back
from search_core.model_card import read_card
from search_core.protocols import ModelInfo

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cuda", "mps", "cpu")
_MEASURED = frozenset({"llama", "mistral", "qwen2", "qwen3"})
"""Kinds of models whose layers are called and nothing else, as tests hold: their weights may be
packed."""
_SMALL = 20_000_000
"""Parameters up to which a model's passes wait for other things than memory."""


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
        return read_card(checkpoint.card_folder)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def load_checkpoint(checkpoint: Checkpoint, kind: str, device: str, dtype: str) -> LoadedModel:
    """Loads a checkpoint into one of transformers' classes.

    Nothing is fetched or imported for it, whatever its configs say. One thread at a time
    (`turns.loading_turn`). One that is in memory already, of the same class, precision and place,
    is not read again: both stand on the same weights.

    Args:
        kind: "ForCausalLM" and so on; "" for the decoder alone, whatever stands on it.
        device: "cuda", "mps", "cpu", or "auto" for the first of them that is there.
        dtype: "float32", "bfloat16", "float16", "int8" (on CUDA, with bitsandbytes), "int4" (so
            too, and on a CPU by `engine.four_bit_weights`), or "auto": bfloat16 on CUDA, else
            float32. A large model on a CPU then has its weights in float16 where a measurement of
            a second finds that faster (`engine.half_weights`).

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    transformers = transformers_library()
    transformers.utils.logging.disable_progress_bar()
    if kind:
        _check_architecture(checkpoint, kind)
    where = _device(device)
    what, quantised = quantisation(dtype, where)
    if quantised and checkpoint.gguf is not None:
        raise ModelLoadError(
            f"{checkpoint.name} is a GGUF file, whose weights are unpacked at loading; dtype "
            f"{dtype} is for safetensors. Use bfloat16 or float32."
        )
    dtype_name = dtype if quantised else str(what).removeprefix("torch.")
    in_four = dtype == "int4" and not quantised
    if in_four and checkpoint.config.get("model_type") not in _MEASURED:
        raise ModelLoadError(
            f"{checkpoint.name} is of the kind {checkpoint.config.get('model_type')!r:.40}; on a "
            f"CPU int4 is for {', '.join(sorted(_MEASURED))}. Use bfloat16 or float32."
        )
    if quantised and checkpoint.changes is not None:
        raise ModelLoadError(
            f"{checkpoint.name} holds low-rank changes, which are added to whole weights; dtype "
            f"{dtype} packs them. Use bfloat16 or float32."
        )
    loader = getattr(transformers, f"AutoModel{kind}")
    measured = dtype == "auto" and where.type == "cpu" and _worth_measuring(checkpoint)
    key = _key(
        checkpoint, kind, where, "measured" if measured else dtype if in_four else dtype_name
    )
    if (model := on_same_weights(key)) is not None:
        with as_load_errors(checkpoint.name), _clean_folder(checkpoint) as clean:
            tokenizer = read_tokenizer(clean)
        return LoadedModel(model, tokenizer, _info(checkpoint, model, dtype_name, where), where)
    with (
        as_load_errors(checkpoint.name),
        _clean_folder(checkpoint) as clean,
        load_report() as report,
    ):
        made = check_weights(checkpoint, loader, clean)
        if checkpoint.gguf is not None:
            model, told = gguf_model(made, checkpoint.gguf, clean, what)
        else:
            model, told = loader.from_pretrained(
                clean,
                dtype=what,
                **quantised,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
            )
        tokenizer = read_tokenizer(clean)
    told = brought(model, checkpoint.changes, told)
    report.check(checkpoint.name, type(model).__name__, told, alone=not kind)
    model.eval().requires_grad_(False)
    model.name_or_path = model.config.name_or_path = checkpoint.name
    if not quantised:  # Quantised ones were put where they belong.
        model.to(where)
    if checkpoint.changes is not None:
        merge(model, checkpoint.changes)
    if measured:
        from search_core.engine.half_weights import in_halves_if_faster

        in_halves_if_faster(model)
    if in_four:
        from search_core.engine.four_bit_weights import in_four_bits

        in_four_bits(model)
    remember(key, model)
    info = _info(checkpoint, model, dtype_name, where)
    give_back(info.weight_bytes or 0)  # What was read passed through memory once more at least.
    return LoadedModel(model, tokenizer, info, where)


def _clean_folder(checkpoint: Checkpoint) -> AbstractContextManager[Path]:
    if checkpoint.gguf is not None:
        return gguf_folder(checkpoint.gguf, checkpoint.config)
    return clean_model_folder(checkpoint.folder, checkpoint.config)


def _key(checkpoint: Checkpoint, kind: str, where: torch.device, dtype: str) -> Key:
    folder = checkpoint.folder.resolve()
    file = checkpoint.gguf.path.name if checkpoint.gguf is not None else ""
    generation = folder / "generation_config.json"  # The revision says nothing of it.
    told = generation.read_text(encoding="utf-8") if generation.is_file() else ""
    parts = checkpoint.name, folder, file, checkpoint.revision, kind, where, dtype, told
    return tuple(map(str, parts))


def _worth_measuring(checkpoint: Checkpoint) -> bool:
    if checkpoint.config.get("model_type") not in _MEASURED:
        return False
    return sum(map(math.prod, weight_shapes(checkpoint).values())) > _SMALL


def _info(checkpoint: Checkpoint, model: Any, dtype: str, where: torch.device) -> ModelInfo:
    from search_core.engine import four_bit_weights
    from search_core.engine.half_weights import NAME, bytes_of, packed_of, parameters_of

    if four_bit_weights.is_in_four_bits(model):
        dtype = four_bit_weights.NAME
    return ModelInfo(
        name=checkpoint.name,
        revision=checkpoint.revision,
        parameters=parameters_of(model),
        dtype=NAME if packed_of(model) else dtype,
        device=where.type,
        shape=shape_of_config(model.config),
        weight_bytes=bytes_of(model),
    )


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
