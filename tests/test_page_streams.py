"""Of each page one stream, the newest; one that ends takes nothing away from another."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.exceptions import HTTPException

from components.bounds.streams import OneStream, OpenStreams, PageMessages, PageQueue
from components.shell import Shell
from tests.waiting import PATIENCE, wait_until


class Served(Shell):
    """A page whose handler says "one", waits until it may, and says "two"."""

    may_go = threading.Event()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    def talk() -> Iterator[str]:
        yield "one"
        Served.may_go.wait(PATIENCE)
        yield "two"

    with Served() as page:
        gr.Button().click(talk, None, gr.Textbox(), api_name="talk")
    page.launch(prevent_thread_lock=True, quiet=True)
    yield page
    Served.may_go.set()
    page.close()


@pytest.fixture
def page(served: Served) -> Served:
    Served.may_go.clear()
    return served


def join(page: Shell, name: str) -> None:
    body = {"data": [], "fn_index": 0, "session_hash": name}
    httpx.post(f"{page.local_url}gradio_api/queue/join", json=body).raise_for_status()


@contextmanager
def stream(page: Shell, name: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The messages of a stream, as they come; they end where the server says that they do.

    Outside the block the stream has been dropped, as a page does it then.
    """
    address = f"{page.local_url}gradio_api/queue/data?session_hash={name}"
    with httpx.stream("GET", address, timeout=PATIENCE) as reply:
        lines = reply.iter_lines()  # dropped with its last reader, and there must be one
        yield told(lines)


