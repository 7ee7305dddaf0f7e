"""What torch holds of a GPU's memory."""

from __future__ import annotations

import torch


def allocated() -> int | None:
    """Bytes of tensors on the current GPU; None where this process has none in use.

    On a ZeroGPU Space the GPU belongs to the workers, and the main process has none.
    """
    in_use: bool = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return torch.cuda.memory_allocated() if in_use else None
