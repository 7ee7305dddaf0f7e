"""Chat servers that are busy, choosy or broken, and keys that nobody may read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from search_core import search
from search_core.protocols import SampleRequest, Sampling, Watch
from search_core.remote import (
    ChatSolver,
    RemoteAddress,
    RemoteError,
    RemoteSolver,
    open_solver,
    open_verifier,
)
from search_core.remote.chat.patience import TRIES, patiently
from search_core.remote.errors import ChatOnly
from search_core.verifiers import RandomVerifier
from tests.fake_chat_server import FakeChatServer, Said
from tests.fake_server import FakeServer
from tests.tiny_models import tiny_solver

SAMPLING = Sampling(0.8, 1.0, 20)
KEY = "sk-not-for-anybody"
ANY = count(100)
REQUEST = SampleRequest("1 + 1?", (), 3, run="r")


def go_on() -> bool:
    return False


def says(body: dict[str, Any], continues: bool) -> Said | None:
    last = body["messages"][-1]["content"]
    if "Repeat this" in last or "strawber" in last:
        return None
    return Said.plain(f"1 + 1 = 2.\n\nThe answer is {body.get('seed', next(ANY))}.")


class Naps:
    """A clock that is only looked at: what would have been slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    running = FakeChatServer(manner="", maker="openai", script=says)
    yield running
    running.close()


def opened(server: FakeChatServer, naps: Naps | None = None, **options: Any) -> ChatSolver:
    address = RemoteAddress.parse(server.address(**options))
    solver = ChatSolver(address, sleep=naps or Naps())
    server.asked.clear()
    return solver


# Busy servers -------------------------------------------------------------------------------------


def test_a_busy_server_is_asked_again_when_it_says(server: FakeChatServer) -> None:
    naps, watch = Naps(), Watch(go_on)
    solver = opened(server, naps)
    server.faults.busy = [(429, "7"), (503, ""), (529, "0")]
    [step] = solver.sample([REQUEST], SAMPLING, watch)
    assert step.text == "1 + 1 = 2."
    assert naps.slept == [7.0, 2.0, 1.0]  # What it says; else longer each time; never at once.
    assert len(server.asked) == 1
    said = [one for one in watch.warnings() if "too busy" in one]
    assert len(said) == 3
    assert said[0] == (
        "The solver's server was too busy (429) and was asked again after 7 seconds."
    )


def test_patience_ends(server: FakeChatServer) -> None:
    naps = Naps()
    solver = opened(server, naps)
    server.faults.busy = [(429, "")] * 20
    with pytest.raises(RemoteError, match=r"429.*slow down.*asked 6 times in 31 sec.*#in_flight="):
        solver.sample([REQUEST], SAMPLING, go_on)
    assert len(naps.slept) == TRIES - 1


def test_who_wants_to_be_left_alone_for_long_is_not_waited_for(server: FakeChatServer) -> None:
    naps = Naps()
    solver = opened(server, naps)
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for said in ("3600", later):
        server.faults.busy = [(429, said)]
        with pytest.raises(RemoteError, match=r"left alone for 3,[56]\d\d seconds"):
            solver.sample([REQUEST], SAMPLING, go_on)
    assert naps.slept == []


def test_what_is_no_refusal_for_being_busy_is_asked_once() -> None:
    asked = []

    async def fails() -> None:
        asked.append(1)
        raise RemoteError("the engine died", 500)

    with pytest.raises(RemoteError, match="the engine died"):
        asyncio.run(patiently(fails, sleep=Naps()))
    assert len(asked) == 1


# What a server takes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "logprobs"),
    [
        (("logprobs",), False),
        (("stream_options",), True),
        (("seed",), True),
        (("system",), True),
        (("max_tokens",), True),
        (("max_tokens", "logprobs"), False),
        (("logprobs", "stream_options", "seed"), False),
    ],
)
def test_fields_that_it_refuses_are_left_out(
    server: FakeChatServer, refused: tuple[str, ...], logprobs: bool
) -> None:
    server.faults.refuses = refused
    solver = opened(server)
    assert solver.info.logprobs == logprobs
    [step] = solver.sample([REQUEST], SAMPLING, go_on)
    assert step.text == "1 + 1 = 2."
    assert (step.logprob is not None) == logprobs
    [body] = server.asked
    assert not set(refused) & set(body)
    limits = {name: body[name] for name in body if name.startswith("max_")}
    renamed = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    assert limits == {renamed: 20}


