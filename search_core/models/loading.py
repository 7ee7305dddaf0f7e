"""What stands between a visitor and the first token while models are being loaded."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.engine.checkpoints.gguf_finding import gguf_in
from search_core.engine.checkpoints.low_rank_folder import is_low_rank, read_low_rank
from search_core.models.lazy import LazyModel
from search_core.models.memory import readable_bytes
from search_core.models.pair import ModelPair
from search_core.remote import is_remote


def loading_line(pair: ModelPair, *, verified: bool = True) -> str:
    """Which models are being loaded, how big they are, and how far it is; "" once all are there.

    Args:
        pair: The models of a run that has started and has written nothing yet.
        verified: Whether its verifier is asked, too.
    """
    solver, verifier = pair.parts
    models: list[tuple[str, LazyModel[Any], str]] = [(pair.names[0], solver, pair.solver_path)]
    if verified:
        models.append((pair.names[1], verifier, pair.verifier_path))
    missing = [(name, path) for name, lazy, path in models if lazy.loaded is None]
    if not missing:
        return ""
    named = " and ".join(_described(name, path) for name, path in missing)
    there = len(models) - len(missing)
    far = f" {there} of {len(models)} models are there." if len(models) > 1 else ""
    return f"Loading {named}.{far}"


def _described(name: str, path: str) -> str:
    """A model's name with the size of its weights, where they lie on this machine."""
    if is_remote(path):
        return f"{name} (asking its server)"
    size = _size(path)
    return f"{name} ({readable_bytes(size)})" if size else f"{name} (from the Hub's cache)"


def _size(path: str) -> int:
    """Bytes of the files with weights; 0 where there are none."""
    with suppress(ModelLoadError):  # Whoever loads it says it.
        if (file := gguf_in(path)) is not None:
            return file.stat().st_size
    folder = Path(path).expanduser()
    if is_low_rank(folder):
        with suppress(ModelLoadError):
            return _size(read_low_rank(folder).base)
    files = folder.glob("*.safetensors") if folder.is_dir() else ()
    return sum(file.stat().st_size for file in files)
