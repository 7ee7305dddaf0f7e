"""How much memory work may take, and work in portions that fit into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_CPU_BUDGET = 1024**3
_SHARE_OF_FREE = 0.5
"""Of the free memory: growing and compacting a cache holds part of it twice."""


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """Bytes that one model may take beside its weights.

    Attributes:
        batch: For what is computed at once; None: judged by the device.
        cache: For keys and values that are kept in a `PrefixCache`; None: judged by the device.
    """

    batch: int | None = None
    cache: int | None = None

    def for_batch(self, device: torch.device) -> int:
        """What a batch may take now: half of what a GPU has free, 1 GiB on a CPU."""
        return _available(device) if self.batch is None else self.batch

    def for_cache(self, device: torch.device) -> int:
        """What a prefix cache may take: on a GPU half of a batch's, as others want some too."""
        if self.cache is not None:
            return self.cache
        available = _available(device)
        return available // 2 if device.type == "cuda" else available


BY_DEVICE = MemoryBudget()
"""All of it judged by the device."""


def _available(device: torch.device) -> int:
    if device.type == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int((free + unused) * _SHARE_OF_FREE)
    return _CPU_BUDGET


def bytes_per_token(config: Any, item_size: int) -> int:
    """Bytes of keys and values that one position takes in all layers."""
    text = config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    head_size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return int(2 * text.num_hidden_layers * heads * head_size * item_size)


def groups_by_size(lengths: Sequence[int], new: Sequence[int], most: int) -> list[list[int]]:
    """Indices of paths to read together: little padding, and no more than fits.

    Args:
        lengths: Of whole paths, in tokens.
        new: Tokens to be computed of each.
        most: Padded positions, of paths and of their new tokens together, that one pass may take.
    """
    groups: list[list[int]] = []
    total = longest = width = 0
    for index in sorted(range(len(new)), key=lambda path: (new[path], lengths[path])):
        longest, width = max(longest, new[index]), max(width, lengths[index])
        count = len(groups[-1]) + 1 if groups else 0
        total += new[index]
        wasteful = count * longest > 2 * total + 64
        if not groups or wasteful or count * (longest + width) > most:
            groups.append([])
            total, longest, width = new[index], new[index], lengths[index]
        groups[-1].append(index)
    return groups
