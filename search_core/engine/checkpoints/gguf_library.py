"""The `gguf` package, which knows how weights are packed. Imported when such a file is read."""

from __future__ import annotations

from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError


def gguf_library() -> Any:
    """The package.

    Raises:
        ModelLoadError: It is not installed.
    """
    try:
        import gguf
    except ImportError as error:
        raise ModelLoadError(
            "A GGUF file is read by the package gguf, which is not installed. Run "
            "`pip install -r requirements.txt`."
        ) from error
    return gguf
