"""Servers that send too much, too slowly or for ever; and that nothing of them is left behind."""

from __future__ import annotations

import gc
import gzip
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from search_core.models import ModelPair
from search_core.models.lazy import lazy_solver
from search_core.protocols import RunCancelled, SampleRequest, Sampling
from search_core.remote import RemoteAddress, RemoteError, RemoteSolver
from search_core.remote.completions import Ask, OpenAIDialect, complete
from search_core.remote.connection import servers
from search_core.remote.errors import AddressError, hosts
from search_core.remote.server import RemoteServer
from search_core.run.driving import drive
from search_core.serving.registry import RunRegistry
from tests.fake_server import FakeServer
from tests.fakes import World
from tests.runs import last, recipe, start
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE, wait_until

DESCRIPTORS = Path("/proc/self/fd")
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
JSON = HEAD + b"Content-Type: application/json\r\n"
STREAM = HEAD + b"Content-Type: text/event-stream\r\n" + CHUNKED + b"\r\n"
ASK = Ask("p", 1, 8, 1.0, 1.0, 1)


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


class RawServer:
    """Answers every request by whatever bytes it is told to.

    Attributes:
        left: Set when a client has left before the end.
        asked: Set when one came.
    """

    def __init__(self, answer: Callable[[Callable[[bytes], None]], None]) -> None:
        self._answer = answer
        self.left, self.asked = threading.Event(), threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                self.asked.set()
                self._answer(connection.sendall)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass
            except OSError:
                self.left.set()


def forever(data: bytes, first: bytes = b"") -> Callable[[Callable[[bytes], None]], None]:
    def answer(send: Callable[[bytes], None]) -> None:
        send(first)
        while True:
            send(data)

    return answer


def slowly(data: bytes, first: bytes = b"") -> Callable[[Callable[[bytes], None]], None]:
    def answer(send: Callable[[bytes], None]) -> None:
        send(first)
        gap = threading.Event()
        while True:
            send(data)
            gap.wait(0.02)

    return answer


@pytest.fixture
def raw() -> Iterator[Callable[..., RawServer]]:
    made: list[RawServer] = []

    def make(answer: Callable[[Callable[[bytes], None]], None]) -> RawServer:
        made.append(RawServer(answer))
        return made[-1]

    yield make
    for server in made:
        server.close()


def asked(
    host: str, *, stream: bool = True, longest: float = 600.0, timeout: float = 300.0
) -> RemoteError:
    """What goes wrong when this server is asked for a completion, or for its models."""
    loop = servers(RemoteAddress((f"http://{host}/v1",)), "NO_KEY")

    async def work(_: list[RemoteServer]) -> Any:
        server = RemoteServer(f"http://{host}/v1", "", timeout, 4, longest)
        try:
            if stream:
                return await complete(server, OpenAIDialect(""), "m", ASK)
            return await server.get(f"{server.url}/models")
        finally:
            await server.close()

    try:
        with pytest.raises(RemoteError) as raised:
            loop.run(work, lambda: False)
    finally:
        loop.close()
    return raised.value


PIECE = json.dumps({"choices": [{"index": 0, "text": ""}]}).encode()
LONG = json.dumps({"choices": [{"index": 0, "text": "a" * 5000}]}).encode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (forever(chunk(b"data: " + PIECE + b"\n\n"), STREAM), "does not stop at max_tokens"),
        (forever(chunk(b"data: " + LONG + b"\n\n"), STREAM), "does not stop at max_tokens"),
        (forever(chunk(b": " + b"n" * 65_536 + b"\n"), STREAM), "more than 17,072,128 bytes"),
        (forever(chunk(b"a" * 65_536), STREAM), "a line of over 8,388,608 bytes"),
        (forever(chunk(b"a" * 65_536), JSON + CHUNKED + b"\r\n"), "more than 16,777,216 bytes"),
        (forever(b"X-Header: a\r\n" * 500, HEAD), "broke off"),
        (forever(b"HTTP/1.1 400 " + b"a" * 65_536), "broke off"),
        (forever(chunk(b"a" * 70_000), b"HTTP/1.1 500 No\r\n" + CHUNKED + b"\r\n"), "answered 500"),
    ],
    ids=["pieces", "long pieces", "comments", "line", "body", "headers", "first line", "error"],
)
def test_what_never_ends_is_given_up(raw: Any, answer: Any, said: str) -> None:
    server = raw(answer)
    assert said in str(asked(server.host))
    assert server.left.wait(PATIENCE)


