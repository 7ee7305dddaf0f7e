"""Sequences in blocks: each attends to its own path, wherever it was moved to."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from search_core.engine.memory.block_pool import EMPTY, SHARED, BlockPool
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.memory.tree_attention import AttentionMetadata
from search_core.engine.writing.block_manager import BlockManager
from search_core.engine.writing.blocks import divide
from tests.examples import examples

LAYOUT = KvLayout(2, 1, 1, torch.float32, torch.device("cpu"), slides=True)
NEAR = 5
"""Tokens that a layer with a sliding window sees."""


def keep(
    input_ids: Tensor, past_key_values: Any, attention_metadata: AttentionMetadata, **_: Any
) -> list[tuple[list[float], list[float]]]:
    """A model that keeps each token's number, and says which numbers each may attend to: in all,
    and in a layer with a sliding window."""
    numbers = input_ids.float()[:, None, :, None]
    for layer in past_key_values.layers:
        keys, _ = layer.update(numbers, numbers)
    blocks, queries = attention_metadata.blocks, attention_metadata.queries
    by_query = keys[:, 0, None, :, 0].expand(-1, queries, -1).flatten(0, 1)
    everything, near = (
        (attention_metadata.mask_of(window) == 0).expand(blocks, 1, queries, -1).flatten(0, 2)
        for window in (None, NEAR)
    )
    scatter = attention_metadata.scatter
    query_of = range(input_ids.numel()) if scatter is None else scatter.tolist()
    return [
        (by_query[query][everything[query]].tolist(), by_query[query][near[query]].tolist())
        for query in query_of
    ]


class NumberedSequences:
    """Sequences whose every column holds a number of its own: what a path's columns must be."""

    def __init__(self) -> None:
        self.manager = BlockManager(BlockPool(LAYOUT))
        self.paths: list[list[float]] = []
        self.calls: list[object] = []
        self._numbers = iter(range(1, 10**9))

    def join(self, shared: int) -> None:
        place = len(self.paths)
        path = [float(next(self._numbers)) for _ in range(shared)]
        self.manager.open(place, shared)[:] = torch.tensor(path)[:, None]
        self.paths.append(path)
        self.calls.append(object())

    def step(self) -> None:
        """A pass that keeps of each token its number, and looks at what it may attend to."""
        batch, order = self.manager.next_batch()
        ids = torch.tensor([next(self._numbers) for _ in order])
        for token, place in enumerate(order):
            self.paths[place].append(float(ids[token]))
        positions = torch.tensor([len(self.paths[place]) - 1 for place in order])
        seen = batch.forward(keep, ids, positions)
        for token, place in enumerate(order):
            everything, near = map(sorted, seen[token])
            assert everything == self.paths[place]
            assert near == self.paths[place][-NEAR:]
        self.manager.advance()

    def arrange(self, sources: list[int]) -> None:
        self.paths = [list(self.paths[source]) for source in sources]
        self.calls = [self.calls[source] for source in sources]
        self.manager.arrange(sources, self.calls)

    def check(self) -> None:
        for place, path in enumerate(self.paths):
            held = self.manager.columns(place, range(len(path)))
            assert held[0, 0, 0, :, 0].tolist() == path
            assert held[1, 1, 0, :, 0].tolist() == path


MOVES = st.lists(st.integers(0, 2**31), min_size=1, max_size=25)


@examples(40)
@given(MOVES)
def test_a_sequence_keeps_its_columns_whoever_joins_and_leaves(seeds: list[int]) -> None:
    sequences = NumberedSequences()
    fresh: set[int] = set()
    for seed in seeds:
        dice = random.Random(seed)
        for _ in range(dice.randrange(3)):
            fresh.add(len(sequences.paths))
            sequences.join(dice.choice([0, 1, 5, 40]))
        if not sequences.paths:
            continue
        sequences.step()
        # One that has just begun may be followed by several, any other by itself.
        sources = [
            place
            for place in range(len(sequences.paths))
            for _ in range(dice.choice([0, 1, 1, 9]) if place in fresh else dice.choice([0, 1, 1]))
        ]
        fresh = set()
        sequences.arrange(sources)
        for _ in range(dice.choice([0, 3, 30]) if sources else 0):
            sequences.step()
        sequences.check()


def test_sequences_of_two_calls_share_no_block() -> None:
    calls = [object(), object()]
    parts = divide(1000, list(range(10)), [calls[place % 2] for place in range(10)])
    assert parts == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]


@pytest.mark.parametrize(
    ("shared", "sizes"),
    [(0, [1] * 9), (8, [1, 2, 2, 2, 2]), (32, [3, 3, 3]), (512, [4, 5])],
)
def test_little_in_common_makes_small_blocks(shared: int, sizes: list[int]) -> None:
    call = object()
    assert [len(part) for part in divide(shared, range(9), [call] * 9)] == sizes


def test_what_sequences_that_ended_have_left_is_cleared_away() -> None:
    sequences = NumberedSequences()
    sequences.join(10)
    sequences.step()
    sequences.arrange([0] * 2)
    for _ in range(20):
        sequences.step()
    sequences.arrange([1])
    for _ in range(100):
        sequences.step()
    sequences.check()
    owner = sequences.manager.pool.owner[0]
    assert (owner == SHARED).sum() == 11
    # Its own, and at most as many of the other's as came before there was no more room.
    assert 120 <= int((owner != EMPTY).sum()) - 11 <= 121
