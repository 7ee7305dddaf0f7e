"""Verifiers that reason behind a server score as the same model in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_core.models import lazy_verifier
from search_core.protocols import RunCancelled, ScoreRequest, Verifier, Watch
from search_core.remote import RemoteAddress, RemoteError, open_verifier
from search_core.search import search
from search_core.verifiers import load_verifier
from search_core.verifiers.generative import GenerativeVerifier
from tests.fake_server import FakeServer
from tests.fakes import World
from tests.forced_words import LONG, TEMPLATE, forced_verdicts, ratio
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE

# At temperature 0, so that both draw the same.
FORMATS = (
    "thinkprm:question,tokens=30",
    "judge:reason,tokens=20",
    "genprm_reasoning:tokens=20,temperature=0",
)


def go_on() -> bool:
    return False


def request(*steps: str, first: int = 0, problem: str = "3 + 4?") -> ScoreRequest:
    return ScoreRequest(problem, steps, first, False, (0.0,) * len(steps), "r")


REQUESTS = [request("3 + 4 = 7.", "Check it.", first=1), request("a", problem="Other")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_solver(tmp_path_factory.mktemp("chat"), template=TEMPLATE, seed=3, **LONG)


@pytest.fixture
def server(folder: Path) -> Iterator[FakeServer]:
    running = FakeServer(folder, context=4096)
    yield running
    running.close()


def opened(server: FakeServer, format_: str, folder: Path | None = None) -> Verifier:
    ours = f"&tokenizer={folder}" if folder else ""
    return open_verifier(RemoteAddress.parse(f"{server.url}#format={format_}{ours}"))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("ours", [False, True], ids=["its own tokenizer", "ours"])
def test_scores_are_those_of_this_process(
    server: FakeServer, folder: Path, format_: str, ours: bool
) -> None:
    here = load_verifier(folder, format=format_, device="cpu", dtype="float32")
    if format_.startswith("genprm") and not ours:
        with pytest.raises(RemoteError, match="does not say which token ends a turn"):
            opened(server, format_)
        return
    remote = opened(server, format_, folder if ours else None)
    expected = here.score(REQUESTS, go_on)
    for one, other in zip(remote.score(REQUESTS, go_on), expected, strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-3)
        # What it wrote and what its server had not read before.
        assert one.tokens > 20
        assert one.reused > 0
    assert remote.info.device == "remote"


@pytest.mark.parametrize("maker", ["llamacpp", "sglang"])
@pytest.mark.parametrize("format_", FORMATS[:2])
def test_other_servers_are_asked_in_their_own_ways(folder: Path, maker: str, format_: str) -> None:
    here = load_verifier(folder, format=format_, device="cpu", dtype="float32")
    server = FakeServer(folder, context=4096, maker=maker)
    try:
        found = opened(server, format_, folder).score(REQUESTS, go_on)
        for one, other in zip(found, here.score(REQUESTS, go_on), strict=True):
            assert one.scores == pytest.approx(other.scores, abs=1e-3)
    finally:
        server.close()


def test_a_chain_is_asked_for_as_it_is_written_here(server: FakeServer, folder: Path) -> None:
    remote = opened(server, "thinkprm:question,samples=3,tokens=15", folder)
    remote.score([request("a")], go_on)
    chains = [body for body in server.completions() if body["max_tokens"] > 1]
    assert len(chains) == len({body["seed"] for body in chains}) == 3
    for body in chains:
        assert body["stop"] == ["</think>", "Is the solution correct?", "Step 2:"]
        assert (body["n"], body["max_tokens"], body["temperature"]) == (1, 15, 0.4)


def test_boxes_behind_a_server(tmp_path: Path) -> None:
    folder = forced_verdicts(tmp_path, correct=0.5, incorrect=0.25)
    server = FakeServer(folder, context=4096)
    try:
        remote = opened(server, "thinkprm")
        [reply] = remote.score([request("a")], go_on)
        assert reply.scores == pytest.approx([ratio(0.25)], abs=1e-3)
        watch = Watch(go_on)
        assert remote.score([request("a", "b")], watch)[0].scores == (None, None)
        assert "gave 1 verdicts for 2 steps" in watch.warnings()[-1]
    finally:
        server.close()


def test_a_server_that_gives_the_most_probable_tokens_only(
    server: FakeServer, folder: Path
) -> None:
    server.faults.no_choice = True
    remote = opened(server, "judge:reason,tokens=9", folder)
    here = load_verifier(folder, format="judge:reason,tokens=9", device="cpu", dtype="float32")
    [expected] = here.score([request("a")], go_on)
    # "Yes" and "No" are read at their letters here, which the server names by text.
    server.faults.top = 1
    watch = Watch(go_on)
    with pytest.raises(RemoteError, match="neither Yes nor No"):
        remote.score([request("a")], watch)
    server.faults.no_choice = False
    again = opened(server, "judge:reason,tokens=9", folder)
    assert again.score([request("a")], watch)[0].scores == pytest.approx(expected.scores, abs=1e-3)


def test_cancelling_leaves_the_server(server: FakeServer, folder: Path) -> None:
    remote = opened(server, "judge:reason,tokens=50", folder)
    server.faults.gate = threading.Event()
    with pytest.raises(RunCancelled):
        remote.score([request("a")], server.holding.is_set)
    assert server.left.wait(PATIENCE)


def test_a_failing_server_fails_the_call(server: FakeServer, folder: Path) -> None:
    remote = opened(server, "judge:reason,tokens=50", folder)
    server.faults.status = 500
    with pytest.raises(RemoteError, match="the engine died"):
        remote.score([request("a")], go_on)


def test_a_path_that_fills_the_context_is_named(folder: Path) -> None:
    server = FakeServer(folder, context=480)
    try:
        remote = opened(server, "judge:reason,tokens=50", folder)
        assert len(remote.score([request("a")], go_on)[0].scores) == 1
        with pytest.raises(ValueError, match=r"Step 1 cannot be judged.*at most 480"):
            remote.score([request("b" * 100)], go_on)
    finally:
        server.close()


def test_a_server_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    server = FakeServer(tiny_solver(tmp_path, template=""), context=400)
    try:
        with pytest.raises(RemoteError, match="no tokenizer with a chat template"):
            opened(server, "thinkprm")
        with pytest.raises(ValueError, match="no option 'aloud'"):
            opened(server, "thinkprm:aloud")
    finally:
        server.close()


def test_a_beam_search_over_a_server(server: FakeServer, folder: Path) -> None:
    verifier = lazy_verifier(f"{server.url}#tokenizer={folder}", format_=FORMATS[0]).get()
    assert isinstance(verifier, GenerativeVerifier)
    result = search(
        "3 + 4?", "beam_search", solver=World().solver(), verifier=verifier, n=4, beam_width=2
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    assert result.cost.verified > 0