def told(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data:"):
            message = json.loads(line[5:])
            yield message
            if message["msg"] == "close_stream":
                return


def until(messages: Iterator[dict[str, Any]], said: str) -> None:
    """Read until the handler has said something."""
    for message in messages:
        assert message["msg"] != "unexpected_error", message
        if said in json.dumps(message.get("output", {})):
            return
    raise AssertionError(f"The stream ended without {said!r}.")


def kinds(messages: Iterator[dict[str, Any]]) -> list[str]:
    return [message["msg"] for message in messages]


def open_streams(page: Shell) -> OpenStreams:
    assert isinstance(page._queue, PageQueue)
    return page._queue.streams


def test_a_new_stream_ends_the_one_before_and_gets_what_was_asked_for(
    page: Served, caplog: pytest.LogCaptureFixture
) -> None:
    join(page, "a")
    with stream(page, "a") as first:
        until(first, "one")
        with stream(page, "a") as second:
            rest = kinds(first)
            Served.may_go.set()
            until(second, "two")
            assert kinds(second)[-1] == "close_stream"
    assert "process_completed" not in rest
    wait_until(lambda: open_streams(page).count("a") == 0)
    assert caplog.messages == []


def test_a_page_that_comes_back_gets_what_it_asked_for(page: Served) -> None:
    join(page, "b")
    with stream(page, "b") as messages:
        until(messages, "one")
    wait_until(lambda: open_streams(page).count("b") == 0)
    with stream(page, "b") as messages:
        Served.may_go.set()
        until(messages, "two")
        assert kinds(messages)[-1] == "close_stream"


def test_of_a_page_that_stays_away_nothing_is_kept(
    page: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageQueue, "seconds_to_come_back", 0.01)
    join(page, "c")
    with stream(page, "c") as messages:
        until(messages, "one")
        assert open_streams(page).count("c") == 1
    queue = page._queue
    wait_until(lambda: "c" not in queue.pending_messages_per_session)
    jobs = [event for job in queue.active_jobs if job for event in job]
    wait_until(lambda: not any(event.alive for event in jobs if event.session_hash == "c"))
    assert open_streams(page).count("c") == 0


def test_a_page_that_nobody_knows_is_told_so(page: Served) -> None:
    with stream(page, "never heard of") as messages:
        told = list(messages)  # fails where the answer breaks off
    assert [message["msg"] for message in told] == ["unexpected_error"]
    assert told[0]["session_not_found"]


SCOPE = {"type": "http", "path": "/x/queue/data", "query_string": b"session_hash=a"}


def asked(failure: Exception | None, *answers: dict[str, Any]) -> list[dict[str, Any]]:
    """What is sent where an app answers a stream so, and then fails."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for answer in answers:
            await send(answer)
        if failure is not None:
            raise failure

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        received = asyncio.Queue[dict[str, Any]]()
        await OneStream(app, OpenStreams(), seconds_to_hear=0.01)(SCOPE, received.get, send)

    asyncio.run(ask())
    return sent


START = {"type": "http.response.start", "status": 200}
TOLD = {"type": "http.response.body", "body": b"told", "more_body": True}
END = {"type": "http.response.body", "body": b"", "more_body": False}


CLOSING = {**TOLD, "body": b'data: {"msg":"close_stream","event_id":null}\n\n'}
QUIET = {"type": "http.request"}
GONE = {"type": "http.disconnect"}


def test_a_stream_that_is_over_stays_until_its_page_has_heard_of_it() -> None:
    sent: list[dict[str, Any]] = []
    streams, received = OpenStreams(), asyncio.Queue[dict[str, Any]]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in (START, CLOSING, END):
            await send(message)

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> list[int]:
        answered: list[int] = []

        async def ask_for_something(page: str) -> None:
            await streams.closed(page)
            answered.append(len(sent))

        ended = OneStream(app, streams, seconds_to_hear=PATIENCE)(SCOPE, received.get, send)
        tasks = [asyncio.create_task(ended)]
        while CLOSING not in sent:
            await asyncio.sleep(0)
        tasks += [asyncio.create_task(ask_for_something(page)) for page in ("a", "another")]
        received.put_nowait(QUIET)
        for _ in range(10):
            await asyncio.sleep(0)
        received.put_nowait(GONE)
        await asyncio.gather(*tasks)
        return answered

    # Another page is answered at once, and this one when the stream has ended.
    assert asyncio.run(ask()) == [2, 3]
    assert sent == [START, CLOSING, END]


def test_a_page_that_never_drops_its_stream_is_not_waited_for() -> None:
    assert asked(None, START, CLOSING, END) == [START, CLOSING, END]


def test_what_is_asked_for_in_that_moment_is_answered_once_the_stream_has_ended(
    page: Served,
) -> None:
    Served.may_go.set()
    join(page, "d")
    open_when_answered: list[int] = []

    def ask_for_more() -> None:
        join(page, "d")
        open_when_answered.append(open_streams(page).count("d"))

    with stream(page, "d") as messages:
        assert kinds(messages)[-1] == "close_stream"
        asks = threading.Thread(target=ask_for_more)
        asks.start()
        wait_until(lambda: page._queue.pending_event_ids_session["d"])
        for _ in range(3):  # what comes after it is answered before it
            httpx.get(f"{page.local_url}gradio_api/startup-events").raise_for_status()
        assert open_when_answered == []
    asks.join()
    # A page believes that its stream is open until it has read otherwise.
    assert open_when_answered == [0]
    with stream(page, "d") as messages:
        until(messages, "two")


def test_no_error_is_left_of_a_page_that_nobody_knows() -> None:
    failure = RuntimeError("response already started")
    failure.__cause__ = HTTPException(404)
    assert asked(failure, START, TOLD) == [START, TOLD, END]
    assert asked(None, START, TOLD, END) == [START, TOLD, END]
    with pytest.raises(RuntimeError, match="started"):
        asked(failure)
    with pytest.raises(RuntimeError, match="ours"):
        asked(RuntimeError("ours"), START, TOLD)


def test_a_page_that_is_looked_at_is_not_the_one_to_be_forgotten() -> None:
    messages = PageMessages(2)
    messages.streams = OpenStreams()

    async def with_a_stream_of_the_first() -> list[str]:
        async with messages.streams.newest("first"):
            for name in ("first", "second", "third"):
                messages[name] = asyncio.Queue()
            return list(messages)

    assert asyncio.run(with_a_stream_of_the_first()) == ["first", "third"]


def test_a_third_stream_waits_for_the_two_before() -> None:
    streams, order = OpenStreams(), []

    async def one(name: str) -> None:
        async with streams.newest("page") as stream:
            order.append(f"{name} begins beside {streams.count('page') - 1}")
            await stream.replaced.wait()
            order.append(f"{name} ends")

    async def three() -> None:
        tasks = []
        for name in "abc":
            tasks.append(asyncio.create_task(one(name)))
            await asyncio.sleep(0)
        while len(order) < 5:
            await asyncio.sleep(0)
        tasks[-1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(three())
    assert order[1:] == ["a ends", "b begins beside 1", "b ends", "c begins beside 0"]
    assert streams.count("page") == 0
