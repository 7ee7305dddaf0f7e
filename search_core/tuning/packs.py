"""Sequences that begin alike, as one: what they share is computed once, and nothing is padded.

A pack is the shared beginning and then what follows in each sequence, end to end. The attention
mask lets each part see the beginning and itself alone, and positions count on from the beginning
in each, so that every token computes what it does in its own sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Example(NamedTuple):
    """One sequence to learn from.

    Attributes:
        ids: Token ids.
        at: Positions whose hidden states something is learned from, rising.
        wanted: What is to be said there: a token's id, or a label in [0, 1].
    """

    ids: tuple[int, ...]
    at: tuple[int, ...]
    wanted: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences as one.

    Attributes:
        ids: Token ids, int64 [T].
        positions: Each token's place in its own sequence, int64 [T].
        mask: Which tokens (columns) a token (row) sees, bool [T, T].
        at: Where something is learned, int64 [n].
        wanted: What is to be said there, float32 [n].
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    at: Tensor
    wanted: Tensor


def shared_beginning(sequences: Sequence[Sequence[int]]) -> int:
    """How many ids all sequences begin with."""
    columns = zip(*sequences, strict=False)
    return sum(1 for _ in takewhile(lambda ids: len(set(ids)) == 1, columns))


def pack(examples: Sequence[Example]) -> Pack:
    """These sequences as one.

    Raises:
        ValueError: There are none.
    """
    if not examples:
        raise ValueError("Got no examples to pack; expected one or more.")
    first = min(min(one.at) for one in examples)
    begin = min(shared_beginning([one.ids for one in examples]), first)
    ids = list(examples[0].ids[:begin])
    owner, positions = [-1] * begin, list(range(begin))
    at: list[int] = []
    wanted: list[float] = []
    for number, one in enumerate(examples):
        start = len(ids) - begin
        ids += one.ids[begin:]
        owner += [number] * (len(one.ids) - begin)
        positions += range(begin, len(one.ids))
        at += [start + place for place in one.at]
        wanted += one.wanted
    whose, place = torch.tensor(owner), torch.tensor(positions)
    same = (whose[:, None] == whose[None, :]) | (whose[None, :] == -1)
    mask = same & (place[None, :] <= place[:, None])
    return Pack(torch.tensor(ids), place, mask, torch.tensor(at), torch.tensor(wanted))


def groups(examples: Iterable[Example], most: int) -> Iterator[list[Example]]:
    """Examples in their order, so many together that they have at most `most` ids (or one has)."""
    gathered: list[Example] = []
    size = 0
    for one in examples:
        if gathered and size + len(one.ids) > most:
            yield gathered
            gathered, size = [], 0
        gathered.append(one)
        size += len(one.ids)
    if gathered:
        yield gathered


def hidden_states(decoder: Any, packed: Pack) -> Tensor:
    """Last hidden states where something is learned, [n, hidden].

    Args:
        decoder: A transformers decoder whose attention takes a mask of its own ("sdpa").
    """
    where = decoder.get_input_embeddings().weight.device
    found = decoder(
        input_ids=packed.ids[None].to(where),
        position_ids=packed.positions[None].to(where),
        attention_mask=packed.mask[None, None].to(where),
        use_cache=False,
    )
    states: Tensor = found.last_hidden_state[0, packed.at.to(where)]
    return states
