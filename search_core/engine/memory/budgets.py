"""How much memory work may take, and work in portions that fit into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_CPU_BUDGET = 1024**3
_SHARE_OF_FREE = 0.5
"""Of the free memory: growing and compacting a cache holds part of it twice."""


def memory_budget(device: torch.device) -> int:
    """Bytes that one batch may take on a device, beside the weights."""
    if device.type == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int((free + unused) * _SHARE_OF_FREE)
    return _CPU_BUDGET


def store_budget(device: torch.device) -> int:
    """Bytes that the keys and values of known paths may take on a device."""
    return memory_budget(device) // 2 if device.type == "cuda" else _CPU_BUDGET


def bytes_per_token(config: Any, item_size: int) -> int:
    """Bytes of keys and values that one position takes in all layers."""
    text = config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    head_size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return int(2 * text.num_hidden_layers * heads * head_size * item_size)


def groups_by_size(lengths: Sequence[int], rests: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of paths to read together: little padding, and no more than the budget.

    Args:
        lengths: Of whole paths.
        rests: What is to be computed of each.
        budget: Padded positions, of paths and of their ends together, that one pass may take.
    """
    groups: list[list[int]] = []
    total = longest = width = 0
    for index in sorted(range(len(rests)), key=lambda one: (rests[one], lengths[one])):
        longest, width = max(longest, rests[index]), max(width, lengths[index])
        count = len(groups[-1]) + 1 if groups else 0
        total += rests[index]
        wasteful = count * longest > 2 * total + 64
        if not groups or wasteful or count * (longest + width) > budget:
            groups.append([])
            total, longest, width = rests[index], rests[index], lengths[index]
        groups[-1].append(index)
    return groups
