"""Over servers, too, what the model wrote is what goes on, where they give its ids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import torch

from search_core.protocols import SampleRequest, Sampling, StepSample, TokenIds, UsageError
from search_core.remote import RemoteAddress, RemoteSolver
from tests.decoding import go_on
from tests.fake_faults import Faults
from tests.fake_server import FakeServer
from tests.test_written_ids import random_model
from tests.tokenizer_kinds import tokenizer_of

GREEDY = Sampling(0.0, 1.0, 16)
MOST = 6
KINDS = ("gpt-2", "whole text")
MAKERS = ("vllm", "llamacpp")
_OPENED: dict[tuple[str, ...], RemoteSolver] = {}


def saved(folder: Path, kind: str) -> Path:
    """A random model that writes plain letters, often blank lines, and never an end."""
    tokenizer = tokenizer_of(kind, chats=True)
    model = random_model(tokenizer, seed=3)
    texts = tokenizer.batch_decode([[id_] for id_ in range(len(tokenizer))])
    other = [id_ for id_, text in enumerate(texts) if not text.isascii() or id_ < 4]
    with torch.no_grad():
        model.lm_head.weight[other] = 0
    model.config.max_position_embeddings = 512
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=[(kind, maker) for kind in KINDS for maker in MAKERS])
def served(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[FakeServer]:
    kind, maker = request.param
    folder = saved(tmp_path_factory.mktemp("served"), kind)
    server = FakeServer(folder, maker=maker)
    server.folder = folder  # type: ignore[attr-defined]
    yield server
    server.close()


@pytest.fixture
def server(served: FakeServer) -> Iterator[FakeServer]:
    yield served
    for name, value in vars(Faults()).items():
        setattr(served.faults, name, value)
    served.asked.clear()


def opened(server: FakeServer, options: str = "") -> RemoteSolver:
    """Opened once: it asks its server a dozen questions each time."""
    key = server.url, server.maker, options
    if key not in _OPENED:
        _OPENED[key] = RemoteSolver(RemoteAddress.parse(server.url + options))
        server.asked.clear()
    _OPENED[key]._prompts._rests.clear()
    return _OPENED[key]


def options(server: FakeServer, tokenizer: str) -> str:
    return f"#tokenizer={server.folder}" if tokenizer == "here" else ""  # type: ignore[attr-defined]


def path(solver: RemoteSolver) -> list[StepSample]:
    """Greedy steps, each after those before it."""
    samples: list[StepSample] = []
    for _ in range(MOST):
        steps = tuple(sample.text for sample in samples)
        ids = tuple(sample.ids for sample in samples)
        [sample] = solver.sample([SampleRequest("1 + 1?", steps, 5, step_ids=ids)], GREEDY, go_on)
        samples.append(sample)
        if sample.ended != "step":
            break
    return samples


def prompts(server: FakeServer) -> list[TokenIds]:
    return [tuple(body["prompt"]) for body in server.completions()]


@pytest.mark.parametrize("tokenizer", ["here", "there"])
def test_greedy_steps_are_one_generate(server: FakeServer, tokenizer: str) -> None:
    samples = path(opened(server, options(server, tokenizer)))
    assert len(samples) > 2
    first, *later = prompts(server)
    written = [sample.ids for sample in samples if sample.ended == "step"]
    assert None not in written
    for count, prompt in enumerate(later, start=1):
        assert prompt == (*first, *chain.from_iterable(ids or () for ids in written[:count]))
    model = server.model.model
    ids = list(chain.from_iterable(ids or () for ids in written))
    expected = model.generate(
        torch.tensor([first]), max_new_tokens=len(ids), do_sample=False, pad_token_id=0
    )
    assert ids == expected[0, len(first) :].tolist()
    text = server.model.text(ids)
    steps = [sample.text for sample in samples if sample.ended == "step"]
    assert "".join("\n\n".join(steps).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("fault", "tokenizer"), [("no_ids", "here"), ("no_ids", "there"), ("no_texts", "there")]
)
def test_without_ids_steps_are_tokenised_as_running_text(
    server: FakeServer, fault: str, tokenizer: str
) -> None:
    """Nor are ids gone on from whose end nobody can read."""
    solver = opened(server, options(server, tokenizer))
    setattr(server.faults, fault, True)
    samples = path(solver)
    assert all(sample.ids is None for sample in samples)
    assert len(samples) > 1
    first, second, *_ = prompts(server)
    text = server.model.text([*second[len(first) :]])
    assert text == samples[0].text + "\n\n"


def test_siblings_that_say_the_same_in_other_ids_are_asked_apart(server: FakeServer) -> None:
    solver = opened(server)
    tokens = server.model.ids
    one, other = tuple(tokens("so\n\n")), tuple(tokens("s") + tokens("o\n\n"))
    requests = [SampleRequest("1 + 1?", ("so",), 5, step_ids=(ids,)) for ids in (one, other, one)]
    solver.sample(requests, Sampling(1.0, 1.0, 2), go_on)
    asked = prompts(server)
    assert len(asked) == len({one, other})
    for ids in {one, other}:
        assert any(prompt[-len(ids) :] == ids for prompt in asked)


def test_filters_are_passed_on(server: FakeServer) -> None:
    solver = opened(server)
    sampling = Sampling(0.9, 0.8, 2, top_k=7, min_p=0.1, repetition_penalty=1.2)
    solver.sample([SampleRequest("1 + 1?", (), 5)], sampling, go_on)
    solver.sample([SampleRequest("1 + 1?", (), 5)], Sampling(0.9, 0.8, 2), go_on)
    told, usual = server.completions()
    penalty = "repeat_penalty" if server.maker == "llamacpp" else "repetition_penalty"
    assert (told["top_k"], told["min_p"], told[penalty]) == (7, 0.1, 1.2)
    none = 0 if server.maker == "llamacpp" else -1
    assert (usual["top_k"], usual["min_p"], usual[penalty]) == (none, 0.0, 1.0)
    if server.maker == "llamacpp":
        assert told["repeat_last_n"] == len(told["prompt"]) + 2  # the whole path
        assert told["samplers"] == ["penalties", "temperature", "top_k", "top_p", "min_p"]


def test_a_server_of_another_make_takes_none_and_is_not_asked_for_ids(server: FakeServer) -> None:
    if server.maker != "vllm":
        pytest.skip("one make is enough")
    server.maker = "someone"
    try:
        solver = opened(server)
        with pytest.raises(UsageError, match="takes no top_k and no min_p"):
            solver.sample(
                [SampleRequest("1", (), 5)], Sampling(0.9, 1.0, 2, top_k=7, min_p=0.1), go_on
            )
        [sample] = solver.sample([SampleRequest("1", (), 5)], Sampling(0.9, 1.0, 2), go_on)
        assert sample.ids is None
        assert "return_token_ids" not in server.completions()[0]
    finally:
        server.maker = "vllm"
