"""Serves classes: opened, joined, followed, asked and answered.

Where they are put first among an app's routes, they answer under `class/` of that app's root.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from components.classroom.asked import (
    check_branches,
    read_body,
    read_place,
    read_question,
    whole,
)
from components.classroom.codes import typed_code
from components.classroom.following import follow_room
from components.classroom.rates import Rate
from components.classroom.room import ClassRefusedError, ClassRoom
from components.classroom.rooms import ClassRooms
from components.place_answers import ASKED_HERE
from search_core.serving import HostedRun, RunRegistry, owner_of

TOKEN = "x-espalier-class"
"""In it a page says who it is: the teacher, or which pupil."""
MOST_STREAMS_OF_ONE = 3
"""Pages that follow as one pupil, or lead: while one is loaded anew its old stream may stand."""
MOST_SECONDS_UNREAD = 60.0
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_OF_A_STREAM = {**_HEADERS, "X-Accel-Buffering": "no"}
_UNKNOWN = (
    "There is no class of this code: it has ended, the server was started anew, or the code is "
    "another one. Whoever leads can open a class again."
)

Act = Callable[[Request], Awaitable[Response]]


def class_routes(
    registry: RunRegistry, trusted_proxies: int = 0, rooms: ClassRooms | None = None
) -> list[BaseRoute]:
    """What answers under `class/`.

    Args:
        registry: Knows the runs.
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
        rooms: The classes; none yet unless others are given.
    """
    desk = _ClassDesk(registry, trusted_proxies, rooms or ClassRooms())
    acts = {
        "join": desk.join,
        "move": desk.move,
        "ask": desk.ask,
        "reveal": desk.reveal,
        "go_on": desk.go_on,
        "end": desk.end,
        "choose": desk.choose,
    }
    return [
        Route("/class/open", _answered(desk.open), methods=["POST"]),
        Route("/class/{code}/events", _answered(desk.events)),
        *(
            Route(f"/class/{{code}}/{name}", _answered(act), methods=["POST"])
            for name, act in acts.items()
        ),
    ]


class _ClassDesk:
    """Each act, for whoever may do it.

    Bounds: wrong codes, new pupils and new classes are counted for each address, which a whole
    school may share; acts are counted for each token. A token cannot be guessed.
    """

    def __init__(self, registry: RunRegistry, trusted_proxies: int, rooms: ClassRooms) -> None:
        self._registry, self._trusted_proxies, self._rooms = registry, trusted_proxies, rooms
        self._wrong = Rate(100, 5, rooms.clock)
        self._opened = Rate(10, 0.1, rooms.clock)
        self._joined = Rate(250, 10, rooms.clock)
        self._led = Rate(60, 30, rooms.clock)
        self._chosen = Rate(10, 2, rooms.clock)

    async def open(self, request: Request) -> Response:
        owner = self._owner(request)
        if not self._opened.take(owner):
            raise ClassRefusedError("Classes are opened too fast. Wait a few seconds.", 429)
        place = read_place(await read_body(request))
        await self._run(place.run)
        room = self._rooms.open(place, owner)
        return _told({"code": room.code, "token": room.token})

    async def join(self, request: Request) -> Response:
        """A pupil's token; one who is known already keeps theirs."""
        room = self._room(request)
        token = _token(request)
        if not room.knows(token):
            if not self._joined.take(self._owner(request)):
                raise ClassRefusedError("Too many join at once. Wait a few seconds.", 429)
            token = room.join()
        return _told({"code": room.code, "token": token})

    async def events(self, request: Request) -> Response:
        """Follow it, as its teacher or as a pupil."""
        room = self._room(request)
        token = _token(request)
        if room.is_led_by(token):
            if room.taught_by >= MOST_STREAMS_OF_ONE:
                raise ClassRefusedError("This page leads the class already.", 429)
            return BoundedStream(self._lead(room))
        if not room.knows(token):
            raise ClassRefusedError("Join the class first: this page is not known there.", 403)
        if room.streams_of(token) >= MOST_STREAMS_OF_ONE:
            raise ClassRefusedError("This page follows the class already.", 429)
        self._rooms.check_room_to_follow()
        return BoundedStream(self._follow(room, token))

    async def move(self, request: Request) -> Response:
        room = self._led_room(request)
        place = read_place(await read_body(request))
        if place.run != room.place.run:
            await self._run(place.run)
        room.move(place)
        return _told({})

    async def ask(self, request: Request) -> Response:
        room = self._led_room(request)
        node, options = read_question(await read_body(request))
        run = await self._run(room.place.run)
        await asyncio.to_thread(check_branches, run, node, options)
        room.ask(node, options)
        return _told({})

    async def reveal(self, request: Request) -> Response:
        self._led_room(request).reveal()
        return _told({})

    async def go_on(self, request: Request) -> Response:
        self._led_room(request).go_on()
        return _told({})

    async def end(self, request: Request) -> Response:
        self._rooms.end(self._led_room(request))
        return _told({})

    async def choose(self, request: Request) -> Response:
        room, token = self._room(request), _token(request)
        # Of those who are not in it nobody is counted by a name that they make up.
        if room.knows(token) and not self._chosen.take(token):
            raise ClassRefusedError("Choices come too fast. Wait a second.", 429)
        values = await read_body(request)
        room.choose(
            token, whole(values.get("question"), "question"), whole(values.get("choice"), "choice")
        )
        return _told({})

    def _room(self, request: Request) -> ClassRoom:
        """The class of the code in the address. Whoever tries many codes is told nothing for a
        while; those who are in a class already notice nothing of it."""
        owner = self._owner(request)
        code = typed_code(str(request.path_params["code"]))
        room = self._rooms.get(code) if code else None
        token = _token(request)
        if room is not None and (room.is_led_by(token) or room.knows(token)):
            return room
        if self._wrong.left(owner) < 1:
            raise ClassRefusedError(
                "Too many wrong codes came from your network. Wait a minute and try again.", 429
            )
        if room is None:
            self._wrong.take(owner)
            raise ClassRefusedError(_UNKNOWN, 404)
        return room

    def _led_room(self, request: Request) -> ClassRoom:
        """The class, for its teacher alone."""
        room = self._room(request)
        if not room.is_led_by(_token(request)):
            raise ClassRefusedError("Only the teacher's page leads this class.", 403)
        if not self._led.take(room.code):
            raise ClassRefusedError("This comes too fast. Wait a second.", 429)
        return room

    async def _run(self, name: str) -> HostedRun:
        run = await asyncio.to_thread(self._registry.get, name)
        if run is None:
            raise ClassRefusedError("The server no longer has this run.", 404)
        return run

    async def _lead(self, room: ClassRoom) -> AsyncGenerator[bytes]:
        with room.taught_here():
            async with aclosing(follow_room(room, self._rooms.sweep, teacher=True)) as messages:
                async for message in messages:
                    yield message

    async def _follow(self, room: ClassRoom, token: str) -> AsyncGenerator[bytes]:
        if not room.knows(token):  # the class has ended meanwhile
            return
        with room.followed_by(token):
            async with aclosing(follow_room(room, self._rooms.sweep)) as messages:
                async for message in messages:
                    yield message

    def _owner(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        return owner_of(peer, dict(request.headers), self._trusted_proxies)


def _answered(act: Act) -> Act:
    """An act whose refusals are answers of one sentence."""

    async def answer(request: Request) -> Response:
        if ASKED_HERE not in request.headers:
            return _told({"why": "This is asked for from the page alone."}, 403)
        try:
            return await act(request)
        except ClassRefusedError as refused:
            return _told({"why": str(refused)}, refused.status)

    return answer


def _token(request: Request) -> str:
    return request.headers.get(TOKEN, "")[:64]


def _told(values: dict[str, str], status: int = 200) -> Response:
    return JSONResponse(values, status, headers=_HEADERS)


class BoundedStream(StreamingResponse):
    """Is broken off where a page takes nothing in for long: it may have been left so on purpose."""

    def __init__(self, messages: AsyncGenerator[bytes]) -> None:
        super().__init__(messages, media_type="text/event-stream", headers=_OF_A_STREAM)
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bounded(message: Message) -> None:
            async with asyncio.timeout(MOST_SECONDS_UNREAD):
                await send(message)

        try:
            # Where the time was up, Starlette may call it so.
            with suppress(TimeoutError, ClientDisconnect):
                await super().__call__(scope, receive, bounded)
        finally:
            await self._messages.aclose()  # whoever has left is counted no more, at once
