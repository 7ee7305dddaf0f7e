"""Rows in bundles: each attends to its own path, wherever it was moved to."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from search_core.engine.memory.bundled_attention import Places
from search_core.engine.memory.bundles import EMPTY, SHARED, BundleBuffer
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.writing.seating import Seating
from search_core.engine.writing.seats import parties

LAYOUT = KvLayout(2, 1, 1, torch.float32, torch.device("cpu"), float("inf"))


def keep(input_ids: Tensor, past_key_values: Any, places: Places, **_: Any) -> list[list[float]]:
    """A model that keeps each token's number, and says which numbers each may attend to."""
    numbers = input_ids.float()[:, None, :, None]
    for layer in past_key_values.layers:
        keys, _ = layer.update(numbers, numbers)
    each = keys[:, 0, None, :, 0].expand(-1, places.queries, -1).flatten(0, 1)
    allowed = (places.mask == 0).expand(places.bundles, 1, places.queries, -1).flatten(0, 2)
    at = range(input_ids.numel()) if places.scatter is None else places.scatter.tolist()
    return [each[place][allowed[place]].tolist() for place in at]


class Written:
    """Rows whose every column holds a number of its own: what a slot's columns must be."""

    def __init__(self) -> None:
        self.seating = Seating(BundleBuffer(LAYOUT))
        self.rows: list[list[float]] = []
        self.calls: list[object] = []
        self._numbers = iter(range(1, 10**9))

    def join(self, shared: int) -> None:
        place = len(self.rows)
        row = [float(next(self._numbers)) for _ in range(shared)]
        self.seating.open(place, shared)[:] = torch.tensor(row)[:, None]
        self.rows.append(row)
        self.calls.append(object())

    def step(self) -> None:
        """A pass that keeps of each token its number, and looks at what it may attend to."""
        lineup, order = self.seating.lined_up()
        ids = torch.tensor([next(self._numbers) for _ in order])
        for token, place in enumerate(order):
            self.rows[place].append(float(ids[token]))
        seen = lineup.read(keep, ids, ids)
        for token, place in enumerate(order):
            assert sorted(seen[token]) == self.rows[place]
        self.seating.passed()

    def arrange(self, sources: list[int]) -> None:
        self.rows = [list(self.rows[source]) for source in sources]
        self.calls = [self.calls[source] for source in sources]
        self.seating.arrange(sources, self.calls)

    def check(self) -> None:
        for place, row in enumerate(self.rows):
            held = self.seating.columns(place, range(len(row)))
            assert held[0, 0, 0, :, 0].tolist() == row
            assert held[1, 1, 0, :, 0].tolist() == row


MOVES = st.lists(st.integers(0, 2**31), min_size=1, max_size=25)


@settings(max_examples=150)
@given(MOVES)
def test_a_row_keeps_its_columns_whoever_joins_and_leaves(seeds: list[int]) -> None:
    written = Written()
    fresh: set[int] = set()
    for seed in seeds:
        dice = random.Random(seed)
        for _ in range(dice.randrange(3)):
            fresh.add(len(written.rows))
            written.join(dice.choice([0, 1, 5, 40]))
        if not written.rows:
            continue
        written.step()
        # A row that has just begun may be followed by several, any other by itself.
        sources = [
            place
            for place in range(len(written.rows))
            for _ in range(dice.choice([0, 1, 1, 9]) if place in fresh else dice.choice([0, 1, 1]))
        ]
        fresh = set()
        written.arrange(sources)
        for _ in range(dice.choice([0, 3, 30]) if sources else 0):
            written.step()
        written.check()


def test_rows_of_two_calls_share_no_bundle() -> None:
    owners = [object(), object()]
    found = parties(1000, list(range(10)), [owners[place % 2] for place in range(10)])
    assert found == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]


@pytest.mark.parametrize(("shared", "sizes"), [(0, [1] * 9), (8, [1, 2, 2, 2, 2]), (32, [4, 5])])
def test_little_in_common_makes_small_parties(shared: int, sizes: list[int]) -> None:
    owner = object()
    assert [len(one) for one in parties(shared, range(9), [owner] * 9)] == sizes


def test_what_rows_that_ended_have_left_is_cleared_away() -> None:
    written = Written()
    written.join(10)
    written.step()
    written.arrange([0] * 2)
    for _ in range(20):
        written.step()
    written.arrange([1])
    for _ in range(100):
        written.step()
    written.check()
    owner = written.seating.buffer.owner[0]
    assert (owner == SHARED).sum() == 11
    # Its own, and at most as many of the other's as came before there was no more room.
    assert 120 <= int((owner != EMPTY).sum()) - 11 <= 121
