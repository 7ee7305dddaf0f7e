"""Servers that do not do what they say: each fault is named, nothing hangs or is asked twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest

from search_core.log.events import Finished, Warned
from search_core.problem import Problem
from search_core.protocols import RunCancelled, SampleRequest, Sampling, Watch
from search_core.remote import RemoteAddress, RemoteError, RemoteSolver, VoidSearch
from search_core.remote.connection import SOLVER_KEY, servers
from search_core.remote.server import RemoteServer
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import get_strategy
from search_core.verifiers import RandomVerifier
from tests.fake_faults import Faults
from tests.fake_server import FakeServer
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE, wait_until

SAMPLING = Sampling(1.0, 1.0, 12)


def go_on() -> bool:
    return False


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    server = FakeServer(tiny_solver(tmp_path_factory.mktemp("tiny")), context=256)
    yield server
    server.close()


@pytest.fixture
def server(served: FakeServer) -> Iterator[FakeServer]:
    """The same server, without a fault."""
    yield served
    for one in fields(Faults):
        setattr(served.faults, one.name, one.default)
    served.maker = "vllm"
    served.asked.clear()
    served.left.clear()
    served.holding.clear()


def open_solver(server: FakeServer, options: str = "") -> RemoteSolver:
    return RemoteSolver(RemoteAddress.parse(server.url + options))


def children(count: int, steps: tuple[str, ...] = ()) -> list[SampleRequest]:
    return [SampleRequest("p", steps, 5 + index, index, run="r") for index in range(count)]


# At the start ------------------------------------------------------------------------------------


def test_identical_samples_are_refused(server: FakeServer) -> None:
    server.faults.identical = True
    with pytest.raises(VoidSearch, match=r"identical samples .* at temperature 1 and at 2"):
        open_solver(server)


@pytest.mark.parametrize("fault", ["stop_ignored", "silent"])
def test_a_server_that_does_not_stop_is_refused(server: FakeServer, fault: str) -> None:
    setattr(server.faults, fault, True)
    with pytest.raises(VoidSearch, match="does not stop at stop strings, or does not say"):
        open_solver(server)


@pytest.mark.parametrize(
    "break_n",
    [
        lambda faults: setattr(faults, "n_ignored", True),
        lambda faults: setattr(faults, "same_siblings", True),
        lambda faults: setattr(faults, "refuses", ("n",)),
    ],
    ids=["ignored", "siblings the same", "refused"],
)
def test_without_n_each_sample_is_a_request_with_its_own_seed(
    server: FakeServer, break_n: Callable[[Faults], None]
) -> None:
    break_n(server.faults)
    solver = open_solver(server)
    assert not solver.capabilities.n
    server.asked.clear()
    watch = Watch(go_on)
    samples = solver.sample(children(3), SAMPLING, watch)
    assert len({sample.text for sample in samples}) == 3
    assert [body["n"] for body in server.completions()] == [1, 1, 1]
    assert sorted(body["seed"] for body in server.completions()) == [5, 6, 7]
    assert any("every sample is a request of its own" in one for one in watch.warnings())
    solver.sample(children(3), SAMPLING, watch)
    assert watch.warnings() == []  # once for a run
    solver.release("r", "p")
    solver.sample(children(1), SAMPLING, watch)
    assert watch.warnings()


def test_what_else_a_server_may_lack(server: FakeServer) -> None:
    server.faults.seed_ignored = server.faults.no_logprobs = True
    server.faults.no_usage = server.faults.whole = True
    solver = open_solver(server)
    found = solver.capabilities
    assert (found.seed, found.logprobs, found.cached_usage, found.streams) == (False,) * 4
    assert len(found.warnings()) == 2
    samples = solver.sample(children(4), SAMPLING, go_on)
    assert all(sample.logprob is None and sample.tokens > 0 for sample in samples)


def test_a_server_with_one_temperature_is_not_compared_with_itself(server: FakeServer) -> None:
    server.faults.refuses = ("temperature",)
    server.faults.tempered = True
    assert not open_solver(server).capabilities.tempered


def test_a_stop_string_left_in_the_text_is_cut_off(server: FakeServer) -> None:
    server.faults.keeps_stop = server.faults.silent = True
    solver = open_solver(server)
    found = solver.sample(children(32), Sampling(1.0, 1.0, 60), go_on)
    assert "step" in {sample.ended for sample in found}
    assert not any("\n\n" in sample.text for sample in found)


def test_a_server_without_a_tokenizer_is_given_text(server: FakeServer) -> None:
    server.faults.no_tokenizer = True
    solver = RemoteSolver(RemoteAddress.parse(server.url), system_prompt="Think.")
    assert not solver.info.revises
    server.asked.clear()
    solver.sample([SampleRequest("p", ("a", "b"), 1, opening="Wait")], SAMPLING, go_on)
    assert [body["prompt"] for body in server.completions()] == ["Think.\n\np\n\na\n\nb\n\nWait"]
    with pytest.raises(ValueError, match="no chat template"):
        solver.sample([SampleRequest("p", (), 1, attempts=(("a",),))], SAMPLING, go_on)


@pytest.mark.parametrize("maker", ["sglang", "llamacpp"])
def test_other_servers_name_things_otherwise(server: FakeServer, maker: str) -> None:
    server.maker = maker
    solver = open_solver(server)
    found = solver.capabilities
    assert (found.n, found.logprobs, found.cached_usage) == (True,) * 3
    samples = solver.sample(children(32), Sampling(1.0, 1.0, 60), go_on)
    assert {sample.ended for sample in samples} == {"step", "end", "length"}
    assert all(sample.tokens > 0 for sample in samples)
    known = [sample.logprob for sample in samples if sample.logprob is not None]
    assert known
    assert all(logprob < 0 for logprob in known)
    # llama.cpp's server leaves those of a token out that ends inside of a character.
    assert (len(known) < len(samples)) == (maker == "llamacpp")


def test_only_one_model_may_go_without_a_name(server: FakeServer) -> None:
    with pytest.raises(RemoteError, match=r"serves .*; 'other' was asked for"):
        open_solver(server, "#model=other")
    assert open_solver(server, f"#model={server.name}").info.name == server.name


# In the middle -----------------------------------------------------------------------------------


def test_an_error_of_the_server_is_the_runs(server: FakeServer) -> None:
    solver = open_solver(server)
    server.asked.clear()
    server.faults.status = 500
    server.faults.message = "<b>the\nengine</b> died\x00" + "!" * 5000
    with pytest.raises(RemoteError, match=r"answered 500 .*<b>the engine</b> died\?!!!") as caught:
        solver.sample(children(2), SAMPLING, go_on)
    assert len(str(caught.value)) < 600
    assert len(server.completions()) == 1  # Nothing is asked twice.


def test_a_reply_that_breaks_off(server: FakeServer) -> None:
    solver = open_solver(server)
    server.asked.clear()
    server.faults.cut_after = 3
    with pytest.raises(RemoteError, match=r"broke off in the middle .* not asked again"):
        solver.sample(children(2), SAMPLING, go_on)
    assert len(server.completions()) == 1


def test_a_silent_server(server: FakeServer) -> None:
    """As the solver asks, and not the solver: its first questions may take longer than that."""
    open_solver(server).sample(children(2), SAMPLING, go_on)
    body = server.completions()[-1]
    server.faults.gate = threading.Event()
    impatient = servers(RemoteAddress.parse(server.url + "#timeout=1"), SOLVER_KEY)

    async def ask(those: list[RemoteServer]) -> None:
        async with aclosing(those[0].events(f"{those[0].url}/completions", body)) as events:
            async for _ in events:
                pass

    with pytest.raises(RemoteError, match="was silent for 1 seconds"):
        impatient.run(ask, go_on)
    impatient.close()


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RemoteError, match=r"cannot be reached .*nothing was sent"):
            RemoteSolver(RemoteAddress.parse(address))


def test_one_failure_lets_go_of_the_other_requests(server: FakeServer) -> None:
    solver = open_solver(server)
    server.faults.gate = threading.Event()
    server.faults.longest = 20
    with pytest.raises(RemoteError, match="answered 500"):
        # The first waits at the gate; the second fails once the first does.
        solver.sample(children(1) + children(1, ("a" * 40,)), SAMPLING, go_on)
    assert server.left.wait(PATIENCE)


def test_cancelling_closes_the_connection(server: FakeServer) -> None:
    solver = open_solver(server)
    server.faults.gate = threading.Event()
    with pytest.raises(RunCancelled):
        solver.sample(children(2), SAMPLING, server.holding.is_set)
    assert server.left.wait(PATIENCE)


def test_no_more_requests_at_once_than_allowed(server: FakeServer) -> None:
    solver = open_solver(server, "#in_flight=2")
    wait_until(lambda: server.at_once == 0, "The end of what others asked for")
    server.most_at_once = 0
    parents = [SampleRequest("p", (str(number),), 1) for number in range(9)]
    assert len(solver.sample(parents, SAMPLING, go_on)) == 9
    assert server.most_at_once <= 2


def test_one_request_for_each_parent(server: FakeServer) -> None:
    solver = open_solver(server)
    server.asked.clear()
    mixed = [*children(3), *children(2, ("a",)), SampleRequest("q", (), 1)]
    order = [4, 0, 5, 2, 3, 1]
    solver.sample([mixed[place] for place in order], SAMPLING, go_on)
    asked = sorted((body["n"], body["seed"]) for body in server.completions())
    assert asked == [(1, 1), (2, 5 + 1), (3, 5)]


def test_prompts_only_grow(server: FakeServer) -> None:
    solver = open_solver(server)
    prompts = []
    for steps in ((), ("a",), ("a", "b\nc")):
        server.asked.clear()
        solver.sample(children(1, steps), SAMPLING, go_on)
        prompts += [body["prompt"] for body in server.completions()]
    for shorter, longer in pairwise(prompts):
        assert longer[: len(shorter)] == shorter
        assert len(longer) > len(shorter)


def test_the_cache_of_the_server_counts(server: FakeServer) -> None:
    solver = open_solver(server)
    path = ("x" * 40, "y" * 40)
    first = solver.sample(children(2, path), SAMPLING, go_on)
    again = solver.sample(children(2, path), SAMPLING, go_on)
    length = first[0].prefilled + first[0].reused
    assert sum(one.prefilled for one in first) > sum(one.prefilled for one in again)
    assert all(one.prefilled + one.reused == length for one in first + again)


def test_a_problem_stays_with_its_server(server: FakeServer, tmp_path: Path) -> None:
    other = FakeServer(tiny_solver(tmp_path / server.name), context=256)
    try:
        solver = RemoteSolver(RemoteAddress.parse(f"{server.url},{other.url}"))
        server.asked.clear(), other.asked.clear()
        for steps in ((), ("a",), ("a", "b")):
            requests = [SampleRequest(str(number), steps, 1) for number in range(12)]
            solver.sample(requests, SAMPLING, go_on)
        each = [len(one.completions()) for one in (server, other)]
        assert sum(each) == 36
        assert all(count % 3 == 0 and count > 0 for count in each)
    finally:
        other.close()


def test_servers_of_one_address_serve_one_model(server: FakeServer, tmp_path: Path) -> None:
    other = FakeServer(tiny_solver(tmp_path / "another"), context=256)
    try:
        with pytest.raises(RemoteError, match="must serve the same model"):
            RemoteSolver(RemoteAddress.parse(f"{server.url},{other.url}"))
    finally:
        other.close()


def test_the_key_is_sent_and_never_shown(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESPALIER_SOLVER_KEY", "a-secret")
    solver = open_solver(server)
    assert set(server.keys[-3:]) == {"Bearer a-secret"}
    server.faults.status, server.faults.message = 401, "a-secret is wrong"
    with pytest.raises(RemoteError) as caught:
        solver.sample(children(1), SAMPLING, go_on)
    assert "secret" not in str(caught.value)
    assert "401" in str(caught.value)


def test_a_run_says_what_went_wrong(server: FakeServer) -> None:
    server.faults.n_ignored = True
    solver = open_solver(server)
    strategy = get_strategy("best_of_n")
    options = strategy.options.from_values({"n": 2})
    verifier = RandomVerifier()

    def run() -> Run:
        return Run(Recipe(Problem("p"), strategy, options, SAMPLING, 0), solver.info, verifier.info)

    fine = run()
    drive(fine, solver, verifier)
    warned = [event for event in fine.events if isinstance(event, Warned)]
    assert len(warned) == 1
    server.faults.status = 503
    failed = run()
    with pytest.raises(RemoteError):
        drive(failed, solver, verifier)
    (end,) = [event for event in failed.events if isinstance(event, Finished)]
    assert end.status == "failed"
    assert "503" in end.message
    assert "the engine died" in end.message
