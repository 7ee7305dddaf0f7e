"""Rollouts of a lesson's step: written now, within bounds, or a sentence says why not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.bounds import AskingDesk
from components.learn import learn_routes
from search_core.lessons import FOLDER, read_lessons, shown_lessons
from search_core.lessons.rollouts import DRAWS, EACH, StepRollouts
from search_core.log.traces import read_trace
from search_core.protocols import Cancelled, RunCancelled
from search_core.run.aside import never
from tests.waiting import wait_until

MAKE_18 = read_trace(FOLDER / "traces" / "make-18.jsonl")
ASKED = {"X-Espalier": "learn"}
ADDRESS = "/learn/rollouts/make-18/14/3"


@pytest.fixture(scope="module")
def rollouts() -> StepRollouts:
    return StepRollouts(MAKE_18, ["14", "1"])


def client(desk: AskingDesk | None = None) -> TestClient:
    return TestClient(Starlette(routes=learn_routes(desk=desk)))


def test_the_solver_goes_on_from_the_step_to_the_end(rollouts: StepRollouts) -> None:
    written = rollouts.write("14", 3, never)
    assert len(written) == EACH
    for one in written:
        # 24 - 7 = 17 has been written; nothing of it is written again.
        assert "24 - 7" not in one["steps"][0]
        assert one["right"] is (one["steps"][-1] == "The answer is 18.")
    assert {one["right"] for one in written} == {True, False}


def test_the_same_draw_is_the_same_and_another_is_another(rollouts: StepRollouts) -> None:
    once = rollouts.write("14", 3, never)
    assert rollouts.write("14", 3, never) == once
    assert rollouts.write("14", 4, never) != once


def test_a_stop_is_listened_to(rollouts: StepRollouts) -> None:
    with pytest.raises(RunCancelled):
        rollouts.write("14", 3, lambda: True)


def test_the_server_writes_what_the_page_asks_for() -> None:
    reply = client().post(ADDRESS, headers=ASKED)
    assert reply.status_code == 200
    assert reply.json() == StepRollouts(MAKE_18, ["14"]).write("14", 3, never)


@pytest.mark.parametrize(
    "address",
    [
        "/learn/rollouts/make-18/9/3",
        f"/learn/rollouts/make-18/14/{DRAWS}",
        "/learn/rollouts/maya-once/0/3",
        "/learn/rollouts/nothing/14/3",
    ],
)
def test_nothing_else_is_written(address: str) -> None:
    reply = client().post(address, headers=ASKED)
    assert reply.status_code == 404
    assert reply.json() == {"why": "No page offers rollouts of this step."}


def test_another_page_cannot_have_the_solver_work() -> None:
    reply = client().post(ADDRESS)
    assert reply.status_code == 403
    assert reply.json()["why"] == "This is asked for from the page of Learn alone."


def test_who_takes_too_long_is_told_so() -> None:
    reply = client(AskingDesk(seconds=0.0, instead="Try again.")).post(ADDRESS, headers=ASKED)
    assert reply.status_code == 503
    assert "longer than 0 seconds" in reply.json()["why"]


def test_who_comes_while_many_wait_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def held(self: StepRollouts, step: str, draw: int, cancelled: Cancelled) -> list[Any]:
        begun.set()
        wait_until(go_on.is_set)
        return []

    monkeypatch.setattr(StepRollouts, "write", held)
    desk = AskingDesk(waiting=0)
    with client(desk) as one:
        first = threading.Thread(target=one.post, args=[ADDRESS], kwargs={"headers": ASKED})
        first.start()
        wait_until(begun.is_set, "The first visitor's rollouts")
        reply = one.post(ADDRESS, headers=ASKED)
        go_on.set()
        first.join()
    assert reply.status_code == 429
    assert "Try again in a moment" in reply.json()["why"]


def test_the_page_has_the_recorded_rollouts_and_the_scores() -> None:
    lessons = shown_lessons(read_lessons())["lessons"]
    [page] = [page for page in lessons[7]["pages"] if "rollouts" in page]
    given = [(one["id"], one["right"], one["all"]) for one in page["rollouts"]["steps"]]
    assert given == [("14", 5, 7), ("5", 2, 2), ("1", 0, 2)]
    for one in page["rollouts"]["steps"]:
        assert one["score"] == MAKE_18.tree.nodes[one["id"]].score
