"""The store of keys and values: finds what it was given, forgets what it may, and no more."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from search_core.engine.memory.prefix_cache import PrefixCache

PLENTY = 10**9
IDS = st.lists(st.integers(0, 2), min_size=1, max_size=8).map(tuple)


def kv_of(ids: tuple[int, ...], start: int = 0) -> Tensor:
    """Tensors that say which path and which position they belong to."""
    values = [hash(ids[: at + 1]) % 10_007 for at in range(start, len(ids))]
    return torch.tensor(values, dtype=torch.float32).reshape(1, 1, 1, -1, 1).expand(2, 2, 1, -1, 3)


def read(store: PrefixCache, ids: tuple[int, ...]) -> Tensor:
    prefix = store.match(ids)
    buffer = torch.zeros(2, 2, 1, prefix.length, 3)
    prefix.write_into(buffer)
    return buffer


def add_whole(store: PrefixCache, ids: tuple[int, ...], run: str = "a") -> None:
    known = store.match(ids).length
    store.insert(ids, kv_of(ids, known), run, torch.arange(known, len(ids))[:, None].float())


@given(st.lists(IDS, max_size=12))
def test_what_was_stored_is_found_again_token_by_token(paths: list[tuple[int, ...]]) -> None:
    store = PrefixCache(PLENTY)
    for ids in paths:
        add_whole(store, ids)
    for ids in paths:
        assert store.match(ids).length == len(ids)
        assert torch.equal(read(store, ids), kv_of(ids))
        assert store.match(ids).logprobs().flatten().tolist() == list(range(len(ids)))
    distinct = {ids[: end + 1] for ids in paths for end in range(len(ids))}
    assert store.tokens == len(distinct)
    assert store.bytes == len(distinct) * (2 * 2 * 3 * 4 + 4)


@given(st.lists(IDS, max_size=12), IDS)
def test_no_more_is_found_than_was_stored(
    paths: list[tuple[int, ...]], wanted: tuple[int, ...]
) -> None:
    store = PrefixCache(PLENTY)
    for ids in paths:
        add_whole(store, ids)
    stored = {ids[: end + 1] for ids in paths for end in range(len(ids))}
    expected = max((end for end in range(1, len(wanted) + 1) if wanted[:end] in stored), default=0)
    assert store.match(wanted).length == expected


@given(st.lists(st.tuples(IDS, st.sampled_from("ab")), max_size=12))
def test_a_run_that_ended_leaves_what_others_hold(paths: list[tuple[tuple[int, ...], str]]) -> None:
    store = PrefixCache(PLENTY)
    for ids, run in paths:
        add_whole(store, ids, run)
    store.release("a")
    for ids, run in paths:
        if run == "b":
            assert store.match(ids).length == len(ids)
    store.release("b")
    assert store.bytes == store.tokens == 0


def test_a_pruned_path_frees_itself_and_what_continues_it_but_no_sibling() -> None:
    store = PrefixCache(PLENTY)
    pruned, sibling = (1, 2, 3, 4), (1, 2, 3, 5, 6)
    for ids in ((1, 2), pruned, (*pruned, 7, 8), sibling):
        add_whole(store, ids)
    store.release("a", pruned, keep=2)
    assert store.match((*pruned, 7, 8)).length == 3  # what the sibling shares with it
    assert store.match(sibling).length == 5
    store.release("a", sibling, keep=2)
    assert store.tokens == 2


def test_the_last_token_of_a_released_path_need_not_be_stored() -> None:
    store = PrefixCache(PLENTY)
    add_whole(store, (1, 2))
    add_whole(store, (1, 2, 3, 4))
    store.release("a", (1, 2, 3, 4, 9), keep=2)
    assert store.tokens == 2


def test_releasing_a_path_that_is_not_there_frees_no_longer_one() -> None:
    store = PrefixCache(PLENTY)
    add_whole(store, (1, 2, 3, 4))
    store.release("a", (1, 2, 9), keep=1)
    store.release("a", (8,))
    assert store.tokens == 4


def test_beyond_the_budget_the_least_recently_used_ends_leave_first() -> None:
    token = kv_of((1,)).nbytes + 4
    store = PrefixCache(6 * token)
    add_whole(store, (1, 2, 3))
    add_whole(store, (1, 2, 4, 5))
    store.match((1, 2, 3), "a")
    add_whole(store, (1, 2, 6, 7))
    assert store.match((1, 2, 3)).length == 3
    assert store.match((1, 2, 4, 5)).length == 2
    assert store.match((1, 2, 6, 7)).length == 4
    assert store.bytes <= 6 * token


def test_a_look_changes_nothing() -> None:
    store = PrefixCache(PLENTY)
    add_whole(store, (1, 2), "a")
    store.match((1, 2))
    store.release("a")
    assert store.tokens == 0


def test_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="Insert what comes before"):
        PrefixCache(PLENTY).insert((1, 2, 3), kv_of((1, 2, 3), 2), "a")
