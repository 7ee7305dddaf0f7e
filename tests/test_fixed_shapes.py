"""Passes in fixed shapes: what was recorded finds what a pass of its own shape finds."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from unittest import mock

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from search_core.engine import fixed_shapes
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.fixed_shapes import CudaGraphs, FixedShapes, size, usual_record
from search_core.engine.writing.rows import Row
from search_core.protocols import Watch
from tests.decoding import decode, finish, go_on
from tests.test_engine_decode import NEVER, OFTEN, SAMPLING, assert_same, some_rows
from tests.test_engine_sharing import LLAMA, SEARCHES, Checked, SmallSearch, run_together


class Tape:
    """Records as a CUDA graph does: the same work again, over the memory that it was shown.

    The result is always the same tensor, and whatever the work looked at beside its tensors is
    what it was at the time.
    """

    def __init__(self) -> None:
        self.recorded = self.replayed = 0

    def __call__(self, work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        self.recorded += 1
        found = work().clone()

        def replay() -> Tensor:
            self.replayed += 1
            return found.copy_(work())

        return replay


@settings(max_examples=40)
@given(SEARCHES)
def test_a_replay_finds_what_a_full_recomputation_finds(searches: list[SmallSearch]) -> None:
    for number, one in enumerate(searches):
        one.name = f"run {number}"
    tape = Tape()
    with (
        mock.patch("search_core.engine.writing.decoder.TreeKeyValues", Checked),
        mock.patch.object(fixed_shapes, "_WORTH", 0),
    ):
        decoder = Decoder(LLAMA, OFTEN, record=tape)
        run_together(decoder, searches)
        finish(decoder)
    assert tape.replayed or all(one.stop == 0 for one in searches)
    for one in searches:
        alone = SmallSearch(one.name, one.seed, one.sampling, one.rounds, one.width)
        run_together(Decoder(LLAMA, OFTEN), [alone])
        assert alone.found[: len(one.found)] == one.found


def test_a_shape_is_recorded_once_it_has_come_often() -> None:
    tape = Tape()
    row = Row((5, 6, 7), 1, 200)
    (result,) = decode(LLAMA, [row], SAMPLING, NEVER, go_on, record=tape)
    assert_same([result], decode(LLAMA, [row], SAMPLING, NEVER))
    # 200 passes of a row: one shape, eight times read as it is, then replayed.
    assert (tape.recorded, tape.replayed) == (1, 192)


def test_growing_rows_out_of_their_room_forgets_what_was_recorded() -> None:
    tape = Tape()
    rows = [Row((5, one), one, 60) for one in range(3)]
    first = Decoder(LLAMA, NEVER, record=tape)
    call = first.submit(rows[:1], SAMPLING, go_on)
    for _ in range(20):
        first.turn()
    assert tape.recorded == 1
    others = first.submit([Row((9, one), one, 60) for one in range(40)], SAMPLING, go_on)
    finish(first)
    assert tape.recorded > 1
    assert_same(call.wait(), decode(LLAMA, rows[:1], SAMPLING, NEVER))
    alone = decode(LLAMA, [Row((9, one), one, 60) for one in range(40)], SAMPLING, NEVER)
    assert_same(others.wait(), alone)


def test_what_cannot_be_recorded_is_computed_and_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        raise RuntimeError("operation not permitted when stream is capturing")

    rows = some_rows()
    monkeypatch.setattr(fixed_shapes, "_WORTH", 0)
    with caplog.at_level(logging.WARNING):
        results = decode(LLAMA, rows, SAMPLING, OFTEN, go_on, record=refuse)
    assert_same(results, decode(LLAMA, rows, SAMPLING, OFTEN))
    (record,) = caplog.records
    assert "not permitted when stream is capturing" in record.getMessage()


def test_running_out_of_memory_while_recording_is_running_out_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tape = Tape()
    monkeypatch.setattr(fixed_shapes, "_WORTH", 0)

    def narrow(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        replay = tape(work)
        if len(replay()) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return replay

    rows, watch = some_rows(), Watch(go_on)
    found = decode(LLAMA, rows, SAMPLING, OFTEN, watch, record=narrow)
    assert_same(found, decode(LLAMA, rows, SAMPLING, OFTEN))
    assert len(watch.warnings()) == 1


def test_sizes_are_few_and_at_most_a_third_is_padding() -> None:
    for count in range(1, 300):
        assert count <= size(count) <= 1.5 * count
        assert size(size(count)) == size(count)
    assert len({size(one) for one in range(1, 257)}) == 16


def test_graphs_are_for_cuda_and_not_for_zero_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.delenv("ESPALIER_CUDA_GRAPHS", raising=False)
    cuda = torch.device("cuda")
    assert isinstance(usual_record(cuda), CudaGraphs)
    assert usual_record(torch.device("cpu")) is None
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "off")
    assert usual_record(cuda) is None
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "perhaps")
    with pytest.raises(ValueError, match="'perhaps'; expected on or off"):
        usual_record(cuda)
    monkeypatch.delenv("ESPALIER_CUDA_GRAPHS")
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")
    assert usual_record(cuda) is None


def test_room_is_for_padding_and_a_strip_where_nobody_looks() -> None:
    assert FixedShapes.room(5, 100) == (7, 256)
    assert FixedShapes.room(1, 257) == (2, 512)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="There is no CUDA GPU.")
def test_cuda_graphs_find_what_passes_find_that_are_launched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fixed_shapes, "_WORTH", 0)
    model = copy.deepcopy(LLAMA).to("cuda")
    rows = some_rows()
    monkeypatch.setenv("ESPALIER_CUDA_GRAPHS", "off")
    launched = decode(model, rows, SAMPLING, OFTEN)
    assert_same(decode(model, rows, SAMPLING, OFTEN, go_on, record=CudaGraphs()), launched)
