"""The library that reads models, without what it would fetch by itself."""

from __future__ import annotations

import os
from typing import Any


def transformers_library() -> Any:
    """transformers, which takes no kernels from the Hub.

    It would where the package `kernels` is installed, for some types of models by themselves. It
    reads the variable once, when its kernels are imported.
    """
    os.environ.setdefault("USE_HUB_KERNELS", "NO")
    import transformers

    return transformers
