"""Which weights a checkpoint has, and single ones of them. Imports no torch by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError
from search_core.engine.checkpoints.gguf_weights import gguf_tensors

if TYPE_CHECKING:
    from torch import Tensor

_LONGEST_HEADER = 100 * 1024**2
"""Of a safetensors file, as its own library has it."""


def weight_names(checkpoint: Checkpoint) -> dict[str, Path]:
    """The file of each weight, by the headers alone.

    Raises:
        ModelLoadError: A file is not in the safetensors format.
    """
    if checkpoint.gguf is not None:
        return dict.fromkeys(gguf_tensors(checkpoint.gguf), checkpoint.gguf.path)
    return {
        name: path
        for path in sorted(checkpoint.folder.glob("*.safetensors"))
        for name in _header(checkpoint, path)
    }


def weight_shapes(checkpoint: Checkpoint) -> dict[str, tuple[int, ...]]:
    """The shape of each weight, by the headers alone. Raises as `weight_names`."""
    if checkpoint.gguf is not None:
        return {name: stored.shape for name, stored in gguf_tensors(checkpoint.gguf).items()}
    return {
        name: _shape(checkpoint, path, entry)
        for path in sorted(checkpoint.folder.glob("*.safetensors"))
        for name, entry in _header(checkpoint, path).items()
    }


def read_weights(checkpoint: Checkpoint, names: Sequence[str]) -> list[Tensor]:
    """These weights, on the CPU.

    Raises:
        ModelLoadError: There is no such weight.
    """
    from safetensors import safe_open

    # Under a verifier's own names there is nothing in a GGUF file.
    files = {} if checkpoint.gguf is not None else weight_names(checkpoint)
    missing = [name for name in names if name not in files]
    if missing:
        raise ModelLoadError(
            f"{checkpoint.name} lacks the weights {', '.join(missing)} that a verifier of this "
            "format has. Choose another format, or another model."
        )
    found = []
    for name in names:
        with safe_open(files[name], framework="pt") as file:
            found.append(file.get_tensor(name))
    return found


def _shape(checkpoint: Checkpoint, path: Path, entry: Any) -> tuple[int, ...]:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ModelLoadError(
            f"{checkpoint.name} cannot be loaded: {path.name} has a weight without a shape."
        )
    return tuple(shape)


def _header(checkpoint: Checkpoint, path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= _LONGEST_HEADER else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise ModelLoadError(
            f"{checkpoint.name} cannot be loaded: {path.name} is no safetensors file."
        )
    header.pop("__metadata__", None)
    return header
