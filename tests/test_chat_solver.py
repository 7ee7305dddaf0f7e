"""What holds of a solver behind chat completions, however its server continues an answer.

The same as of one behind completions (`test_remote_solver`), as far as a chat can do it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from search_core.protocols import KeepsPaths, RunCancelled, SampleRequest, Sampling, Watch
from search_core.remote import ChatSolver, RemoteAddress, VoidSearch, open_solver
from search_core.solvers import load_solver
from tests.fake_chat_server import FakeChatServer
from tests.fake_models import FakeLanguageModel
from tests.remote_servers import SOLVER
from tests.waiting import PATIENCE

pytestmark = pytest.mark.models

PROBLEM = "3 + 4 * 5 - 2"
STEP = "4 * 5 = 20, left 20 20"
SAMPLING = Sampling(1.6, 1.0, 16)


def go_on() -> bool:
    return False


def open_chat(server: FakeChatServer, **options: str) -> ChatSolver:
    solver = open_solver(RemoteAddress.parse(server.address(**options)))
    assert isinstance(solver, ChatSolver)
    return solver


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[ChatSolver, FakeChatServer]]:
    server = FakeChatServer(SOLVER)
    server.faults.counts_along = True
    yield open_chat(server), server
    server.close()


@pytest.fixture(scope="module")
def solver(opened: tuple[ChatSolver, FakeChatServer]) -> ChatSolver:
    return opened[0]


@pytest.fixture(scope="module")
def model() -> FakeLanguageModel:
    return FakeLanguageModel(SOLVER)


def children(count: int, steps: tuple[str, ...] = (), seed: int = 7) -> list[SampleRequest]:
    return [SampleRequest(PROBLEM, steps, seed + index, index) for index in range(count)]


def test_what_it_is(opened: tuple[ChatSolver, FakeChatServer]) -> None:
    solver, server = opened
    assert (solver.info.device, solver.info.name) == ("remote", server.name)
    assert (solver.info.revises, solver.info.logprobs) == (True, True)
    assert solver.info.steps == "continued"
    assert isinstance(solver, KeepsPaths)
    found = solver.capabilities
    assert (found.seed, found.tempered, found.streams) == (True, False, True)


@pytest.mark.parametrize(
    ("maker", "manner"),
    [("vllm", "flags"), ("library", "last turn"), ("mistralai", "prefix"), ("openai", "refuses")],
)
def test_how_each_server_continues_is_found_out(maker: str, manner: str) -> None:
    """Steps go on from their path as the assistant's own text, whichever way it takes."""
    server = FakeChatServer(SOLVER, manner=manner, maker=maker)
    try:
        solver = open_chat(server)
        continues = manner != "refuses"
        assert solver.info.steps == ("continued" if continues else "asked")
        [sample] = solver.sample(children(1, (STEP,)), Sampling(0.0, 1.0, 24), go_on)
        last = server.asked[-1]["messages"][-1]
        assert (last["role"], last["content"].endswith("\n\n")) == (
            ("assistant", True) if continues else ("user", False)
        )
        if continues:
            here = load_solver(SOLVER, device="cpu", dtype="float32")
            (local,) = here.sample(children(1, (STEP,)), Sampling(0.0, 1.0, 24), go_on)
            assert (sample.text, sample.ended) == (local.text, local.ended)
    finally:
        server.close()


def test_steps_are_steps(opened: tuple[ChatSolver, FakeChatServer]) -> None:
    solver, server = opened
    samples = solver.sample(children(3) + children(2, (STEP,)), SAMPLING, go_on)
    assert len({sample.text for sample in samples[:3]}) > 1
    for sample in samples:
        assert "\n\n" not in sample.text
        assert 1 <= sample.tokens <= 16
        assert sample.logprob is not None
        assert sample.logprob < 0
        assert sample.ended in ("step", "end", "length")
        assert sample.ids is None
        assert (sample.reused, sample.prefilled > 5) == (3, True)
    assert not any("stop" in body for body in server.asked)


def test_the_blank_line_and_the_end_are_told_apart(
    solver: ChatSolver, model: FakeLanguageModel
) -> None:
    """The log-probability is that of the step with its blank line, and of nothing behind it."""
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    endings = set()
    for sample in solver.sample(children(4), SAMPLING, go_on):
        ending = model.ids("\n\n") if sample.ended == "step" else [model.tokenizer.eos_token_id]
        ids, known = [*model.ids(sample.text), *ending], 0.0
        endings.add(sample.ended)
        if (
            sample.ended == "length" or not len(ids) <= sample.tokens <= len(ids) + 1
        ):  # One token came behind the blank line.
            continue  # The same text can be written with other tokens.
        for place, token in enumerate(ids):
            known += model.next_logprobs(prompt + ids[:place])[token]
        assert sample.logprob == pytest.approx(known, abs=0.05)
    assert "step" in endings


