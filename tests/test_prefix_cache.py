"""The cache of keys and values: finds what it was given, forgets what it may, and no more."""

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


def read(cache: PrefixCache, ids: tuple[int, ...]) -> Tensor:
    prefix = cache.match(ids)
    buffer = torch.zeros(2, 2, 1, prefix.length, 3)
    prefix.write_into(buffer)
    return buffer


def add_whole(cache: PrefixCache, ids: tuple[int, ...], run: str = "a") -> None:
    known = cache.match(ids).length
    cache.insert(ids, kv_of(ids, known), run, torch.arange(known, len(ids))[:, None].float())


@given(st.lists(IDS, max_size=12))
def test_what_was_cached_is_found_again_token_by_token(paths: list[tuple[int, ...]]) -> None:
    cache = PrefixCache(PLENTY)
    for ids in paths:
        add_whole(cache, ids)
    for ids in paths:
        assert cache.match(ids).length == len(ids)
        assert torch.equal(read(cache, ids), kv_of(ids))
        assert cache.match(ids).logprobs().flatten().tolist() == list(range(len(ids)))
    distinct = {ids[: end + 1] for ids in paths for end in range(len(ids))}
    assert cache.tokens == len(distinct)
    assert cache.bytes == len(distinct) * (2 * 2 * 3 * 4 + 4)


@given(st.lists(IDS, max_size=12), IDS)
def test_no_more_is_found_than_was_cached(
    paths: list[tuple[int, ...]], wanted: tuple[int, ...]
) -> None:
    cache = PrefixCache(PLENTY)
    for ids in paths:
        add_whole(cache, ids)
    cached = {ids[: end + 1] for ids in paths for end in range(len(ids))}
    expected = max((end for end in range(1, len(wanted) + 1) if wanted[:end] in cached), default=0)
    assert cache.match(wanted).length == expected


@given(st.lists(st.tuples(IDS, st.sampled_from("ab")), max_size=12))
def test_a_run_that_ended_leaves_what_others_hold(paths: list[tuple[tuple[int, ...], str]]) -> None:
    cache = PrefixCache(PLENTY)
    for ids, run in paths:
        add_whole(cache, ids, run)
    cache.release("a")
    for ids, run in paths:
        if run == "b":
            assert cache.match(ids).length == len(ids)
    cache.release("b")
    assert cache.bytes == cache.tokens == 0


def test_a_pruned_path_frees_itself_and_what_continues_it_but_no_sibling() -> None:
    cache = PrefixCache(PLENTY)
    pruned, sibling = (1, 2, 3, 4), (1, 2, 3, 5, 6)
    for ids in ((1, 2), pruned, (*pruned, 7, 8), sibling):
        add_whole(cache, ids)
    cache.release("a", pruned, keep=2)
    assert cache.match((*pruned, 7, 8)).length == 3  # what the sibling shares with it
    assert cache.match(sibling).length == 5
    cache.release("a", sibling, keep=2)
    assert cache.tokens == 2


def test_letting_go_of_a_path_leaves_what_its_run_still_holds_for_a_sibling() -> None:
    cache = PrefixCache(PLENTY)
    pruned, sibling = (1, 2, 3, 4), (1, 2, 3, 5, 6)
    add_whole(cache, pruned)
    add_whole(cache, sibling)
    cache.match((1, 2, 3), "another run")
    cache.release("a", pruned)
    cache.release("a", sibling, keep=3)
    cache.release("another run")
    assert cache.match(sibling).length == 3  # The run that pruned them goes on from here.
    cache.release("a", (1, 2, 3))
    assert cache.tokens == 0


def test_the_last_token_of_a_released_path_need_not_be_cached() -> None:
    cache = PrefixCache(PLENTY)
    add_whole(cache, (1, 2))
    add_whole(cache, (1, 2, 3, 4))
    cache.release("a", (1, 2, 3, 4, 9), keep=2)
    assert cache.tokens == 2


def test_releasing_a_path_that_is_not_there_frees_no_longer_one() -> None:
    cache = PrefixCache(PLENTY)
    add_whole(cache, (1, 2, 3, 4))
    cache.release("a", (1, 2, 9), keep=1)
    cache.release("a", (8,))
    assert cache.tokens == 4


def test_beyond_the_budget_the_least_recently_used_ends_leave_first() -> None:
    token = kv_of((1,)).nbytes + 4
    cache = PrefixCache(6 * token)
    add_whole(cache, (1, 2, 3))
    add_whole(cache, (1, 2, 4, 5))
    cache.match((1, 2, 3), "a")
    add_whole(cache, (1, 2, 6, 7))
    assert cache.match((1, 2, 3)).length == 3
    assert cache.match((1, 2, 4, 5)).length == 2
    assert cache.match((1, 2, 6, 7)).length == 4
    assert cache.bytes <= 6 * token


def test_a_look_changes_nothing() -> None:
    cache = PrefixCache(PLENTY)
    add_whole(cache, (1, 2), "a")
    cache.match((1, 2))
    cache.release("a")
    assert cache.tokens == 0


def test_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="Insert what comes before"):
        PrefixCache(PLENTY).insert((1, 2, 3), kv_of((1, 2, 3), 2), "a")
