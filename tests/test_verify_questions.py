"""Verify's questions about one solution and one tree, asked as a browser asks, and their bounds."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.bounds import AskingDesk, GaveUpError, TurnsBusyError
from components.verify import questions
from components.verify.judges import read_judges
from components.verify.question_routes import question_routes
from components.verify.questions import MOST_CHARACTERS, MOST_STEPS
from search_core.models import VERIFIERS
from search_core.protocols import Cancelled, RunCancelled, VerifierInfo
from search_core.scoring import aggregate_scores
from search_core.verify.solution import AGGREGATES, scored_solution
from tests.fakes import FakeVerifier
from tests.waiting import PATIENCE, wait_until

OURS = {"X-Espalier": "verify"}
PROBLEM = "What is 3 + 4 * 2?"
STEPS = ["4 * 2 = 8, now 3 + 8", "3 + 8 = 11", "The answer is 11."]
ROOT = Path(__file__).resolve().parent.parent


def length_score(steps: tuple[str, ...]) -> float:
    return 1 / (1 + len(steps[-1]))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The routes, with verifiers that need no model."""
    monkeypatch.setattr(questions, "judge", lambda name: FakeVerifier(length_score))
    return TestClient(Starlette(routes=question_routes(lambda request: "me")))


def asked(client: TestClient, **values: Any) -> Any:
    body = {"problem": PROBLEM, "steps": STEPS, "judges": ["small"], **values}
    return client.post("/verify/solution", content=json.dumps(body), headers=OURS)


# One solution ----------------------------------------------------------------------------------


def test_each_verifier_scores_each_step_and_the_checker_says_what_holds(client: TestClient) -> None:
    found = asked(client, judges=["small", "early"]).json()
    assert [each["name"] for each in found["scores"]] == ["small", "early"]
    scores = found["scores"][0]["scores"]
    assert scores == pytest.approx([length_score((step,)) for step in STEPS])
    for how in AGGREGATES:
        assert found["scores"][0]["aggregates"][how] == aggregate_scores(scores, how)
    assert found["holds"] == [True, True, True]
    wrong = asked(client, steps=[STEPS[0], "3 + 8 = 12", "The answer is 12."]).json()
    assert wrong["holds"] == [True, False, False]
    assert asked(client, problem="Why?", steps=["so"]).json()["holds"] is None


def test_the_first_error_is_the_first_step_below_the_threshold() -> None:
    scores = {"a": 0.9, "b": 0.3, "c": 0.1}
    verifier = FakeVerifier(lambda steps: scores[steps[-1]])
    for threshold, first in ((0.05, -1), (0.2, 2), (0.3, 2), (0.31, 1), (1.0, 0)):
        found = scored_solution("?", ["a", "b", "c"], verifier, threshold=threshold)
        assert found.first_error == first


def test_an_outcome_verifier_scores_the_end_alone() -> None:
    outcome = FakeVerifier(lambda steps: 0.7, VerifierInfo("outcome", scores="solutions"))
    found = scored_solution("?", ["a", "b"], outcome)
    assert found.scores == (None, 0.7)
    assert set(found.aggregates.values()) == {0.7}


def test_a_verifier_that_cannot_read_the_text_refuses_and_the_others_answer() -> None:
    def refuse(steps: tuple[str, ...]) -> float:
        raise ValueError("This path is too long.")

    assert scored_solution("?", ["a"], FakeVerifier(refuse)).refused == "This path is too long."
    likely = FakeVerifier(length_score, VerifierInfo("likely", reads_logprobs=True))
    assert "log-probabilities" in scored_solution("?", ["a"], likely).refused


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"steps": []}, "Every step needs a text"),
        ({"steps": ["a", " "]}, "Every step needs a text"),
        ({"steps": "a"}, "no list of texts"),
        ({"steps": [1]}, "no list of texts"),
        ({"steps": ["a"] * (MOST_STEPS + 1)}, f"at most {MOST_STEPS}"),
        ({"steps": ["a" * MOST_CHARACTERS]}, f"at most {MOST_CHARACTERS:,}"),
        ({"problem": " "}, "Write the problem"),
        ({"problem": None}, "Write the problem"),
        ({"problem": "What is 3\ud800?"}, "half a character"),
        ({"steps": ["\udfff"]}, "half a character"),
        ({"judges": []}, "one to 4"),
        ({"judges": ["small", "<img>"]}, "not offered"),
        ({"judges": "small"}, "as a list"),
        ({"judges": [["small"]]}, "as a list"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    client: TestClient, values: dict[str, Any], said: str
) -> None:
    reply = asked(client, **values)
    assert reply.status_code == 400
    assert said in reply.json()["why"]


def test_bodies_that_are_no_question_are_refused(client: TestClient) -> None:
    for body in (b"", b"[", b"[]", b"null", b'{"problem":', b"[" * 50_000, b"x" * 300_000):
        reply = client.post("/verify/solution", content=body, headers=OURS)
        assert reply.status_code == 400, body[:10]
        assert reply.json()["why"]


def test_a_form_on_another_page_cannot_ask(client: TestClient) -> None:
    for address in (
        "solution",
        "tree?example=countdown-dvts&judge=small",
        "tree/upload?judge=small",
    ):
        assert client.post(f"/verify/{address}", content=b"{}").status_code == 403