def test_a_line_that_comes_byte_by_byte_is_read(raw: Any) -> None:
    data = b"data: " + b"a" * 2_000 + b"\n"
    sent = b"".join(chunk(data[place : place + 1]) for place in range(len(data)))
    server = raw(lambda send: send(STREAM + sent + b"0\r\n\r\n"))
    assert "expected a JSON object" in str(asked(server.host))


@pytest.mark.parametrize(
    "answer",
    [
        slowly(b"X", HEAD + b"X-Header: "),
        slowly(b"HTTP/1.1 102 Processing\r\n\r\n"),
        slowly(chunk(b" "), JSON + CHUNKED + b"\r\n"),
        slowly(chunk(b": wait\n"), STREAM),
        slowly(b";a", STREAM + b"1"),
    ],
    ids=["head", "informations", "body", "comments", "chunk's head"],
)  # fmt: skip
def test_what_drips_is_not_waited_for(raw: Any, answer: Any) -> None:
    server = raw(answer)
    said = str(asked(server.host, longest=0.3, timeout=60.0))
    assert "was still at one reply after 0.3 seconds" in said
    assert "#longest=SECONDS" in said
    assert server.left.wait(PATIENCE)


def test_a_compressed_reply_is_not_unpacked(raw: Any) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    head = JSON + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(bomb)).encode()
    server = raw(lambda send: send(head + b"\r\n\r\n" + bomb))
    assert "sent a compressed reply (gzip)" in str(asked(server.host, stream=False))
    error = head.replace(b"200 OK", b"500 No")
    server = raw(lambda send: send(error + b"\r\n\r\n" + bomb))
    assert "no explanation that is plain text" in str(asked(server.host, stream=False))


@pytest.mark.parametrize(
    "event",
    [
        {"choices": [{"index": 1e400, "text": "a"}]},
        {"choices": [{"index": 0, "text": "a", "logprobs": {"token_logprobs": ["x"]}}]},
        {"choices": [{"index": 0, "text": "a"}], "usage": {"prompt_tokens": -1}},
        {"choices": [{"index": 0, "text": "a"}], "usage": {"completion_tokens": "many"}},
        {"choices": 5},
    ],
)  # fmt: skip
def test_what_is_no_completion_is_said(raw: Any, event: Any) -> None:
    server = raw(
        lambda send: send(STREAM + chunk(b"data: " + json.dumps(event).encode() + b"\n\n"))
    )
    assert "is no completion" in str(asked(server.host))


def test_nesting_without_end_is_no_object(raw: Any) -> None:
    body = b"[" * 100_000
    server = raw(lambda send: send(JSON + f"Content-Length: {len(body)}\r\n\r\n".encode() + body))
    assert "expected a JSON object" in str(asked(server.host, stream=False))


def test_two_halves_of_a_character_are_one(raw: Any) -> None:
    first = '{"choices": [{"index": 0, "text": "\\ud83d"}]}'
    last_one = '{"choices": [{"index": 0, "text": "\\ude00 \\ud83d", "finish_reason": "stop"}]}'
    sent = b"".join(chunk(f"data: {one}\n\n".encode()) for one in (first, last_one, "[DONE]"))
    server = raw(lambda send: send(STREAM + sent))
    loop = servers(RemoteAddress((f"http://{server.host}/v1",)), "NO_KEY")
    dialect = OpenAIDialect("")
    try:
        reply = loop.run(lambda those: complete(those[0], dialect, "m", ASK), lambda: False)
    finally:
        loop.close()
    assert reply.completions[0].text == "\N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"


# Stopping ----------------------------------------------------------------------------------------


def test_a_stop_reaches_a_server_that_writes_for_ever(raw: Any) -> None:
    server = raw(slowly(chunk(b": more\n"), STREAM))
    loop = servers(RemoteAddress((f"http://{server.host}/v1",)), "NO_KEY")
    try:
        with pytest.raises(RunCancelled):
            loop.run(
                lambda those: complete(those[0], OpenAIDialect(""), "m", ASK), server.asked.is_set
            )
        assert server.left.wait(PATIENCE)
    finally:
        loop.close()