def test_greedy_is_what_it_is_in_this_process(solver: ChatSolver) -> None:
    here = load_solver(SOLVER, device="cpu", dtype="float32")
    greedy = Sampling(0.0, 1.0, 24)
    for steps in ((), (STEP,)):
        (local,) = here.sample(children(1, steps), greedy, go_on)
        (remote,) = solver.sample(children(1, steps), greedy, go_on)
        assert (remote.text, remote.ended) == (local.text, local.ended)
        assert remote.logprob == pytest.approx(local.logprob, abs=0.01)


def test_greedy_steps_are_one_greedy_answer(solver: ChatSolver, model: FakeLanguageModel) -> None:
    """Step by step, and written whole: the same text, which is the likeliest one."""
    greedy, steps = Sampling(0.0, 1.0, 24), ()  # type: ignore[var-annotated]
    whole = ()  # type: ignore[var-annotated]
    for left in range(9, 0, -1):
        [sample] = solver.sample([SampleRequest(PROBLEM, steps, 7)], greedy, go_on)
        steps = (*steps, sample.text)
        [written] = solver.sample([SampleRequest(PROBLEM, whole, 7, to_end=left)], greedy, go_on)
        whole = (*whole, written.text)
        assert written.ended == sample.ended
        if sample.ended != "step":
            break
    assert len(steps) > 2
    assert whole == steps
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    ids = [token for text in steps[:-1] for token in model.ids(text + "\n\n")]
    with torch.inference_mode():
        logits = model.model(input_ids=torch.tensor([prompt + ids])).logits[0]
    said = logits[len(prompt) - 1 : -1]
    chosen = said[torch.arange(len(ids)), torch.tensor(ids)]
    assert (said.amax(-1) - chosen).max() < 0.01


def test_the_same_seeds_give_the_same_steps(solver: ChatSolver) -> None:
    """And each has its own, however many are asked for with it."""
    sampling = SAMPLING
    first = [sample.text for sample in solver.sample(children(4), sampling, go_on)]
    again = [sample.text for sample in solver.sample(children(4), sampling, go_on)]
    alone = [sample.text for sample in solver.sample(children(4)[2:3], sampling, go_on)]
    assert (first, first[2:3]) == (again, alone)
    assert len(set(first)) > 1


def test_the_length_limit(solver: ChatSolver) -> None:
    for sample in solver.sample(children(3), Sampling(1.0, 1.0, 3), go_on):
        assert (sample.ended, sample.tokens) == ("length", 3)


def test_an_opening_is_left_out_of_the_reply(opened: tuple[ChatSolver, FakeChatServer]) -> None:
    solver, server = opened
    request = SampleRequest(PROBLEM, (), 7, opening="4 * 5 = ")
    [sample] = solver.sample([request], Sampling(0.0, 1.0, 24), go_on)
    assert not sample.text.startswith("4 * 5")
    assert server.asked[-1]["messages"][-1]["content"] == "4 * 5 = "


def test_live_counts(solver: ChatSolver) -> None:
    counts: dict[int, list[int]] = {}
    watch = Watch(go_on, lambda place, tokens: counts.setdefault(place, []).append(tokens))
    samples = solver.sample(children(2), SAMPLING, watch)
    for place, sample in enumerate(samples):
        assert counts[place] == sorted(counts[place])
        assert counts[place][-1] == sample.tokens


def test_cancelling_closes_the_connection(opened: tuple[ChatSolver, FakeChatServer]) -> None:
    solver, server = opened
    server.faults.gate = threading.Event()
    server.holding.clear()
    server.left.clear()
    try:
        with pytest.raises(RunCancelled):
            solver.sample(children(2), SAMPLING, server.holding.is_set)
        assert server.left.wait(PATIENCE)
    finally:
        server.faults.gate.set()
        server.faults.gate = None
    assert solver.sample(children(1), Sampling(1.0, 1.0, 8), go_on)


def test_threads_share_it(solver: ChatSolver) -> None:
    results: dict[int, int] = {}

    def work(number: int) -> None:
        requests = [SampleRequest(f"{number} + 1 * 2", (), child) for child in range(1)]
        results[number] = len(solver.sample(requests, Sampling(1.0, 1.0, 16), go_on))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(3), 1)


def test_earlier_attempts_are_read(opened: tuple[ChatSolver, FakeChatServer]) -> None:
    solver, server = opened
    request = SampleRequest(PROBLEM, (), 1, attempts=((STEP, "The answer is 1"),))
    solver.sample([request], Sampling(1.0, 1.0, 8), go_on)
    roles = [message["role"] for message in server.asked[-1]["messages"]]
    assert roles == ["user", "assistant", "user"]
    assert server.asked[-1]["messages"][1]["content"] == f"{STEP}\n\nThe answer is 1"


def test_identical_samples_are_refused() -> None:
    server = FakeChatServer(SOLVER)
    server.faults.identical = True
    try:
        with pytest.raises(VoidSearch, match=r"identical samples .* at temperature 1 and at 2"):
            open_solver(RemoteAddress.parse(server.address()))
    finally:
        server.close()
