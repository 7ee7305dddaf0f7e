"""What kind of Hugging Face Space this is, if it is one."""

from __future__ import annotations

import os


def on_zero_gpu() -> bool:
    """Whether this process is the main one of a ZeroGPU Space, by its environment."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def files_of_space() -> str:
    """Address under which a Space shows its repository's files; "" where this is no Space."""
    space = os.environ.get("SPACE_ID", "")
    return f"https://huggingface.co/spaces/{space}/blob/main" if space else ""
