"""What holds of a solver behind a server, whichever server it is (`run.sh` in `tests/*/`).

The fake one speaks as vLLM does, and as llama.cpp's server and SGLang do."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator

import pytest
import torch

from search_core import search
from search_core.protocols import KeepsPaths, RunCancelled, SampleRequest, Sampling, Watch
from search_core.remote import RemoteAddress, RemoteSolver
from search_core.solvers import load_solver
from search_core.verifiers import RandomVerifier
from tests.fake_models import FakeLanguageModel
from tests.remote_servers import SOLVER, address_of, lacking, makers

pytestmark = pytest.mark.models

PROBLEM = "3 + 4 * 5 - 2 + 8 * 3"
STEP = "4 * 5 = 20, now 3 + 20 - 2 + 8 * 3"


def go_on() -> bool:
    return False


OURS = f"#tokenizer={SOLVER}"
MAKERS = makers("solver")
SERVERS = [(MAKERS[0], ""), (MAKERS[0], OURS), *((maker, "") for maker in MAKERS[1:])]
NAMES = ["its own", "ours", *(f"as {maker}" for maker in MAKERS[1:])]


@pytest.fixture(scope="module", params=SERVERS, ids=NAMES)
def opened(request: pytest.FixtureRequest) -> Iterator[tuple[RemoteSolver, set[str]]]:
    """With the server's tokenizer, and with one here; and what the server lacks."""
    maker, options = request.param
    with address_of("solver", SOLVER, maker) as url:
        yield RemoteSolver(RemoteAddress.parse(url + options)), lacking(maker)


@pytest.fixture(scope="module")
def solver(opened: tuple[RemoteSolver, set[str]]) -> RemoteSolver:
    return opened[0]


@pytest.fixture(scope="module")
def model() -> FakeLanguageModel:
    return FakeLanguageModel(SOLVER)


def children(count: int, steps: tuple[str, ...] = (), seed: int = 7) -> list[SampleRequest]:
    return [SampleRequest(PROBLEM, steps, seed + index, index) for index in range(count)]


def test_what_it_is(opened: tuple[RemoteSolver, set[str]]) -> None:
    solver, lacks = opened
    assert (solver.info.device, solver.info.parameters) == ("remote", None)
    assert solver.info.name
    assert solver.info.revises
    assert isinstance(solver, KeepsPaths)
    found = solver.capabilities
    assert (found.logprobs, found.cached_usage, found.streams) == (True,) * 3
    assert found.n == ("n" not in lacks)
    assert (found.seed, found.tempered) == ("seed" not in lacks, "raw" in lacks)
    assert len(found.warnings()) == len(lacks - {"ids"})


def test_steps_are_steps(solver: RemoteSolver) -> None:
    requests = children(6) + children(3, (STEP,))
    samples = solver.sample(requests, Sampling(1.0, 1.0, 48), go_on)
    assert len(samples) == 9
    assert len({sample.text for sample in samples[:6]}) > 1
    for sample in samples:
        assert "\n\n" not in sample.text
        assert 1 <= sample.tokens <= 48
        assert sample.logprob < 0
        assert sample.ended in ("step", "end")
        assert sample.prefilled + sample.reused > 10
    assert samples[0].prefilled + samples[0].reused < samples[6].prefilled + samples[6].reused


def test_the_delimiter_and_the_end_are_told_apart(
    solver: RemoteSolver, model: FakeLanguageModel
) -> None:
    """And every token is counted: the log-probability is that of the text with its ending."""
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    compared = 0
    for sample in solver.sample(children(8), Sampling(1.0, 1.0, 48), go_on):
        ending = model.ids("\n\n") if sample.ended == "step" else [model.tokenizer.eos_token_id]
        ids = [*model.ids(sample.text), *ending]
        if len(ids) != sample.tokens:
            continue  # The same text can be written with other tokens.
        compared += 1
        with torch.inference_mode():
            logits = model.model(input_ids=torch.tensor([prompt + ids])).logits[0]
        logprobs = logits[len(prompt) - 1 : -1].log_softmax(-1)
        known = float(logprobs[torch.arange(len(ids)), torch.tensor(ids)].sum())
        assert sample.logprob == pytest.approx(known, abs=0.05)
    assert compared >= 4


