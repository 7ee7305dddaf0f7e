"""Finds a checkpoint's folder, checks it, and names its exact version. Imports no torch."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.dropped_keys import check_quantised, without_dropped
from search_core.engine.checkpoints.hub import ModelLoadError, downloaded
from search_core.engine.checkpoints.json_files import read_object
from search_core.engine.checkpoints.sizes import check_sizes

__all__ = ["Checkpoint", "ModelLoadError", "find_checkpoint"]

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_WHOLE = 256 * 1024**2
_SAMPLE = 1024**2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checked model folder.

    Attributes:
        name: What people call the model: its Hub id, or the folder's name.
        folder: Where its files are.
        revision: Commit, or "sha256:…" of its contents.
        config: Its `config.json`, without what would be fetched or imported.
    """

    name: str
    folder: Path
    revision: str
    config: dict[str, Any]


def find_checkpoint(path_or_id: str | Path) -> Checkpoint:
    """A local folder, or a model of the Hugging Face Hub (downloaded if need be).

    Raises:
        ModelLoadError: There is no such model, it is not in the safetensors format, or its config
            is no model's.
    """
    folder = Path(path_or_id).expanduser()
    if folder.is_dir():
        config = _checked_config(folder)
        return Checkpoint(folder.resolve().name, folder, _revision(folder), config)
    if isinstance(path_or_id, Path) or not _HUB_ID.fullmatch(path_or_id) or folder.exists():
        raise ModelLoadError(
            f"No model folder at {path_or_id}. Expected a folder with config.json, "
            "tokenizer.json and *.safetensors, or the id of a model on the Hugging Face Hub "
            'like "meta-llama/Llama-3.2-1B-Instruct". Check the spelling.'
        )
    folder = downloaded(path_or_id)
    config = _checked_config(folder)
    return Checkpoint(path_or_id, folder, _revision(folder), config)


def _checked_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        found = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        raise ModelLoadError(f"{folder} has no config.json (it holds {found}). Expected a model.")
    if not any(folder.glob("*.safetensors")):
        others = [*folder.glob("*.bin"), *folder.glob("*.pt"), *folder.glob("*.gguf")]
        got = ", ".join(entry.name for entry in others[:4]) or "no weights at all"
        raise ModelLoadError(
            f"{folder} has no *.safetensors file; it holds {got}. Only safetensors is loaded, "
            "because other formats can run code. Convert the weights (for a model of the Hub, "
            "https://huggingface.co/spaces/safetensors/convert does), or choose another model."
        )
    config = without_dropped(read_object(path))
    if not isinstance(config.get("architectures", []), list):
        config.pop("architectures")
    check_sizes(folder.name, config)
    check_quantised(folder.name, config)
    return config


def _revision(folder: Path) -> str:
    """The commit of a Hub download, else a hash of the contents."""
    resolved = folder.resolve()
    if resolved.parent.name == "snapshots":
        return resolved.name
    return _content_hash(folder)


def _content_hash(folder: Path) -> str:
    """Hash of weights, config, tokenizer and template.

    Of a file of more than 256 MiB it takes the size and both ends (the first holds the
    safetensors header), which tells versions apart without reading gigabytes.
    """
    digest = hashlib.sha256()
    names = ("*.safetensors", "config.json", "tokenizer.json", "chat_template.jinja")
    for path in sorted(found for name in names for found in folder.glob(name)):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}\n".encode())
        with path.open("rb") as file:
            if size <= _WHOLE:
                digest.update(hashlib.file_digest(file, "sha256").digest())
            else:
                digest.update(file.read(_SAMPLE))
                file.seek(-_SAMPLE, 2)
                digest.update(file.read())
    return f"sha256:{digest.hexdigest()[:16]}"