def test_at_most_four_verifiers() -> None:
    assert read_judges(["small", "small", "early"]) == ["small", "early"]
    assert read_judges(list(VERIFIERS)) == list(VERIFIERS)


# One tree --------------------------------------------------------------------------------------


def test_a_recorded_example_is_scored_anew(client: TestClient) -> None:
    begin = client.get("/verify/begin").json()
    assert set(VERIFIERS) <= set(begin["judges"])
    assert all(len(each["steps"]) > 1 for each in begin["solutions"])
    names = [tree["name"] for tree in begin["trees"]]
    assert "countdown-beam-search" in names
    reply = client.post("/verify/tree?example=countdown-beam-search&judge=early", headers=OURS)
    found = reply.json()
    assert len(found["nodes"]) == 64
    assert found["by"] == "Early"
    assert "would prefer" in found["sentences"][0]
    assert found["problem"]


def test_a_tree_of_ones_own_is_scored_anew(client: TestClient) -> None:
    body = (ROOT / "tests" / "golden" / "labelled" / "prm800k.jsonl").read_bytes()
    address = "/verify/tree/upload?judge=small&name="
    found = client.post(f"{address}mine.jsonl", content=body, headers=OURS).json()
    assert found["was"] == "people's ratings"
    assert found["course"] is None
    assert "read as prm800k" in found["notice"]
    trace = (ROOT / "assets" / "traces" / "countdown-dvts.jsonl").read_bytes()
    again = client.post(f"{address}run.NDJSON", content=trace, headers=OURS).json()
    assert len(again["nodes"]) == 64
    for name, sent, said in (
        ("mine.exe", body, "type that is not read"),
        ("mine.jsonl", b"{}\n", ""),
        ("mine.jsonl", b"\xff\xfe\x00", ""),
        ("mine.parquet", b"no", "Parquet is read by the command"),
    ):
        reply = client.post(address + name, content=sent, headers=OURS)
        assert reply.status_code == 400, name
        assert said in reply.json()["why"]


def test_examples_are_named_and_no_other_file_is_read(client: TestClient) -> None:
    for name in ("../models/verifier-small/config", "nothing", "", "%2e%2e"):
        reply = client.post(f"/verify/tree?example={name}&judge=small", headers=OURS)
        assert reply.status_code == 400


def test_too_large_a_tree_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_NODES", 10)
    reply = client.post("/verify/tree?example=countdown-dvts&judge=small", headers=OURS)
    assert "at most 10" in reply.json()["why"]


# In turn, and within bounds --------------------------------------------------------------------


def run(work: Callable[[], Any]) -> Any:
    return asyncio.run(work())


async def never_gone() -> bool:
    return False


def held(began: threading.Event, cancelled: Cancelled) -> str:
    """Work that goes on until it is told to stop."""
    began.set()
    wait_until(cancelled)
    raise RunCancelled


def test_a_class_behind_one_address_is_answered_one_after_the_other() -> None:
    desk = AskingDesk(seconds=PATIENCE)

    async def all_of_them() -> list[int]:
        asked = [desk.answer("school", never_gone, lambda _, n=n: n) for n in range(5)]
        return await asyncio.gather(*asked)

    assert run(all_of_them) == [0, 1, 2, 3, 4]


def test_who_gives_up_while_waiting_leaves_the_line() -> None:
    desk = AskingDesk(seconds=PATIENCE)

    async def ask() -> None:
        began, worked = threading.Event(), []
        first = asyncio.create_task(
            desk.answer("me", never_gone, lambda cancelled: held(began, cancelled))
        )
        await asyncio.to_thread(began.wait, PATIENCE)

        async def gone() -> bool:
            return True

        with pytest.raises(GaveUpError, match="nobody waits"):
            await desk.answer("you", gone, worked.append)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert await desk.answer("they", never_gone, lambda _: 3) == 3
        assert worked == []

    run(ask)


def test_who_leaves_is_waited_for_no_longer() -> None:
    desk = AskingDesk(seconds=PATIENCE)

    async def gone() -> bool:
        return True

    async def ask() -> None:
        with pytest.raises(GaveUpError):
            await desk.answer("me", gone, lambda cancelled: held(threading.Event(), cancelled))
        assert await desk.answer("me", never_gone, lambda _: 1) == 1

    run(ask)


def test_what_takes_too_long_is_given_up() -> None:
    desk = AskingDesk(seconds=0.0)

    async def ask() -> None:
        with pytest.raises(GaveUpError, match="longer than 0 seconds"):
            await desk.answer(
                "me", never_gone, lambda cancelled: held(threading.Event(), cancelled)
            )

    run(ask)


def test_too_many_questions_are_refused() -> None:
    desk = AskingDesk(seconds=PATIENCE, waiting=1)

    async def ask() -> None:
        began = threading.Event()
        first = asyncio.create_task(
            desk.answer("me", never_gone, lambda cancelled: held(began, cancelled))
        )
        await asyncio.to_thread(began.wait, PATIENCE)
        second = asyncio.create_task(desk.answer("you", never_gone, lambda _: 1))
        await asyncio.sleep(0)
        with pytest.raises(TurnsBusyError, match="Try again in a moment"):
            await desk.answer("they", never_gone, lambda _: 1)
        first.cancel()
        assert await second == 1
        await asyncio.gather(first, return_exceptions=True)
        assert await desk.answer("you", never_gone, lambda _: 2) == 2

    run(ask)