def test_a_server_that_sends_only_whole_replies(server: FakeChatServer) -> None:
    server.faults.whole = True
    watch = Watch(go_on)
    solver = opened(server)
    [step] = solver.sample([REQUEST], SAMPLING, watch)
    # All of its tokens were written, and cost.
    assert (step.text, step.ended, step.tokens) == ("1 + 1 = 2.", "step", 8)
    assert "sends only whole replies" in " ".join(watch.warnings())


def test_top_k_is_refused_where_it_would_be_ignored(server: FakeChatServer) -> None:
    solver = opened(server)
    with pytest.raises(ValueError, match="takes no top_k"):
        solver.sample([REQUEST], Sampling(0.8, 1.0, 20, top_k=5), go_on)
    server.maker = "vllm"
    opened(server).sample([REQUEST], Sampling(0.8, 1.0, 20, top_k=5), go_on)
    assert server.asked[-1]["top_k"] == 5


def test_a_model_that_is_named_need_not_be_listed(server: FakeChatServer) -> None:
    assert opened(server, model="some/model:provider").info.name == "some/model:provider"
    server.faults.unlisted = True
    assert opened(server, model="another").info.name == "another"
    with pytest.raises(RemoteError, match="404"):
        opened(server)


@pytest.mark.parametrize("finish", ["content_filter", None, "tool_calls"])
def test_a_reply_that_is_not_finished_says_so(server: FakeChatServer, finish: str | None) -> None:
    solver = opened(server)
    server.script = lambda body, continues: Said.plain("half a", finish=finish)
    [step] = solver.sample([REQUEST], SAMPLING, go_on)
    assert (step.text, step.ended) == (
        "half a",
        "filtered" if finish == "content_filter" else "unknown",
    )


def test_a_broken_reply_is_not_asked_for_again(server: FakeChatServer) -> None:
    solver = opened(server)
    server.faults.cut_after = 2
    with pytest.raises(RemoteError, match=r"broke off|ended its reply"):
        solver.sample([REQUEST], SAMPLING, go_on)
    assert len(server.asked) == 1


# Which way to ask ---------------------------------------------------------------------------------


def test_a_server_without_completions_is_chatted_with(server: FakeChatServer) -> None:
    """Nobody has to say so."""
    address = RemoteAddress.parse(server.url)
    assert isinstance(open_solver(address), ChatSolver)
    server.script = lambda body, continues: Said((("Yes", -0.1, {"Yes": -0.1, "No": -3.0}),))
    verifier = open_verifier(RemoteAddress.parse(f"{server.url}#format=judge"))
    assert type(verifier).__name__ == "ChatVerifier"
    with pytest.raises(ChatOnly, match=r"has no completions.*#api=chat"):
        open_solver(RemoteAddress.parse(f"{server.url}#api=completions"))


def test_ollama_is_chatted_with_though_it_has_completions(server: FakeChatServer) -> None:
    """It puts what it is to complete into its chat template."""
    server.maker = "library"
    solver = open_solver(RemoteAddress.parse(server.url))
    assert isinstance(solver, ChatSolver)
    watch = Watch(go_on)
    solver.sample([REQUEST], SAMPLING, watch)
    assert "Ollama, which takes no top-k" in " ".join(watch.warnings())