def test_a_run_over_such_a_server_is_stopped(raw: Any, tmp_path: Any) -> None:
    fake = FakeServer(tiny_solver(tmp_path), context=256)
    try:
        solver = RemoteSolver(RemoteAddress.parse(fake.url))
        fake.faults.gate = threading.Event()
        made = start(recipe())
        drive(made, solver, World().verifier(), fake.holding.is_set)
        assert last(made).status == "cancelled"
        assert fake.left.wait(PATIENCE)
        assert not fake.faults.gate.is_set()
    finally:
        fake.close()


# What is left behind -----------------------------------------------------------------------------


def open_files() -> int:
    return len(list(DESCRIPTORS.iterdir()))


def remote_threads() -> int:
    return sum(thread.name == "remote" for thread in threading.enumerate())


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="descriptors are counted in /proc")
def test_a_failed_opening_leaves_no_thread_and_no_descriptor(raw: Any) -> None:
    answer = HEAD.replace(b"200 OK", b"503 No") + b"Content-Length: 0\r\n\r\n"
    server = raw(lambda send: send(answer))
    lazy = lazy_solver(f"http://{server.host}/v1")

    def opened() -> None:
        with pytest.raises(RemoteError, match="answered 503"):
            lazy.get()

    opened()
    gc.collect()
    wait_until(lambda: remote_threads() == 0)
    files = open_files()
    for _ in range(50):
        opened()
    gc.collect()
    assert remote_threads() == 0
    wait_until(lambda: open_files() <= files, f"{files} open files")


def test_a_solver_that_nobody_has_any_more_leaves_neither(tmp_path: Any) -> None:
    fake = FakeServer(tiny_solver(tmp_path), context=256)
    try:
        solver = RemoteSolver(RemoteAddress.parse(fake.url))
        assert remote_threads() == 1
        solver.sample([SampleRequest("p", (), 1)], Sampling(1.0, 1.0, 4), lambda: False)
        del solver
        gc.collect()
        wait_until(lambda: remote_threads() == 0)
    finally:
        fake.close()


# What a visitor reads ----------------------------------------------------------------------------

SECRETS = ("gpu-7.internal", "10.1.2.3", "8443")


@pytest.mark.parametrize(
    ("message", "public"),
    [
        ("Server gpu-7.internal:8443 answered 500", "The server answered 500"),
        ("Servers gpu-7.internal:8443 and b:80 differ", "Servers [address] and [address] differ"),
        ("see http://10.1.2.3:8443/v1?key=1, please", "see [address] please"),
        ("GPU-7.INTERNAL is down", "[address] is down"),
        ("no route to 10.1.2.3", "no route to [address]"),
        ("no route to [fe80::1]:8443.", "no route to [address]."),
        ("upstream worker-3:8443 died", "upstream [address] died"),
        ("step 3: 12 tokens, 1:2 odds", "step 3: 12 tokens, 1:2 odds"),
    ],
)
def test_an_address_is_the_operators(message: str, public: str) -> None:
    error = RemoteError(message)
    error.hidden = hosts(["http://gpu-7.internal:8443/v1", "http://b:80/v1"])
    assert str(error) == message
    assert error.public == public


def test_the_page_and_the_trace_hold_no_address(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeServer(tiny_solver(tmp_path / "model"), context=256)
    registry = RunRegistry(tmp_path / "runs")
    host = fake.url.removeprefix("http://").removesuffix("/v1")
    try:
        pair = ModelPair(fake.url, "none")
        pair.share(pair.parts[0], ModelPair.of(World().solver(), World().verifier()).parts[1])
        assert host not in " ".join(pair.names)
        fake.faults.n_ignored = True  # which is warned of
        assert pair.solver
        fake.faults.status, fake.faults.message = 500, f"proxy {host} has lost http://{host}/v1"
        with caplog.at_level(logging.ERROR):
            run = registry.start(recipe(), pair)
            assert run.wait(PATIENCE)
        assert run.error.startswith("The server answered 500 to /v1/completions")
        [file] = (tmp_path / "runs").glob("*.jsonl")
        for text in (run.error, file.read_text(encoding="utf-8")):
            assert "127.0.0.1" not in text
            assert host.partition(":")[2] not in text
        assert f"Server {host} answered 500" in caplog.text
    finally:
        registry.close()
        fake.close()


def test_a_wrong_address_is_not_shown_either() -> None:
    with pytest.raises(AddressError, match="gpu-7") as raised:
        RemoteAddress.parse("http://gpu-7.internal:99999/v1")
    assert "gpu-7" not in raised.value.public
