"""Running out of memory: how to tell, and what to give back."""

from __future__ import annotations

import torch

from search_core.protocols import PlainError


class SequenceTooLargeError(PlainError, RuntimeError):
    """Memory does not suffice for a single sequence."""


def is_out_of_memory(error: BaseException) -> bool:
    """CUDA has a type for it; Apple's GPUs and the CPU only say it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in message or "can't allocate memory" in message
    )


def free_cached(device: torch.device) -> None:
    """Give memory that torch holds for later back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
