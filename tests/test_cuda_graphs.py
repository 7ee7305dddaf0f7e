"""Passes in shapes that come again: a replay finds what a pass of its own shape finds."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from search_core.engine.memory.block_pool import BlockPool
from search_core.engine.writing import cuda_graphs
from search_core.engine.writing.cuda_graphs import (
    CudaGraphs,
    GraphRunner,
    default_capture,
    padded_size,
)
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.requests import DecodeRequest
from search_core.protocols import Watch, wait
from tests.decoding import decode, finish, go_on
from tests.examples import examples
from tests.test_engine_decode import NEVER, OFTEN, SAMPLING, assert_same, some_requests
from tests.test_engine_sharing import LLAMA, MODELS, SEARCHES, Checked, SmallSearch, run_together


class Tape:
    """Captures as a CUDA graph does: the same work again, over the memory that it was shown.

    The result is always the same tensor, and whatever the work looked at beside its tensors is
    what it was at the time.
    """

    def __init__(self) -> None:
        self.captured = self.replayed = 0

    def __call__(self, work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        self.captured += 1
        found = work().clone()

        def replay() -> Tensor:
            self.replayed += 1
            return found.copy_(work())

        return replay


@examples(12)
@given(st.sampled_from(["llama", "sliding"]), SEARCHES)
def test_a_replay_finds_what_a_full_recomputation_finds(
    kind: str, searches: list[SmallSearch]
) -> None:
    for number, search in enumerate(searches):
        search.name = f"run {number}"
    tape = Tape()
    with (
        mock.patch("search_core.engine.writing.decoder.TreeCache", Checked),
        mock.patch.object(cuda_graphs, "_WORTH", 0),
    ):
        decoder = Decoder(MODELS[kind], OFTEN, capture=tape)
        run_together(decoder, searches)
        finish(decoder)
    assert tape.replayed or all(search.stop == 0 for search in searches)
    for search in searches:
        alone = search.alone()
        run_together(Decoder(MODELS[kind], OFTEN), [alone])
        assert alone.found[: len(search.found)] == search.found


def test_a_shape_is_captured_once_it_has_come_often() -> None:
    tape = Tape()
    request = DecodeRequest((5, 6, 7), 1, 200)
    (result,) = decode(LLAMA, [request], SAMPLING, NEVER, go_on, capture=tape)
    assert_same([result], decode(LLAMA, [request], SAMPLING, NEVER))
    # 200 passes of a sequence: one shape, eight times read as it is, then replayed.
    assert (tape.captured, tape.replayed) == (1, 192)


class InPlace(cuda_graphs._CapturedPass):
    """Says if it is replayed over memory that has moved, where a GPU would compute nonsense."""

    def __init__(self, model: Any, pool: BlockPool, *rest: Any) -> None:
        super().__init__(model, pool, *rest)
        self.pool, self.made = pool, pool.reallocations

    def fill(self, *arguments: Any) -> None:
        assert self.pool.reallocations == self.made
        super().fill(*arguments)


def test_a_pool_that_moves_forgets_what_was_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once the others are gone, the first goes on alone, in a shape that it had before."""
    monkeypatch.setattr(cuda_graphs, "_CapturedPass", InPlace)
    tape = Tape()
    requests = [DecodeRequest((5, seed), seed, 60) for seed in range(3)]
    first = Decoder(LLAMA, NEVER, capture=tape)
    call = first.submit(requests[:1], SAMPLING, go_on)
    for _ in range(20):
        first.step()
    assert tape.captured == 1
    many = [DecodeRequest((9, seed), seed, 20) for seed in range(40)]
    others = first.submit(many, SAMPLING, go_on)
    finish(first)
    assert tape.captured > 1
    assert_same(wait(call, go_on), decode(LLAMA, requests[:1], SAMPLING, NEVER))
    assert_same(wait(others, go_on), decode(LLAMA, many, SAMPLING, NEVER))


def test_what_cannot_be_captured_is_computed_and_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        raise RuntimeError("operation not permitted when stream is capturing")

    requests = some_requests()
    monkeypatch.setattr(cuda_graphs, "_WORTH", 0)
    with caplog.at_level(logging.WARNING):
        results = decode(LLAMA, requests, SAMPLING, OFTEN, go_on, capture=refuse)
    assert_same(results, decode(LLAMA, requests, SAMPLING, OFTEN))
    (record,) = caplog.records
    assert "not permitted when stream is capturing" in record.getMessage()


def test_running_out_of_memory_while_capturing_is_running_out_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tape = Tape()
    monkeypatch.setattr(cuda_graphs, "_WORTH", 0)

    def narrow(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        replay = tape(work)
        if len(replay()) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return replay

    requests, watch = some_requests(), Watch(go_on)
    found = decode(LLAMA, requests, SAMPLING, OFTEN, watch, capture=narrow)
    assert_same(found, decode(LLAMA, requests, SAMPLING, OFTEN))
    assert len(watch.warnings()) == 1


def test_sizes_are_few_and_at_most_a_third_is_padding() -> None:
    for count in range(1, 300):
        size = padded_size(count)
        assert count <= size <= 1.5 * count
        assert padded_size(size) == size
    assert len({padded_size(count) for count in range(1, 257)}) == 16


def test_graphs_are_for_cuda_and_not_for_zero_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.delenv("ESPALIER_CUDA_GRAPHS", raising=False)
    cuda = torch.device("cuda")
    assert isinstance(default_capture(cuda), CudaGraphs)
    assert default_capture(torch.device("cpu")) is None
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "off")
    assert default_capture(cuda) is None
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "perhaps")
    with pytest.raises(ValueError, match="'perhaps'; expected on or off"):
        default_capture(cuda)
    monkeypatch.delenv("ESPALIER_CUDA_GRAPHS")
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")
    assert default_capture(cuda) is None


def test_room_is_for_padding_and_a_block_that_nobody_reads() -> None:
    assert GraphRunner.room(5, 100) == (7, 256)
    assert GraphRunner.room(1, 257) == (2, 512)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="There is no CUDA GPU.")
def test_cuda_graphs_find_what_passes_find_that_are_launched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cuda_graphs, "_WORTH", 0)
    model = copy.deepcopy(LLAMA).to("cuda")
    requests = some_requests()
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "off")
    launched = decode(model, requests, SAMPLING, OFTEN)
    assert_same(decode(model, requests, SAMPLING, OFTEN, go_on, capture=CudaGraphs()), launched)
