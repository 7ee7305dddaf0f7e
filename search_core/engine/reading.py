"""Reads paths whose beginnings may be known, each from where it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from search_core.engine.dense_cache import DenseCache
from search_core.engine.kv_layout import KvLayout
from search_core.engine.prefix_store import Ids, Prefix


def read(
    forward: Callable[..., Any],
    layout: KvLayout,
    paths: Sequence[Ids],
    known: Sequence[Prefix],
) -> tuple[DenseCache, Any]:
    """One forward pass over the unknown ends of paths, padded on the left.

    Args:
        forward: The model, or the part of it whose output is wanted.
        paths: Token ids, each at least one longer than what is known of it.
        known: Their stored beginnings.

    Returns:
        Keys and values of the whole paths, and the output, [paths, longest end, …], of which
        a path's own positions are the last ones.
    """
    rests = [len(ids) - prefix.length for ids, prefix in zip(paths, known, strict=True)]
    longest, width = max(rests), max(map(len, paths))
    dense = DenseCache(layout, len(paths), width)
    # Padded on the left, known positions may lie among those to be computed; there they stay.
    dense.window.end = width
    for row, (ids, prefix) in enumerate(zip(paths, known, strict=True)):
        prefix.write_into(dense.columns(row, len(ids)))
    dense.window.end = width - longest
    padded = [ids[len(ids) - rest :] for ids, rest in zip(paths, rests, strict=True)]
    input_ids = torch.tensor([(0,) * (longest - len(ids)) + ids for ids in padded])
    first = torch.tensor([width - len(ids) for ids in paths])[:, None]
    columns = torch.arange(width)
    queries = columns[width - longest :]
    real = queries >= width - torch.tensor(rests)[:, None]
    allowed = (columns >= first[..., None]) & (columns <= queries[:, None])
    # A position that attends to nothing would be no number.
    allowed |= ~real[..., None]
    positions = (queries - first).clamp_(min=0)
    dense.window.real = real[:, None, :, None].to(layout.device)
    output = forward(
        input_ids=input_ids.to(layout.device),
        attention_mask=layout.mask(allowed.to(layout.device)),
        position_ids=positions.to(layout.device),
        past_key_values=dense.cache,
        use_cache=True,
    )
    dense.advance(longest)
    return dense, output


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
