"""Splits work into batches that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch

Item = TypeVar("Item")

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


def split(
    items: Sequence[Item],
    length: Callable[[Item], int],
    row_cost: Callable[[int], int],
    budget: int,
) -> Iterator[list[Item]]:
    """Consecutive batches whose rows, padded to the longest, cost at most the budget.

    An item that is too big alone still gets a batch: it may fit, and nothing smaller can
    be asked for.

    Args:
        items: What to split.
        length: Length of an item in tokens.
        row_cost: Bytes of a row of a given length.
        budget: Bytes.
    """
    batch: list[Item] = []
    longest = 0
    for item in items:
        grown = max(longest, length(item))
        if batch and (len(batch) + 1) * row_cost(grown) > budget:
            yield batch
            batch, grown = [], length(item)
        batch.append(item)
        longest = grown
    if batch:
        yield batch
