"""A class as pages ask for it: what they are told, and how those who mean no good are refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message

from components.classroom import class_routes, routes
from components.classroom.asked import MOST_BYTES
from components.classroom.rooms import ClassRooms
from search_core.problem import Problem
from search_core.search import search
from search_core.serving import HostedRun, RunRegistry
from tests.fakes import World
from tests.waiting import PATIENCE

OURS = {"X-Espalier": "class"}
FORGED = ("", "x", "A" * 10_000, "../../etc/passwd", "true")


class Runs(RunRegistry):
    """A registry of one run that is over."""

    def __init__(self) -> None:
        world = World(seed=3)
        found = search(
            Problem("1 + 1?"), "best_of_n", n=4, solver=world.solver(), verifier=world.verifier()
        )
        self._run = HostedRun.finished("run", found.events)

    def get(self, run_id: str) -> HostedRun | None:
        return self._run if run_id == "run" else None


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(clock: Clock) -> ClassRooms:
    return ClassRooms(clock)


@pytest.fixture
def client(rooms: ClassRooms) -> Iterator[TestClient]:
    app = Starlette(routes=class_routes(Runs(), trusted_proxies=1, rooms=rooms))
    with TestClient(app) as client:
        yield client


class Page:
    """One page's requests."""

    def __init__(self, client: TestClient, address: str = "192.0.2.1", token: str = "") -> None:
        self._client, self.token, self.code = client, token, ""
        self._headers = {**OURS, "X-Forwarded-For": address}

    def post(self, path: str, values: Any = None, **headers: str) -> httpx.Response:
        content = values if isinstance(values, bytes) else json.dumps(values or {}).encode()
        given = {**self._headers, "X-Espalier-Class": self.token, **headers}
        return self._client.post(f"/class/{path}", content=content, headers=given)

    def act(self, name: str, values: Any = None) -> httpx.Response:
        return self.post(f"{self.code}/{name}", values)

    def become(self, told: httpx.Response) -> Page:
        assert told.status_code == 200, told.text
        self.code, self.token = told.json()["code"], told.json()["token"]
        return self


@pytest.fixture
def teacher(client: TestClient) -> Page:
    page = Page(client)
    return page.become(page.post("open", {"run": "run", "cursor": 3}))


@pytest.fixture
def pupil(client: TestClient, teacher: Page) -> Page:
    page = Page(client, "192.0.2.2")
    return page.become(page.post(f"{teacher.code.lower()}/join"))


def state(rooms: ClassRooms, code: str) -> dict[str, Any]:
    room = rooms.get(code)
    assert room is not None
    values = json.loads(room.told())
    assert isinstance(values, dict)
    return values


def why(reply: httpx.Response, status: int) -> str:
    """The sentence with which something was refused."""
    assert reply.status_code == status, reply.text
    sentence = reply.json()["why"]
    assert isinstance(sentence, str)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert len(sentence) < 200
    return sentence


def test_a_class_from_its_opening_to_its_end(rooms: ClassRooms, teacher: Page, pupil: Page) -> None:
    assert teacher.act("move", {"run": "run", "cursor": 5, "node": "root"}).status_code == 200
    assert teacher.act("ask", {"node": "root", "options": ["0", "1", "3"]}).status_code == 200
    assert pupil.act("choose", {"question": 1, "choice": 2}).status_code == 200
    assert "counts" not in state(rooms, teacher.code)["question"]
    assert teacher.act("reveal").status_code == 200
    assert state(rooms, teacher.code)["question"]["counts"] == [0, 0, 1]
    assert why(pupil.act("choose", {"question": 1, "choice": 0}), 409)
    assert teacher.act("go_on").status_code == 200
    assert "question" not in state(rooms, teacher.code)
    # A page that comes back stays the same pupil.
    assert pupil.act("join").json()["token"] == pupil.token
    assert teacher.act("end").status_code == 200
    assert rooms.get(teacher.code) is None
    assert "no class of this code" in why(pupil.act("join"), 404)


@pytest.mark.parametrize("act", ["move", "ask", "reveal", "go_on", "end"])
def test_nobody_but_the_teacher_leads(
    rooms: ClassRooms, teacher: Page, pupil: Page, client: TestClient, act: str
) -> None:
    before = state(rooms, teacher.code)
    values = {"run": "run", "cursor": 9, "node": "root", "options": ["0", "1"]}
    for token in (*FORGED, pupil.token, teacher.code, teacher.token[:-1], teacher.token + "x"):
        reply = Page(client, "192.0.2.66", token).post(f"{teacher.code}/{act}", values)
        assert "Only the teacher" in why(reply, 403)
    assert state(rooms, teacher.code) == before
    # A form on somebody else's page sends no header of its own.
    reply = client.post(f"/class/{teacher.code}/{act}", headers={"X-Espalier-Class": teacher.token})
    assert why(reply, 403)
    assert state(rooms, teacher.code) == before


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("move", b"x" * (MOST_BYTES + 1), 413),
        ("move", b"[" * MOST_BYTES, 400),
        ("move", b"[]", 400),
        ("move", b'{"run": "run", "cursor": 1e9}', 400),
        ("move", b'{"run": "run", "cursor": -1}', 400),
        ("move", b'{"run": "run", "cursor": true}', 400),
        ("move", b'{"run": "run", "cursor": 1, "node": "<b>"}', 400),
        ("move", b'{"run": "run", "cursor": 1, "node": ["0"]}', 400),
        ("move", b'{"run": "other", "cursor": 1}', 404),
        ("move", b'{"run": 7, "cursor": 1}', 400),
        ("move", b'{"run": "run", "cursor": 1, "live": "yes"}', 400),
        ("ask", b'{"node": "root", "options": ["0", "99"]}', 400),
        ("ask", b'{"node": "0", "options": ["0", "1"]}', 400),
        ("ask", b'{"node": "root", "options": ["0", "0"]}', 400),
        ("ask", b'{"node": "root", "options": "01"}', 400),
        ("ask", b'{"node": "root", "options": [0, 1]}', 400),
        ("ask", b'{"node": "root"}', 400),
        ("reveal", b"", 400),
    ],
)
def test_what_a_page_would_never_send_is_refused_and_changes_nothing(
    rooms: ClassRooms, teacher: Page, act: str, body: bytes, status: int
) -> None:
    before = state(rooms, teacher.code)
    why(teacher.post(f"{teacher.code}/{act}", body), status)
    assert state(rooms, teacher.code) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"question": 1, "choice": 3}', 400),
        (b'{"question": 1, "choice": "0"}', 400),
        (b'{"question": 1, "choice": "0.0.0"}', 400),
        (b'{"question": 1}', 400),
        (b'{"question": 2, "choice": 0}', 409),
        (b"x" * 1_000_000, 413),
    ],
)
def test_branches_that_nobody_asked_about_are_not_chosen(
    rooms: ClassRooms, teacher: Page, pupil: Page, body: bytes, status: int
) -> None:
    teacher.act("ask", {"node": "root", "options": ["0", "1", "3"]})
    why(pupil.post(f"{teacher.code}/choose", body), status)
    teacher.act("reveal")
    assert state(rooms, teacher.code)["question"]["counts"] == [0, 0, 0]


