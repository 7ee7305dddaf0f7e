"""Loads a tokenizer alone, for a model that runs elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.checkpoint import ModelLoadError

_GENERAL = ("TokenizersBackend", "PreTrainedTokenizerFast")
"""Tokenizer classes that do what tokenizer.json says, whatever that is."""


def load_tokenizer(path_or_id: str | Path) -> Any:
    """A transformers tokenizer from a folder, or of a model on the Hugging Face Hub.

    AutoTokenizer takes the class that belongs to the model's type, even where a folder names
    another one, and that class may split text otherwise than its tokenizer.json.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    import transformers

    folder = Path(path_or_id)
    try:
        loader = transformers.AutoTokenizer
        declared = folder / "tokenizer_config.json"
        if (folder / "tokenizer.json").is_file() and declared.is_file():
            values = json.loads(declared.read_text(encoding="utf-8"))
            if values.get("tokenizer_class") in _GENERAL:
                loader = transformers.PreTrainedTokenizerFast
        return loader.from_pretrained(
            path_or_id, trust_remote_code=False, local_files_only=folder.is_dir()
        )
    except (OSError, ValueError, ImportError, KeyError, AttributeError) as error:
        raise ModelLoadError(
            f"The tokenizer {path_or_id} cannot be loaded: {error}. Expected a folder with "
            "tokenizer.json, or a model's name on the Hugging Face Hub."
        ) from error
