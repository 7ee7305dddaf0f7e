"""What llama.cpp's server and SGLang do that vLLM does not, as the real ones were seen to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_core.protocols import RunCancelled, SampleRequest, Sampling, Watch
from search_core.remote import RemoteAddress, RemoteError, RemoteSolver
from tests.fake_dialects import NO_UTF8
from tests.fake_server import FakeServer
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE

SAMPLING = Sampling(1.0, 1.0, 12)


def go_on() -> bool:
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that writes bytes at random, most of them no UTF-8."""
    return tiny_solver(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def llama_cpp(folder: Path) -> Iterator[FakeServer]:
    server = FakeServer(folder, maker="llamacpp", context=256, slots=3)
    yield server
    server.close()


@pytest.fixture
def sglang(folder: Path) -> Iterator[FakeServer]:
    server = FakeServer(folder, maker="sglang", context=256)
    yield server
    server.close()


def open_solver(server: FakeServer) -> RemoteSolver:
    return RemoteSolver(RemoteAddress.parse(server.url))


def children(count: int, steps: tuple[str, ...] = ()) -> list[SampleRequest]:
    return [SampleRequest("p", steps, 5 + index, index, run="r") for index in range(count)]


def test_no_request_asks_for_more_samples_than_there_are_slots(llama_cpp: FakeServer) -> None:
    solver = open_solver(llama_cpp)
    assert (solver.capabilities.n, solver.capabilities.most) == (True, 3)
    llama_cpp.asked.clear()
    samples = solver.sample(children(8), SAMPLING, go_on)
    asked = sorted((body["seed"], body["n_cmpl"]) for body in llama_cpp.completions())
    assert asked == [(5, 3), (8, 3), (11, 2)]
    assert len(samples) == 8
    assert len({sample.text for sample in samples}) == 8
    length = samples[0].prefilled + samples[0].reused
    assert all(sample.prefilled + sample.reused == length for sample in samples)


def test_one_slot_gives_one_sample_a_request(llama_cpp: FakeServer) -> None:
    llama_cpp.slots = 1
    solver = open_solver(llama_cpp)
    assert not solver.capabilities.n
    assert len({sample.text for sample in solver.sample(children(3), SAMPLING, go_on)}) == 3


def test_replicas_are_asked_for_what_the_smaller_takes(llama_cpp: FakeServer, folder: Path) -> None:
    other = FakeServer(folder, maker="llamacpp", context=256, slots=2)
    try:
        solver = RemoteSolver(RemoteAddress.parse(f"{llama_cpp.url},{other.url}"))
        assert solver.capabilities.most == 2
    finally:
        other.close()


def test_the_connection_of_a_streamed_reply_is_not_used_again(llama_cpp: FakeServer) -> None:
    """The server closes it, and does not say so."""
    solver = open_solver(llama_cpp)
    for _ in range(20):
        solver.sample(children(3), SAMPLING, go_on)
    assert set(llama_cpp.connections) == {"close"}


def test_texts_that_are_no_utf8(llama_cpp: FakeServer) -> None:
    """Such a text fails its request unless the server takes a grammar of messages."""
    solver = open_solver(llama_cpp)
    samples = solver.sample(children(6), Sampling(1.0, 1.0, 60), go_on)
    assert any("\N{REPLACEMENT CHARACTER}" in sample.text for sample in samples)
    assert "chat_parser" in llama_cpp.completions()[-1]
    llama_cpp.asked.clear()
    llama_cpp.faults.refuses = ("chat_parser",)
    with pytest.raises(RemoteError, match=NO_UTF8):
        open_solver(llama_cpp)
    first, *others = llama_cpp.completions()
    assert "chat_parser" in first
    assert others
    assert not any("chat_parser" in body for body in others)


def test_tokens_inside_of_a_character_count(llama_cpp: FakeServer) -> None:
    """They come in no event of their own."""
    solver = open_solver(llama_cpp)
    for sample in solver.sample(children(6), Sampling(1.0, 1.0, 30), go_on):
        if sample.ended == "length":
            assert sample.tokens == 30


def test_cancelling_closes_the_connection(llama_cpp: FakeServer) -> None:
    solver = open_solver(llama_cpp)
    llama_cpp.faults.gate = threading.Event()
    with pytest.raises(RunCancelled):
        solver.sample(children(2), SAMPLING, llama_cpp.holding.is_set)
    assert llama_cpp.left.wait(PATIENCE)


def test_what_sglang_lacks_is_said(sglang: FakeServer) -> None:
    solver = open_solver(sglang)
    watch = Watch(go_on)
    solver.sample(children(2), SAMPLING, watch)
    said = " ".join(watch.warnings())
    assert "cannot be repeated" in said
    assert "SGLANG_RETURN_ORIGINAL_LOGPROB=1" in said


def test_the_words_of_sglang(sglang: FakeServer) -> None:
    solver = open_solver(sglang)
    sglang.faults.status = 400
    with pytest.raises(RemoteError, match=r"answered 400 .*: the engine died"):
        solver.sample(children(1), SAMPLING, go_on)
