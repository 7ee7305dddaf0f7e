"""Of each page one open stream of messages, the newest; what it waits for is its own.

A page of Gradio 6.31 holds a stream open while it waits for something. When it is left, or when
its stream breaks off, what it waited for ends, and that may ask for something new: the page opens
a second stream before the server has noticed the end of the first, or a moment later. In Gradio
the one that ends takes the messages away and calls off what was asked for; the other then fails
in the middle of its answer. Here nothing is taken from a page before it had time to come back.

A stream that has nothing more to say tells its page so, and ends. What the page asks for in that
very moment is lost in Gradio: the answer "it is in the queue" may come before the page has read
that its stream is closed; it opens no other, and waits for ever. The page drops the connection when
it reads that, so here the stream stays until then, and whoever asks meanwhile is answered after it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

from gradio.queueing import Queue
from gradio.utils import LRUCache, run_coro_in_background
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STREAMS = "/queue/data"
_CLOSING = b'data: {"msg":"close_stream"'
SECONDS_TO_HEAR = 30.0
"""So long a page may take to drop a stream that told it to; one that reads on does not do it.

A browser on a machine that is busy with much else takes seconds, and what it asks for too early is
lost for as long as the page is open."""
_GONE: Message = {"type": "http.disconnect"}
_LAST: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class _Stream:
    def __init__(self) -> None:
        self.replaced, self.ended = asyncio.Event(), asyncio.Event()
        self.closing = False
        """Its page has been told that it is over, and may not have read it yet."""

    async def receive(self, receive: Receive) -> Message:
        """As `receive`; whoever was replaced hears that nobody listens any more."""
        waiting = [asyncio.ensure_future(one) for one in (receive(), self.replaced.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return _GONE if self.replaced.is_set() else waiting[0].result()  # type: ignore[return-value]
        finally:
            for one in waiting:
                one.cancel()

    async def heard(self, receive: Receive, seconds: float) -> None:
        """Return once the page has dropped the connection, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (await self.receive(receive))["type"] != _GONE["type"]:
                    pass


class OpenStreams:
    """The open streams of all pages, by the name that Gradio gives each page."""

    def __init__(self) -> None:
        self._of: dict[str, list[_Stream]] = {}
        self._leaving: dict[str, asyncio.TimerHandle] = {}

    def count(self, page: str) -> int:
        """How many a page has: two while a new one waits for the end of the one before."""
        return len(self._of.get(page, ()))

    async def closed(self, page: str) -> None:
        """Return once no stream of a page is about to end."""
        for stream in list(self._of.get(page, ())):
            if stream.closing:
                await stream.ended.wait()

    @asynccontextmanager
    async def newest(self, page: str) -> AsyncIterator[_Stream]:
        """A new stream of a page, once the one before has ended."""
        streams, stream = self._of.setdefault(page, []), _Stream()
        before = streams[-1] if streams else None
        streams.append(stream)
        self._stays(page)
        try:
            if before is not None:
                before.replaced.set()
                await before.ended.wait()
            yield stream
        finally:
            stream.ended.set()
            streams.remove(stream)
            if not streams:
                del self._of[page]

    def unless_back(self, page: str, seconds: float, left: Callable[[], None]) -> None:
        """Call `left` once a page has had no new stream for so long."""
        if self.count(page) <= 1:  # the one is that which ends
            self._stays(page)
            loop = asyncio.get_running_loop()
            self._leaving[page] = loop.call_later(seconds, self._left, page, left)

    def _stays(self, page: str) -> None:
        if (leaving := self._leaving.pop(page, None)) is not None:
            leaving.cancel()

    def _left(self, page: str, left: Callable[[], None]) -> None:
        del self._leaving[page]
        left()


class PageMessages(LRUCache):  # type: ignore[misc, unused-ignore]
    """What is to be sent to each page."""

    streams: OpenStreams

    def __delitem__(self, page: str) -> None:
        """A stream that ends takes nothing away: see `PageQueue`."""

    def __setitem__(self, page: str, messages: Any) -> None:
        # Gradio would let go of the page that came first, though somebody may be looking at it.
        if page not in self and len(self) >= self.max_size:
            idle = (one for one in self if not self.streams.count(one))
            if (oldest := next(idle, None)) is not None:
                self.forget(oldest)
        OrderedDict.__setitem__(self, page, messages)

    def forget(self, page: str) -> None:
        """Nobody waits for its messages any more."""
        if page in self:
            OrderedDict.__delitem__(self, page)


class PageQueue(Queue):  # type: ignore[misc, unused-ignore]
    """Gradio's queue; it calls off what a page asked for once the page does not come back."""

    streams: OpenStreams
    seconds_to_come_back = 5.0

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """As in Gradio's queue; a page whose stream is ending hears of it when that has ended."""
        pushed = await super().push(body, request, username)
        await self.streams.closed(body.session_hash)
        return pushed

    async def clean_events(
        self, *, session_hash: str | None = None, event_id: str | None = None
    ) -> None:
        """As in Gradio's queue, a moment later where the stream of a page has ended."""
        if session_hash is None:
            await super().clean_events(event_id=event_id)
            return
        page, call_off = session_hash, super().clean_events

        def left() -> None:
            self.pending_messages_per_session.forget(page)
            run_coro_in_background(call_off, session_hash=page)

        self.streams.unless_back(page, self.seconds_to_come_back, left)


def counted_streams(queue: Queue) -> OpenStreams:
    """Make a queue that Gradio has made know of the open streams of each page."""
    messages, streams = queue.pending_messages_per_session, OpenStreams()
    queue.__class__, messages.__class__ = PageQueue, PageMessages
    queue.streams = messages.streams = streams
    return streams


class OneStream:
    """ASGI middleware: a page's new stream ends the one before, and each ends in good order.

    Args:
        app: Gradio's app.
        streams: What the app's queue was given.
        seconds_to_hear: How long a page may take to drop a stream that told it to.
    """

    def __init__(
        self, app: ASGIApp, streams: OpenStreams, seconds_to_hear: float = SECONDS_TO_HEAR
    ) -> None:
        self._app, self._streams, self._seconds_to_hear = app, streams, seconds_to_hear

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = _page_of(scope)
        if page is None:
            await self._app(scope, receive, send)
            return
        open_ = False

        async def watched(message: Message) -> None:
            nonlocal open_
            if stream.closing:
                return  # `_LAST`, which goes out once the page has heard
            open_ = message["type"] == "http.response.start" or bool(message.get("more_body"))
            stream.closing = message.get("body", b"").startswith(_CLOSING)
            await send(message)

        async with self._streams.newest(page) as stream:
            try:
                await self._app(scope, lambda: stream.receive(receive), watched)
            except RuntimeError as error:
                # Nothing waits for a page of this name. Gradio has told it so, and fails.
                if not (open_ and isinstance(error.__cause__, HTTPException)):
                    raise
            if stream.closing:
                await stream.heard(receive, self._seconds_to_hear)
            if open_:
                await send(_LAST)


def _page_of(scope: Scope) -> str | None:
    """The page whose messages are asked for; None: something else is."""
    if scope["type"] != "http" or not scope["path"].endswith(_STREAMS):
        return None
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return query.get("session_hash", [None])[0]