def test_many_choices_of_one_pupil_are_one_and_most_are_refused(
    rooms: ClassRooms, teacher: Page, pupil: Page, client: TestClient
) -> None:
    teacher.act("ask", {"node": "root", "options": ["0", "1"]})
    answers = [
        pupil.act("choose", {"question": 1, "choice": n % 2}).status_code for n in range(200)
    ]
    assert answers.count(200) == 10
    assert answers.count(429) == 190
    made_up = Page(client, "192.0.2.66", "made-up")
    assert "Join the class" in why(
        made_up.post(f"{teacher.code}/choose", {"question": 1, "choice": 0}), 403
    )
    teacher.act("reveal")
    assert sum(state(rooms, teacher.code)["question"]["counts"]) == 1


def test_codes_are_not_found_by_trying(
    rooms: ClassRooms, teacher: Page, pupil: Page, client: TestClient, clock: Clock
) -> None:
    guesser = Page(client, "198.51.100.7")
    answers = [guesser.post(f"{n:06}/join").status_code for n in range(300)]
    assert answers == [404] * 100 + [429] * 200
    # Then not even the right one tells that it is right ...
    assert "wrong codes" in why(guesser.post(f"{teacher.code}/join"), 429)
    # ... but whoever comes from elsewhere, and whoever is in already, notices nothing.
    assert Page(client, "198.51.100.8").post(f"{teacher.code}/join").status_code == 200
    beside = Page(client, "198.51.100.7", pupil.token)
    assert beside.post(f"{teacher.code}/join").json()["token"] == pupil.token
    clock.now += 1
    assert guesser.post(f"{teacher.code}/join").status_code == 200


def test_opening_and_joining_without_end_is_refused(client: TestClient, teacher: Page) -> None:
    page = Page(client, "198.51.100.9")
    opened = [page.post("open", {"run": "run", "cursor": 0}) for _ in range(20)]
    assert [reply.status_code for reply in opened] == [200] * 5 + [429] * 15
    assert "too fast" in why(opened[-1], 429)
    joined = [page.post(f"{teacher.code}/join") for _ in range(300)]
    assert [reply.status_code for reply in joined] == [200] * 200 + [429] * 100
    assert why(page.post("open", {"run": "gone", "cursor": 0}), 429)


def test_following_is_refused_to_strangers_and_beyond_a_few_streams(
    client: TestClient, rooms: ClassRooms, teacher: Page, pupil: Page
) -> None:
    def events(token: str) -> httpx.Response:
        headers = {**OURS, "X-Espalier-Class": token}
        return client.get(f"/class/{teacher.code}/events", headers=headers)

    assert "Join the class first" in why(events("made up"), 403)
    room = rooms.get(teacher.code)
    assert room is not None
    with ExitStack() as streams:
        for _ in range(routes.MOST_STREAMS_OF_ONE):
            streams.enter_context(room.followed_by(pupil.token))
            streams.enter_context(room.taught_here())
        assert "follows the class already" in why(events(pupil.token), 429)
        assert "leads the class already" in why(events(teacher.token), 429)


def test_a_page_that_takes_nothing_in_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST_SECONDS_UNREAD", 0.01)
    rooms = ClassRooms()
    app = Starlette(routes=class_routes(Runs(), rooms=rooms))

    async def follow() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://class") as client:
            told = await client.post("/class/open", json={"run": "run", "cursor": 0}, headers=OURS)
            code = told.json()["code"]
            joined = await client.post(f"/class/{code}/join", headers=OURS)
        room = rooms.get(code)
        assert room is not None
        followed: list[int] = []

        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            followed.append(room.following)
            if message["type"] == "http.response.body":
                await asyncio.Event().wait()

        token = joined.json()["token"].encode()
        headers = [(b"x-espalier", b"class"), (b"x-espalier-class", token)]
        scope = {"type": "http", "method": "GET", "path": f"/class/{code}/events"}
        await app({**scope, "headers": headers, "query_string": b""}, receive, send)
        assert followed == [0, 1]
        while room.following:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(follow(), PATIENCE))
