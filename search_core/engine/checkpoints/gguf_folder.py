"""A GGUF file as a model folder without weights: configs and tokenizer, written for the moment."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.gguf_config import gguf_config, ids
from search_core.engine.checkpoints.gguf_header import GgufFile
from search_core.engine.checkpoints.gguf_tokenizer import write_tokenizer


@contextmanager
def gguf_folder(file: GgufFile, config: Mapping[str, Any] | None = None) -> Iterator[Path]:
    """A folder with config.json, generation_config.json and the tokenizer's files.

    Args:
        config: In place of what the file says; None: that.

    Raises:
        ModelLoadError: The file says something else than a model that is read.
    """
    with tempfile.TemporaryDirectory(prefix="model-") as made:
        folder = Path(made)
        for name, values in (
            ("config", config or gguf_config(file)),
            ("generation_config", ids(file)),
        ):
            (folder / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")
        write_tokenizer(file, folder)
        yield folder