def test_greedy_is_what_it_is_in_this_process(solver: RemoteSolver) -> None:
    here = load_solver(SOLVER, device="cpu", dtype="float32")
    greedy = Sampling(0.0, 1.0, 48)
    for steps in ((), (STEP,)):
        (local,) = here.sample(children(1, steps), greedy, go_on)
        twice = solver.sample(children(2, steps), greedy, go_on)
        for remote in twice:
            assert (remote.text, remote.tokens, remote.ended) == (
                local.text,
                local.tokens,
                local.ended,
            )
            assert remote.logprob == pytest.approx(local.logprob, abs=0.01)


def test_greedy_steps_are_one_greedy_answer(
    opened: tuple[RemoteSolver, set[str]], model: FakeLanguageModel
) -> None:
    """Each goes on from the ids of those before it, where the server gives them."""
    solver, lacks = opened
    greedy, steps, ids = Sampling(0.0, 1.0, 48), (), ()  # type: ignore[var-annotated]
    for _ in range(6):
        request = SampleRequest(PROBLEM, steps, 7, step_ids=ids)
        [sample] = solver.sample([request], greedy, go_on)
        if sample.ended != "step":
            break
        steps, ids = (*steps, sample.text), (*ids, sample.ids)
    assert len(steps) > 2
    assert (None in ids) == ("ids" in lacks)
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    written = [
        token
        for text, own in zip(steps, ids, strict=True)
        for token in (model.ids(text + "\n\n") if own is None else own)
    ]
    with torch.inference_mode():
        logits = model.model(input_ids=torch.tensor([prompt + written])).logits[0]
    said = logits[len(prompt) - 1 : -1]
    chosen = said[torch.arange(len(written)), torch.tensor(written)]
    assert (said.amax(-1) - chosen).max() < 0.01


def test_log_probabilities_are_those_before_temperature(
    opened: tuple[RemoteSolver, set[str]], model: FakeLanguageModel
) -> None:
    solver, lacks = opened
    if "raw" in lacks:
        pytest.skip("this server gives those after temperature, and the run says so")
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    logprobs = model.next_logprobs(prompt)
    known = {model.text([token]): logprobs[token] for token in range(len(logprobs))}
    for sample in solver.sample(children(8), Sampling(2.0, 1.0, 1), go_on):
        if sample.text:
            assert sample.logprob == pytest.approx(known[sample.text], abs=0.05)


def test_the_same_seeds_give_the_same_steps(opened: tuple[RemoteSolver, set[str]]) -> None:
    solver, lacks = opened
    if "seed" in lacks:
        pytest.skip("this server takes no seeds, and the run says so")
    sampling = Sampling(1.0, 1.0, 32)
    first = [sample.text for sample in solver.sample(children(4), sampling, go_on)]
    again = [sample.text for sample in solver.sample(children(4), sampling, go_on)]
    others = [sample.text for sample in solver.sample(children(4, seed=99), sampling, go_on)]
    assert first == again
    assert first != others


def test_more_children_than_a_server_may_take_at_once(solver: RemoteSolver) -> None:
    samples = solver.sample(children(40), Sampling(1.0, 1.0, 8), go_on)
    assert len(samples) == 40
    assert len({sample.text for sample in samples}) > 1
    assert all(1 <= sample.tokens <= 8 for sample in samples)


def test_top_p_is_taken_after_temperature(solver: RemoteSolver, model: FakeLanguageModel) -> None:
    """First tokens come from the nucleus of the tempered model, and from all over it."""
    hot = Sampling(2.0, 0.7, 1)
    prompt = model.ids(model.chat_text([{"role": "user", "content": PROBLEM}]))
    logprobs = model.next_logprobs(prompt)
    tempered, plain = (_nucleus(logprobs, heat, hot.top_p) for heat in (hot.temperature, 1.0))
    assert len(tempered) > len(plain)
    seen = {sample.text for sample in solver.sample(children(64), hot, go_on)}
    assert seen <= {model.text([token]) for token in tempered}
    assert not seen <= {model.text([token]) for token in plain}


