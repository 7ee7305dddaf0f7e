"""Sequences that begin alike, as one tree: what some share is computed once, and nothing is padded.

A pack is a tree of tokens, written down one path after another: the template's beginning, then
each problem once, then each of its attempts, and what two attempts have in common once. The
attention mask lets a token see what its own sequence holds up to it, and positions are those in
its sequence, so that every token computes what it does there alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Example(NamedTuple):
    """One sequence to learn from.

    Attributes:
        ids: Token ids.
        at: Positions whose hidden states something is learned from, rising.
        wanted: What is to be said there: a token's id, or a label in [0, 1].
        asked: How many ids are the problem's: sequences that begin with the same belong together.
    """

    ids: tuple[int, ...]
    at: tuple[int, ...]
    wanted: tuple[float, ...]
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences as one.

    Attributes:
        ids: Token ids, int64 [T].
        positions: Each token's place in its own sequence, int64 [T].
        mask: Which tokens (columns) a token (row) sees, bool [T, T].
        at: Where something is learned, int64 [n]; a place comes again where sequences that share
            it are asked about it.
        wanted: What is to be said there, float32 [n].
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    at: Tensor
    wanted: Tensor


def pack(examples: Sequence[Example]) -> Pack:
    """These sequences as one.

    Raises:
        ValueError: There are none.
    """
    if not examples:
        raise ValueError("Got no examples to pack; expected one or more.")
    # A token is known by the one before it (-1: there is none) and its id.
    places: dict[tuple[int, int], int] = {}
    before: list[int] = []
    ids: list[int] = []
    positions: list[int] = []
    at: list[int] = []
    wanted: list[float] = []
    for one in examples:
        place, path = -1, []
        for position, id_ in enumerate(one.ids):
            key = place, id_
            if key not in places:
                places[key] = len(ids)
                before.append(place)
                ids.append(id_)
                positions.append(position)
            place = places[key]
            path.append(place)
        at += [path[position] for position in one.at]
        wanted += one.wanted
    mask = torch.eye(len(ids), dtype=torch.bool)
    for place, previous in enumerate(before):
        if previous >= 0:
            mask[place] |= mask[previous]
    return Pack(
        torch.tensor(ids), torch.tensor(positions), mask, torch.tensor(at), torch.tensor(wanted)
    )


def groups(examples: Iterable[Example], most: int) -> Iterator[list[Example]]:
    """Examples in their order, so many together that a pack of them has at most `most` ids (or
    one alone has more)."""
    gathered: list[Example] = []
    there: set[tuple[int, ...]] = set()
    for one in examples:
        beginnings = {one.ids[:end] for end in range(1, len(one.ids) + 1)}
        if gathered and len(there | beginnings) > most:
            yield gathered
            gathered, there = [], set()
        gathered.append(one)
        there |= beginnings
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
