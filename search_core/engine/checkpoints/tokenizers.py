"""Loads a tokenizer alone, for a model that runs elsewhere, or with its model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.clean_folder import clean_tokenizer_folder
from search_core.engine.checkpoints.gguf_finding import gguf_file
from search_core.engine.checkpoints.gguf_folder import gguf_folder
from search_core.engine.checkpoints.gguf_header import read_header
from search_core.engine.checkpoints.hub import TOKENIZER_FILES, ModelLoadError, downloaded
from search_core.engine.checkpoints.library import transformers_library
from search_core.engine.checkpoints.refusals import as_load_errors
from search_core.engine.checkpoints.turns import loading_turn

_GENERAL = ("TokenizersBackend", "PreTrainedTokenizerFast")
"""Tokenizer classes that do what tokenizer.json says, whatever that is."""


def load_tokenizer(path_or_id: str | Path) -> Any:
    """A transformers tokenizer from a folder, a GGUF file, or a model on the Hugging Face Hub.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    file = None if _has_tokenizer(path_or_id) else gguf_file(path_or_id)
    folder = Path(path_or_id)
    if file is None and not folder.is_dir():
        folder = downloaded(str(path_or_id), TOKENIZER_FILES)
    with (
        loading_turn(),
        as_load_errors(f"The tokenizer {path_or_id}", _EXPECTED),
        gguf_folder(read_header(file)) if file else clean_tokenizer_folder(folder) as clean,
    ):
        return read_tokenizer(clean)


def _has_tokenizer(path_or_id: str | Path) -> bool:
    """Whether it is a folder with a tokenizer of its own, whatever weights lie beside it."""
    folder = Path(path_or_id)
    names = ("tokenizer.json", "tokenizer_config.json")
    return any((folder / name).is_file() for name in names)


def read_tokenizer(clean: Path) -> Any:
    """A tokenizer from a clean folder (`clean_folder`).

    AutoTokenizer takes the class that belongs to the model's type, even where a folder names
    another one, and that class may split text otherwise than its tokenizer.json.
    """
    transformers = transformers_library()
    loader = transformers.AutoTokenizer
    declared = clean / "tokenizer_config.json"
    if (clean / "tokenizer.json").is_file() and declared.is_file():
        values = json.loads(declared.read_text(encoding="utf-8"))
        if values.get("tokenizer_class") in _GENERAL:
            loader = transformers.PreTrainedTokenizerFast
    return loader.from_pretrained(clean, trust_remote_code=False, local_files_only=True)


_EXPECTED = (
    "Expected a folder with tokenizer.json, a .gguf file, or a model's name on the Hugging Face "
    "Hub."
)

__all__ = ["ModelLoadError", "load_tokenizer", "read_tokenizer"]
