"""How a chat server continues an answer: found out where nobody says it, believed where somebody
does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search_core.remote import ChatSolver, RemoteAddress, RemoteError, open_solver
from tests.fake_chat_server import FakeChatServer
from tests.test_chat_solutions import writes


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    running = FakeChatServer(manner="last turn", maker="library", script=writes)
    yield running
    running.close()


def opened(server: FakeChatServer, **options: str) -> ChatSolver:
    solver = open_solver(RemoteAddress.parse(server.address(**options)))
    assert isinstance(solver, ChatSolver)
    return solver


def begun(server: FakeChatServer) -> list[str]:
    """The assistant's turns that the server was asked to continue."""
    lasts = [body["messages"][-1] for body in server.asked]
    return [last["content"] for last in lasts if last["role"] == "assistant"]


def test_one_that_goes_on_inside_of_a_word_continues(server: FakeChatServer) -> None:
    assert opened(server).info.steps == "continued"
    assert any(turn.endswith("strawber") for turn in begun(server))


def test_one_that_begins_another_turn_does_not(server: FakeChatServer) -> None:
    server.manner = ""
    assert opened(server).info.steps == "asked"


def test_one_that_refuses_a_turn_with_a_blank_line_at_its_end_does_not(
    server: FakeChatServer,
) -> None:
    """Every step ends with one."""
    server.faults.wants_no_blank = True
    assert opened(server).info.steps == "asked"


def test_an_address_that_says_asked_is_not_tried(server: FakeChatServer) -> None:
    assert opened(server, steps="asked").info.steps == "asked"
    assert begun(server) == []


def test_an_address_that_says_continued_is_believed(server: FakeChatServer) -> None:
    """Where the probe itself is not understood: a model that does not repeat a sentence."""
    server.manner = ""
    assert opened(server, steps="continued").info.steps == "continued"


def test_an_address_that_says_continued_of_one_that_refuses_is_told(
    server: FakeChatServer,
) -> None:
    server.manner = "refuses"
    with pytest.raises(RemoteError, match=r"refuses a chat that ends.*Leave that out"):
        opened(server, steps="continued")
