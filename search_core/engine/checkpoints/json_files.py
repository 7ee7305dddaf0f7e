"""Reads a model folder's JSON, which is a stranger's: bounded, and every mistake a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError

MOST_BYTES = 16 * 1024**2
"""Of one file; configs of published models have some kilobytes, with label tables a megabyte."""


def read_object(path: Path, most: int = MOST_BYTES) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        ModelLoadError: It cannot be read, is too large, is no JSON, is nested too deeply, or holds
            something else.
    """
    try:
        size = path.stat().st_size
        if size > most:
            raise ModelLoadError(f"{path} has {size:,} bytes; at most {most:,} are read.")
        values = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ModelLoadError(f"{path} is nested too deeply to be read.") from error
    except ValueError as error:
        raise ModelLoadError(f"{path} is not valid JSON: {error!s:.200}.") from error
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}.") from error
    if not isinstance(values, dict):
        raise ModelLoadError(f"{path} holds a {type(values).__name__}; expected a JSON object.")
    return values
