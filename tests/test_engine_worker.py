"""The engine's thread: it outlives a fork and tells a solver's paths apart."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from search_core.engine.worker import Worker
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.protocols import KeepsPaths, RunCancelled, SampleRequest, Sampling
from search_core.solvers import TransformersSolver, load_solver
from tests.decoding import go_on
from tests.test_engine_decode import NEVER
from tests.test_engine_sharing import LLAMA, Narrow
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE

SAMPLING = Sampling(0.8, 0.95, 8)


@pytest.fixture(scope="module")
def solver(tmp_path_factory: pytest.TempPathFactory) -> TransformersSolver:
    return load_solver(tiny_solver(tmp_path_factory.mktemp("solver")), device="cpu")


def requests(*steps: str, run: str = "a") -> list[SampleRequest]:
    return [SampleRequest("1 + 2", steps, seed, run=run) for seed in range(3)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There is no fork here.")
def test_a_forked_child_decodes_too(solver: TransformersSolver) -> None:
    expected = solver.sample(requests(), SAMPLING, go_on)
    child = os.fork()
    if child == 0:
        texts = [sample.text for sample in solver.sample(requests(), SAMPLING, go_on)]
        os._exit(0 if texts == [sample.text for sample in expected] else 1)
    _, code = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(code) == 0
    again = solver.sample(requests(), SAMPLING, go_on)
    assert [sample.text for sample in again] == [sample.text for sample in expected]


def test_a_child_forgets_what_its_parent_had_under_way() -> None:
    forgotten: list[bool] = []
    turned = threading.Event()

    def turn() -> bool:
        turned.set()
        return False

    worker = Worker(turn, lambda: forgotten.append(True))
    worker.wake()
    assert turned.wait(PATIENCE)
    turned.clear()
    worker.in_child()
    assert forgotten == [True]
    worker.wake()
    assert turned.wait(PATIENCE)


def test_a_stopped_worker_ends_after_its_turn_though_there_is_more() -> None:
    turns: list[str] = []
    first, go = threading.Event(), threading.Event()

    def turn() -> bool:
        turns.append(threading.current_thread().name)
        first.set()
        return go.wait(PATIENCE)

    worker = Worker(turn, lambda: None, "stopped")
    worker.wake()
    assert first.wait(PATIENCE)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    while not worker._stopping:
        pass
    go.set()
    stopping.join()
    assert turns == ["stopped"]
    assert "stopped" not in {thread.name for thread in threading.enumerate()}


def test_released_paths_are_read_again_and_the_others_are_not(solver: TransformersSolver) -> None:
    assert isinstance(solver, KeepsPaths)
    solver.release("a", "")
    solver.sample(requests(), SAMPLING, go_on)
    first = solver.sample(requests("a step."), SAMPLING, go_on)
    again = solver.sample(requests("a step."), SAMPLING, go_on)
    assert (
        sum(sample.prefilled for sample in again) == 1 < sum(sample.prefilled for sample in first)
    )
    other = solver.sample(requests("a step.", run="b"), SAMPLING, go_on)
    assert sum(sample.prefilled for sample in other) == 1
    solver.release("a", "1 + 2", [("a step.",)])
    held_by_other = solver.sample(requests("a step.", run="b"), SAMPLING, go_on)
    assert sum(sample.prefilled for sample in held_by_other) == 1
    solver.release("b", "1 + 2", [("a step.",)])
    gone = solver.sample(requests("a step."), SAMPLING, go_on)
    assert sum(sample.prefilled for sample in gone) == len("a step") + 1  # ".\n\n" is one token
    solver.release("a", "")
    solver.release("b", "")
    whole = solver.sample(requests("a step."), SAMPLING, go_on)
    assert sum(sample.prefilled for sample in whole) == whole[0].prefilled + whole[0].reused


def test_a_path_of_a_full_context_leaves_the_places_of_the_others(tmp_path: Path) -> None:
    from search_core.protocols import Watch

    small = load_solver(tiny_solver(tmp_path, max_position_embeddings=32), device="cpu")
    heard: set[int] = set()
    watch = Watch(go_on, lambda place, tokens: heard.add(place))
    full = SampleRequest("1 + 2", ("x" * 40,), 0)
    small.sample([full, SampleRequest("1 + 2", (), 1)], Sampling(0, 1, 8), watch)
    assert heard == {1}


def test_a_small_model_computes_on_one_thread_of_torch() -> None:
    seen: list[int] = []

    class Counting(Narrow):
        def __call__(self, **inputs: Any) -> Any:
            seen.append(torch.get_num_threads())
            return LLAMA(**inputs)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        Decoder(Counting(100), NEVER).decode([DecodeRequest((5, 6), 1, 4)], SAMPLING, go_on)
    finally:
        torch.set_num_threads(before)
    assert set(seen) == {1}


def test_calls_of_many_threads_are_answered_and_a_cancelled_one_is_not_waited_for() -> None:
    decoder = Decoder(LLAMA, NEVER, most_sequences=4)
    asked = [DecodeRequest((5, seed), seed, 10, str(seed)) for seed in range(12)]
    expected = decoder.decode(asked, SAMPLING, go_on)
    results: dict[int, list[DecodeResult]] = {}
    stopped: list[int] = []

    def work(number: int) -> None:
        try:
            cancelled = (lambda: True) if number % 4 == 3 else go_on
            results[number] = decoder.decode(asked[number : number + 1], SAMPLING, cancelled)
        except RunCancelled:
            stopped.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stopped) == [3, 7, 11]
    for number, (result,) in results.items():
        assert result.tokens == expected[number].tokens