def _nucleus(logprobs: list[float], temperature: float, top_p: float) -> list[int]:
    """The most probable tokens that together have the share, and a rounding error more."""
    chances = [math.exp(one / temperature) for one in logprobs]
    order = sorted(range(len(chances)), key=lambda token: -chances[token])
    taken, whole = 0.0, sum(chances)
    for place, token in enumerate(order):
        if taken >= (top_p + 1e-4) * whole:
            return order[:place]
        taken += chances[token]
    return order


def test_the_length_limit(solver: RemoteSolver) -> None:
    for sample in solver.sample(children(3), Sampling(1.0, 1.0, 3), go_on):
        assert (sample.ended, sample.tokens) == ("length", 3)


def test_an_opening_is_left_out_of_the_reply(solver: RemoteSolver) -> None:
    plain = children(1)[0]
    opened = SampleRequest(PROBLEM, (), 7, opening="4 * 5 = ")
    without, with_opening = solver.sample([plain, opened], Sampling(0.0, 1.0, 48), go_on)
    assert not with_opening.text.startswith("4 * 5")
    assert with_opening.prefilled + with_opening.reused > without.prefilled + without.reused


def test_a_full_context_ends_the_path_and_not_the_run(
    solver: RemoteSolver, model: FakeLanguageModel
) -> None:
    room = solver._prompts._context
    assert room is not None
    full = SampleRequest(PROBLEM, (STEP,) * (room // len(model.ids(f"{STEP}\n\n")) + 1), 1)
    (sample,) = solver.sample([full], Sampling(1.0, 1.0, 48), go_on)
    assert (sample.text, sample.tokens, sample.ended) == ("", 0, "length")
    with pytest.raises(ValueError, match=r"tokens long.*Shorten it"):
        solver.sample([SampleRequest("1 + " * room, (), 1)], Sampling(), go_on)


def test_nearly_full(solver: RemoteSolver, model: FakeLanguageModel) -> None:
    room = solver._prompts._context
    assert room is not None
    one = len(model.ids(f"{STEP}\n\n"))
    path = (STEP,) * ((room - 60) // one)
    (sample,) = solver.sample([SampleRequest(PROBLEM, path, 1)], Sampling(1.0, 1.0, 400), go_on)
    assert 0 < sample.tokens < 80 + one


def test_live_counts(solver: RemoteSolver) -> None:
    counts: dict[int, list[int]] = {}
    watch = Watch(go_on, lambda place, tokens: counts.setdefault(place, []).append(tokens))
    samples = solver.sample(children(2) + children(1, (STEP,)), Sampling(1.0, 1.0, 48), watch)
    for place, sample in enumerate(samples):
        assert counts[place] == sorted(counts[place])
        assert counts[place][-1] == sample.tokens
        assert len(counts[place]) > 1


def test_cancelling_while_it_writes(solver: RemoteSolver) -> None:
    written = threading.Event()
    watch = Watch(written.is_set, lambda place, tokens: written.set())
    with pytest.raises(RunCancelled):
        solver.sample(children(4), Sampling(2.0, 1.0, 400), watch)
    assert solver.sample(children(1), Sampling(1.0, 1.0, 8), go_on)


def test_threads_share_it(solver: RemoteSolver) -> None:
    results: dict[int, int] = {}

    def work(number: int) -> None:
        requests = [SampleRequest(f"{number} + 1 * 2", (), child) for child in range(2)]
        results[number] = len(solver.sample(requests, Sampling(1.0, 1.0, 16), go_on))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(6), 2)


def test_earlier_attempts_are_read(solver: RemoteSolver) -> None:
    attempt = (STEP, "The answer is 1")
    requests = [SampleRequest(PROBLEM, (), 1), SampleRequest(PROBLEM, (), 1, attempts=(attempt,))]
    without, with_attempt = solver.sample(requests, Sampling(1.0, 1.0, 8), go_on)
    assert with_attempt.prefilled + with_attempt.reused > without.prefilled + without.reused + 20


def test_a_whole_search(solver: RemoteSolver) -> None:
    result = search(
        PROBLEM,
        "beam_search",
        solver=solver,
        verifier=RandomVerifier(),
        sampling=Sampling(1.0, 1.0, 48),
        n=4,
        max_steps=3,
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    cost = result.tree.cost
    assert cost.generated > 0
    assert cost.solver_flops == 0  # its shape is not known
