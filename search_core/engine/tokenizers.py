"""Loads a tokenizer alone, for a model that runs elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from search_core.engine.checkpoint import ModelLoadError


def load_tokenizer(path_or_id: str) -> Any:
    """A transformers tokenizer from a folder, or of a model on the Hugging Face Hub.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(
            path_or_id, trust_remote_code=False, local_files_only=Path(path_or_id).is_dir()
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise ModelLoadError(
            f"The tokenizer {path_or_id} cannot be loaded: {error}. Expected a folder with "
            "tokenizer.json, or a model's name on the Hugging Face Hub."
        ) from error
