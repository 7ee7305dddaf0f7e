"""What one request and one page may take of the server: bodies, uploads, sessions."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from gradio.blocks import BlocksConfig
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from components.bounds import BodyLimit, Uploads, bodies, discarded
from components.bounds.bodies import MOST_SENT
from components.bounds.sessions import MOST_SESSIONS, LeanSessions
from components.shell import Shell
from tests.waiting import PATIENCE, wait_until

FILE = 3 * MOST_SENT


@pytest.fixture(scope="module")
def served() -> Iterator[Shell]:
    """A small page of the app's kind."""
    with Shell() as page:
        told, state = gr.Textbox(), gr.State("nothing")
        button = gr.Button()
        button.click(
            lambda value: (f"was {value}", "something"), state, [told, state], api_name="tell"
        )
        button.click(lambda: gr.update(label="x" * 10_000), None, told, api_name="update")
    page.launch(prevent_thread_lock=True, quiet=True)
    yield page
    page.close()


# Bodies ---------------------------------------------------------------------------------------


class Counting:
    """An app that reads what it is sent."""

    def __init__(self) -> None:
        self.taken = 0
        self.uploads = 0

    async def read(self, request: Request) -> PlainTextResponse:
        async for piece in request.stream():
            self.taken += len(piece)
        return PlainTextResponse("read")

    def client(self) -> TestClient:
        routes = [Route(path, self.read, methods=["POST"]) for path in ("/join", "/upload")]
        return TestClient(BodyLimit(Starlette(routes=routes), FILE, self.upload))

    def upload(self) -> None:
        self.uploads += 1


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not said beforehand."""
    for _ in range(size // 100_000 + 1):
        yield b"x" * 100_000


@pytest.mark.parametrize(("path", "most"), [("/join", MOST_SENT), ("/upload", FILE + 100_000)])
def test_a_body_that_is_too_large_is_refused_unread(path: str, most: int) -> None:
    app = Counting()
    client = app.client()
    assert client.post(path, content=b"x" * most).text == "read"
    assert app.taken == most
    refused = client.post(path, content=b"x" * (most + 1))
    assert refused.status_code == 413
    assert f"at most {most:,} bytes" in refused.text
    assert app.taken == most


def test_a_body_of_unsaid_length_is_broken_off() -> None:
    app = Counting()
    refused = app.client().post("/join", content=pieces(2 * MOST_SENT))
    assert refused.status_code == 413
    assert app.taken <= MOST_SENT


@pytest.mark.parametrize("limit", ["SECONDS_BETWEEN", "SECONDS_IN_ALL"])
def test_a_body_that_does_not_come_is_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(bodies, limit, 0.0)
    answers: list[Message] = []
    sent: list[Message] = [{"type": "http.request", "body": b"x", "more_body": True}]

    async def receive() -> Message:
        if sent:
            return sent.pop()
        return await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/upload", "headers": []}
    routes = [Route("/upload", Counting().read, methods=["POST"])]
    asyncio.run(BodyLimit(Starlette(routes=routes), FILE)(scope, receive, send))
    assert answers[0]["status"] == 408
    assert b"does not arrive" in answers[1]["body"]


def test_whoever_has_sent_all_may_wait_as_long_as_the_answer_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = asyncio.Event()

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        monkeypatch.setattr(bodies, "SECONDS_BETWEEN", 0.0)
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        left.set()
        assert (await waiting)["type"] == "http.disconnect"

    sent: list[Message] = [{"type": "http.request", "body": b"x"}]

    async def receive() -> Message:
        if sent:
            return sent.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        """Nothing is sent."""

    scope = {"type": "http", "method": "POST", "path": "/join", "headers": []}
    asyncio.run(BodyLimit(patient, FILE)(scope, receive, send))


def test_room_is_made_before_a_file_is_taken_in() -> None:
    app = Counting()
    client = app.client()
    client.post("/join", content=b"x")
    client.post("/upload", content=b"x")
    client.post("/upload", content=b"x" * (2 * FILE))
    assert app.uploads == 1


# Uploads --------------------------------------------------------------------------------------


def test_a_file_that_was_read_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "upload.jsonl"
    path.write_text("x")
    with discarded(str(path)) as file:
        assert file.read_text() == "x"
    assert not path.exists()
    path.write_text("x")
    with pytest.raises(ValueError, match="broken"), discarded(str(path)):
        raise ValueError("broken")
    assert not path.exists()


def test_the_oldest_of_too_many_uploads_make_room(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(6)]
    for number, path in enumerate(paths):
        path.write_text("x")
        os.utime(path, (number, number))
    files = {str(path) for path in paths}
    paths[5].unlink()  # read meanwhile
    Uploads(files, most=3).make_room()
    left = {str(path) for path in paths[3:5]}
    assert {str(path) for path in tmp_path.iterdir()} == left
    assert files == left


def break_off(folder: Path, served: Shell, end: str) -> None:
    """An upload whose sender goes in the middle, or sends too much; wait for what comes of it."""
    begun = (
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="x.jsonl"\r\n\r\n'
        + b"x" * 2_000_000
    )
    address = urlsplit(served.local_url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as link:
        head = "POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        head += "Content-Type: multipart/form-data; boundary=B\r\n\r\n"
        link.sendall(head.encode())
        for number in range(1 if end == "left" else 12):
            piece = begun if not number else b"x" * 2_000_000
            with suppress(OSError):  # the server has answered, and takes no more
                link.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if not number:
                wait_until(lambda: any(folder.iterdir()), "The file")


@pytest.mark.parametrize("end", ["left", "too large"])
def test_of_an_upload_that_breaks_off_nothing_stays_on_the_disk(
    served: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(served.app, "uploaded_file_dir", str(tmp_path))
    break_off(tmp_path, served, end)
    wait_until(lambda: not any(tmp_path.iterdir()), "Its end")


# Sessions -------------------------------------------------------------------------------------


def call(page: Shell, name: str, session: str) -> list[object]:
    body = {"data": [] if name == "update" else [None], "session_hash": session}
    reply = httpx.post(f"{page.local_url}gradio_api/run/{name}", json=body, timeout=60)
    assert reply.status_code == 200, reply.text
    values: list[object] = reply.json()["data"]
    return values


def test_each_page_keeps_its_own_state(served: Shell) -> None:
    assert [call(served, "tell", name)[0] for name in ("a", "a", "b")] == [
        "was nothing",
        "was something",
        "was nothing",
    ]


def test_no_page_has_a_copy_of_the_components_or_of_what_it_was_sent(
    served: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[int] = []
    config = BlocksConfig.config_for_block

    def counting(key: int, *rest: object) -> object:
        copied.append(key)
        return config(key, *rest)

    monkeypatch.setattr(BlocksConfig, "config_for_block", staticmethod(counting))
    holder = served.app.state_holder
    assert isinstance(holder, LeanSessions)
    call(served, "tell", "c")
    call(served, "update", "c")
    assert holder.session_data["c"].config_values == {}
    assert len(copied) <= 2  # of the components that changed, none of the others


def test_sessions_that_were_not_heard_of_are_forgotten(
    served: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = served.app.state_holder
    assert holder.capacity == MOST_SESSIONS
    monkeypatch.setattr(holder, "capacity", 3)
    for number in range(20):
        holder[f"made-up-{number}"]
    assert len(holder.session_data) <= 4


def test_a_launched_page_refuses_what_is_too_large(served: Shell) -> None:
    reply = httpx.post(
        f"{served.local_url}gradio_api/queue/join", content=b"x" * (MOST_SENT + 1), timeout=60
    )
    assert reply.status_code == 413
