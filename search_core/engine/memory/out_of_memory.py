"""Running out of memory: how to tell, and what to give back. Imports no torch by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

from search_core.protocols import PlainError


class SequenceTooLargeError(PlainError, RuntimeError):
    """Memory does not suffice for a single sequence."""


def is_out_of_memory(error: BaseException) -> bool:
    """CUDA has a type for it; Apple's GPUs and the CPU only say it."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in message or "can't allocate memory" in message
    )


def let_go(error: BaseException) -> None:
    """Drop the frames of what failed: they hold the tensors of everything that was under way.

    To be called outside of the `except` that caught it, which holds them too.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            waiting += [one.__cause__, one.__context__]


def free_cached(device: torch.device) -> None:
    """Give memory that torch holds for later back to the device."""
    import torch

    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