@pytest.mark.models
def test_a_server_with_completions_is_asked_for_them(tmp_path: Path) -> None:
    running = FakeServer(tiny_solver(tmp_path), context=256)
    try:
        assert isinstance(open_solver(RemoteAddress.parse(running.url)), RemoteSolver)
    finally:
        running.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("api=telepathy", "expected completions, chat"),
        ("api=chat&steps=few", "expected continued, asked, whole"),
        ("api=completions&steps=asked", "option of api=chat alone"),
        ("api=chat&votes=0", "from 1 to 64"),
        ("api=chat&key=sk-secret", "names the environment variable"),
        ("api=chat&key=hf_secret", "names the environment variable"),
    ],
)
def test_options_that_are_none(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        RemoteAddress.parse(f"http://a#{options}")
    assert "secret" not in str(refused.value)


# Keys ---------------------------------------------------------------------------------------------


def test_the_key_comes_from_the_variable_that_is_named(
    server: FakeChatServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And stands in no header of a trace, no warning, no error."""
    server.key = KEY
    monkeypatch.setenv("SOME_VENDORS_KEY", KEY)
    monkeypatch.delenv("ESPALIER_SOLVER_KEY", raising=False)
    address = server.address(key="SOME_VENDORS_KEY")
    solver = open_solver(RemoteAddress.parse(address))
    result = search("1 + 1?", "best_of_n", solver=solver, verifier=RandomVerifier(), n=2)
    result.save(tmp_path / "trace.jsonl")
    written = (tmp_path / "trace.jsonl").read_text(encoding="utf-8")
    assert "The answer is" in written
    for secret in (KEY, "SOME_VENDORS_KEY", "127.0.0.1"):
        assert secret not in written
    monkeypatch.setenv("SOME_VENDORS_KEY", "sk-another")
    with pytest.raises(RemoteError) as refused:
        open_solver(RemoteAddress.parse(address))
    # The server repeats what it got; the message does not.
    assert "401" in str(refused.value)
    assert "is no key" in str(refused.value)
    assert "sk-another" not in str(refused.value)


def test_a_key_that_is_not_there_is_said(
    server: FakeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOME_VENDORS_KEY", raising=False)
    # Another vendor's: it is not sent to this one.
    monkeypatch.setenv("ESPALIER_SOLVER_KEY", KEY)
    with pytest.raises(ValueError, match="environment variable SOME_VENDORS_KEY is not set"):
        open_solver(RemoteAddress.parse(server.address(key="SOME_VENDORS_KEY")))
    monkeypatch.setenv("SOME_VENDORS_KEY", f"{KEY}\n")
    with pytest.raises(ValueError, match="a line break") as refused:
        open_solver(RemoteAddress.parse(server.address(key="SOME_VENDORS_KEY")))
    assert KEY not in str(refused.value)


# Junk ---------------------------------------------------------------------------------------------

JUNK = [
    {"choices": [{"index": 1, "delta": {"content": "a"}}]},
    {"choices": [{"index": 0, "delta": {"content": 7}}]},
    {"choices": "none"},
    {"choices": [], "usage": {"prompt_tokens": "many"}},
    {"choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": {"content": ["a"]}}]},
]


@pytest.mark.parametrize("event", JUNK, ids=json.dumps)
def test_what_is_no_reply_is_named(
    server: FakeChatServer, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    solver = opened(server)
    monkeypatch.setattr("tests.fake_chat_server._Handler._events", lambda *_: iter([event]))
    with pytest.raises(RemoteError, match="which is no chat completion"):
        solver.sample([REQUEST], SAMPLING, go_on)


def test_one_that_writes_for_ever_is_given_up(
    server: FakeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    solver = opened(server)
    endless = {"choices": [{"index": 0, "delta": {"content": "word"}, "finish_reason": None}]}
    monkeypatch.setattr("tests.fake_chat_server._Handler._events", lambda *_: [endless] * 5000)
    with pytest.raises(RemoteError, match="does not stop at max_tokens"):
        solver.sample([REQUEST], SAMPLING, go_on)


def test_a_log_probability_that_is_none_is_missing_and_not_0(server: FakeChatServer) -> None:
    solver = opened(server)
    server.script = lambda body, continues: Said(
        (
            ("1 + 1", -0.5, {}),
            (" = 2.", None, {}),
            ("\n\n", -0.5, {}),
            ("The answer is 2.", -0.5, {}),
        )
    )
    first, last = solver.sample([REQUEST], SAMPLING, go_on), None
    assert first[0].logprob is None
    whole = SampleRequest("1 + 1?", (), 3, run="r", to_end=4)
    [step] = solver.sample([whole], SAMPLING, go_on)
    rest = SampleRequest("1 + 1?", (step.text,), 3, run="r", to_end=3)
    [last] = solver.sample([rest], SAMPLING, go_on)
    assert (step.logprob, last.logprob) == (None, -0.5)
