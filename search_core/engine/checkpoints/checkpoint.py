"""Finds a checkpoint's folder, checks it, and names its exact version. Imports no torch."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.dropped_keys import check_quantised, without_dropped
from search_core.engine.checkpoints.gguf_config import gguf_config
from search_core.engine.checkpoints.gguf_finding import gguf_file
from search_core.engine.checkpoints.gguf_header import GgufFile, read_header
from search_core.engine.checkpoints.hub import ModelLoadError, downloaded
from search_core.engine.checkpoints.json_files import read_object
from search_core.engine.checkpoints.low_rank_folder import (
    CONFIG,
    LowRankChanges,
    is_low_rank,
    read_low_rank,
)
from search_core.engine.checkpoints.sizes import check_sizes

__all__ = ["Checkpoint", "ModelLoadError", "find_checkpoint"]

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_WHOLE = 256 * 1024**2
_SAMPLE = 1024**2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checked model folder, or GGUF file.

    Attributes:
        name: What people call the model: its Hub id, or the name of its folder or GGUF file.
        folder: Where its files are.
        revision: Commit, or "sha256:…" of its contents.
        config: Its `config.json`, without what would be fetched or imported; or what its GGUF
            file says in its place.
        gguf: The GGUF file that it is read from, if it is.
        changes: Low-rank changes that are added to these weights, if there are any: name and
            revision are those of both, `folder` is the base's.
    """

    name: str
    folder: Path
    revision: str
    config: dict[str, Any]
    gguf: GgufFile | None = None
    changes: LowRankChanges | None = None

    @property
    def card_folder(self) -> Path:
        """Where its espalier.json is, if it has one."""
        return self.changes.folder if self.changes is not None else self.folder


def find_checkpoint(path_or_id: str | Path) -> Checkpoint:
    """A local folder, a GGUF file, or a model of the Hugging Face Hub (downloaded if need be).

    A folder may hold low-rank changes (LoRA) to a base that it names, which is found likewise.

    Args:
        path_or_id: Also "package:NAME" of an installed package that carries a GGUF file.

    Raises:
        ModelLoadError: There is no such model, it is in neither the safetensors nor the GGUF
            format, or its config is no model's.
    """
    folder, name = _folder_of(path_or_id)
    if not is_low_rank(folder):
        return _whole_model(path_or_id, folder, name)
    changes = read_low_rank(folder)
    under, base_name = _folder_of(changes.base)
    if is_low_rank(under):
        raise ModelLoadError(
            f"{name} changes {changes.base}, which holds low-rank changes itself. Expected a "
            "whole model as its base."
        )
    base = _whole_model(changes.base, under, base_name)
    own = _content_hash([folder / CONFIG, changes.file])
    revision = f"{own}, on {base.revision}"
    return replace(
        base, name=name, revision=revision, config=changes.config(base.config), changes=changes
    )


def _folder_of(path_or_id: str | Path) -> tuple[Path, str]:
    """Where a model is, downloaded if need be, and what people call it."""
    if (file := gguf_file(path_or_id)) is not None:
        return file.parent, file.stem
    folder = Path(path_or_id).expanduser()
    if folder.is_dir():
        return folder, folder.resolve().name
    if isinstance(path_or_id, Path) or not _HUB_ID.fullmatch(path_or_id) or folder.exists():
        raise ModelLoadError(
            f"No model folder at {path_or_id}. Expected a folder with config.json, "
            "tokenizer.json and *.safetensors, a .gguf file, or the id of a model on the Hugging "
            'Face Hub like "meta-llama/Llama-3.2-1B-Instruct". Check the spelling.'
        )
    return downloaded(path_or_id), path_or_id


def _whole_model(path_or_id: str | Path, folder: Path, name: str) -> Checkpoint:
    if (file := gguf_file(path_or_id)) is not None:
        return _of_gguf(file)
    return Checkpoint(name, folder, _revision(folder), _checked_config(folder))


def _of_gguf(file: Path) -> Checkpoint:
    header = read_header(file)
    config = gguf_config(header)
    check_sizes(file.name, config, "its metadata")
    return Checkpoint(file.stem, file.parent, _content_hash([file]), config, header)


def _checked_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        found = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        raise ModelLoadError(f"{folder} has no config.json (it holds {found}). Expected a model.")
    if not any(folder.glob("*.safetensors")):
        others = [*folder.glob("*.bin"), *folder.glob("*.pt")]
        got = ", ".join(entry.name for entry in others[:4]) or "no weights at all"
        raise ModelLoadError(
            f"{folder} has no *.safetensors and no *.gguf file; it holds {got}. Only these are "
            "loaded, because pickled weights can run code. Convert them (for a model of the Hub, "
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
    names = ("*.safetensors", "config.json", "tokenizer.json", "chat_template.jinja")
    return _content_hash(sorted(found for name in names for found in folder.glob(name)))


def _content_hash(files: Sequence[Path]) -> str:
    """Hash of weights, config, tokenizer and template.

    Of a file of more than 256 MiB it takes the size and both ends (the first holds the
    header), which tells versions apart without reading gigabytes.
    """
    digest = hashlib.sha256()
    for path in files:
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
