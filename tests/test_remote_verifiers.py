"""Verifiers behind a server score as their reference code does (`run.sh` in `tests/*/`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search_core.protocols import RunCancelled, ScoreRequest, Watch
from search_core.remote import RemoteAddress, RemoteError, open_verifier
from search_core.remote.verifier import RemoteVerifier
from search_core.verifiers import FORMATS, load_verifier
from tests.fake_server import FakeServer
from tests.forced_words import LONG, TEMPLATE
from tests.remote_servers import GOLDEN, address_of, classifier, is_real, makers
from tests.tiny_models import tiny_solver

CASES: list[dict[str, Any]] = json.loads((GOLDEN / "cases.json").read_text(encoding="utf-8"))
GOLDEN_FORMATS = ("rlhflow", "math_shepherd", "qwen_prm")
TOLERANCE = 1e-3


def go_on() -> bool:
    return False


def request(case: dict[str, Any], first: int = 0, end: int | None = None) -> ScoreRequest:
    steps = tuple(case["steps"][:end])
    finished = len(steps) == len(case["steps"])
    return ScoreRequest(case["question"], steps, first, finished, (0.0,) * len(steps))


SERVERS = [(name, makers(name)[0]) for name in GOLDEN_FORMATS]
SERVERS += [(name, maker) for name in GOLDEN_FORMATS[:2] for maker in makers(name)[1:]]
NAMES = [name if maker in ("real", "vllm") else f"{name} as {maker}" for name, maker in SERVERS]


@pytest.fixture(scope="module", params=SERVERS, ids=NAMES)
def golden(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A format, and the address of its golden checkpoint."""
    name, maker = request.param
    with address_of(name, GOLDEN / name, maker) as url:
        yield name, url


@pytest.fixture(scope="module", params=[False, True], ids=["its own tokenizer", "ours"])
def verifier(golden: tuple[str, str], request: pytest.FixtureRequest) -> tuple[str, RemoteVerifier]:
    name, url = golden
    if name == "qwen_prm" and is_real(name) and not request.param:
        pytest.skip("transformers gives a model of type qwen2 a tokenizer that splits otherwise")
    ours = f"&tokenizer={GOLDEN / name}" if request.param else ""
    return name, open_verifier(RemoteAddress.parse(f"{url}#format={name}{ours}"))


def test_golden_scores(
    verifier: tuple[str, RemoteVerifier], record_property: pytest.RecordProperty
) -> None:
    name, remote = verifier
    replies = remote.score([request(case) for case in CASES], go_on)
    worst = 0.0
    for case, reply in zip(CASES, replies, strict=True):
        expected = case["expected"][name]
        assert len(reply.scores) == len(expected)
        differences = (abs(a - b) for a, b in zip(reply.scores, expected, strict=True))
        worst = max(worst, *differences)
    record_property("largest_difference", worst)
    print(f"{name}: largest difference {worst:.2e}")
    assert worst < TOLERANCE


def test_step_by_step(verifier: tuple[str, RemoteVerifier]) -> None:
    name, remote = verifier
    for case in CASES[:2]:
        for step, expected in enumerate(case["expected"][name]):
            (reply,) = remote.score([request(case, step, step + 1)], go_on)
            assert reply.scores == pytest.approx([expected], abs=TOLERANCE)
            assert reply.tokens + reply.reused > 0


def test_a_path_that_occurs_twice_is_asked_once(verifier: tuple[str, RemoteVerifier]) -> None:
    _, remote = verifier
    first, second = remote.score([request(CASES[0])] * 2, go_on)
    assert first.scores == second.scores
    assert second.tokens == 0
    assert second.reused == first.tokens + first.reused


def test_cancelling(verifier: tuple[str, RemoteVerifier]) -> None:
    with pytest.raises(RunCancelled):
        verifier[1].score([request(CASES[0])], lambda: True)
    assert verifier[1].info.device == "remote"


def test_token_classification(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Equal to the same checkpoint in this process."""
    folder = classifier(tmp_path_factory.mktemp("classifier"))
    here = load_verifier(folder, device="cpu", dtype="float32")
    with address_of("token_classification", folder) as url:
        remote = open_verifier(
            RemoteAddress.parse(f"{url}#format=token_classification&tokenizer={folder}")
        )
        for finished in (False, True):
            asked = ScoreRequest("1 + 2", ("a step.", "b", ""), 1, finished, (0.0,) * 3)
            (there,) = remote.score([asked], go_on)
            (local,) = here.score([asked], go_on)
            assert there.scores == pytest.approx(local.scores, abs=TOLERANCE)


@pytest.mark.parametrize("name", ["genprm", "judge", "trl:blank-line"])
@pytest.mark.parametrize("ours", [False, True], ids=["its own tokenizer", "ours"])
def test_further_rows_of_the_table(tmp_path: Path, name: str, ours: bool) -> None:
    """Equal to the same checkpoint in this process."""
    labels = name.startswith("trl")
    folder = classifier(tmp_path) if labels else tiny_solver(tmp_path, template=TEMPLATE, **LONG)
    here = load_verifier(folder, format=name, device="cpu", dtype="float32")
    server = FakeServer(folder, "classifier" if labels else "language model", context=4096)
    address = f"{server.url}#format={name}" + (f"&tokenizer={folder}" if ours else "")
    try:
        if name == "genprm" and not ours:
            with pytest.raises(RemoteError, match="does not say which token ends a turn"):
                open_verifier(RemoteAddress.parse(address))
            return
        remote = open_verifier(RemoteAddress.parse(address))
        for finished in (False, True):
            asked = ScoreRequest("1 + 2", ("a step.", "b", "c"), 1, finished, (0.0,) * 3)
            (there,) = remote.score([asked], go_on)
            (local,) = here.score([asked], go_on)
            assert there.scores == pytest.approx(local.scores, abs=TOLERANCE)
    finally:
        server.close()


@pytest.fixture
def choiceless() -> Iterator[FakeServer]:
    """A server that gives the most probable tokens only."""
    server = FakeServer(GOLDEN / "rlhflow", context=1024)
    server.faults.no_choice = True
    yield server
    server.close()


def test_the_most_probable_tokens_do_where_none_can_be_chosen(choiceless: FakeServer) -> None:
    remote = open_verifier(RemoteAddress.parse(f"{choiceless.url}#format=rlhflow"))
    watch = Watch(go_on)
    (reply,) = remote.score([request(CASES[0])], watch)
    assert reply.scores == pytest.approx(CASES[0]["expected"]["rlhflow"], abs=TOLERANCE)
    assert choiceless.completions()[-1]["logprobs"] == 20
    assert watch.warnings() == []


def test_too_few_probable_tokens(choiceless: FakeServer) -> None:
    """With one of the two missing the run is warned; with both it fails."""
    remote = open_verifier(RemoteAddress.parse(f"{choiceless.url}#format=rlhflow"))
    watch = Watch(go_on)
    warned, failed = [], []
    for choiceless.faults.top in range(1, 477, 4):
        try:
            remote.score([request(CASES[0], 2)], watch)
        except RemoteError as error:
            failed.append(str(error))
        warned += watch.warnings()
        remote.release("", "")
        if warned:
            break
    assert failed
    assert all("neither + nor -" in message for message in failed)
    assert "a little too close to a half" in warned[0]


def test_a_format_is_asked_for() -> None:
    with pytest.raises(ValueError, match="rlhflow, math_shepherd, qwen_prm") as caught:
        open_verifier(RemoteAddress.parse("http://localhost:1/v1"))
    for name in ("skywork", "implicit", "outcome"):
        assert not FORMATS[name].servers
        assert name not in str(caught.value)
        with pytest.raises(ValueError, match=f"No server can read a verifier of format {name}"):
            open_verifier(RemoteAddress.parse(f"http://localhost:1/v1#format={name}"))
    with pytest.raises(ValueError, match="'abacus' is unknown"):
        open_verifier(RemoteAddress.parse("http://localhost:1/v1#format=abacus"))


def test_a_classifier_is_no_token_pair() -> None:
    server = FakeServer(GOLDEN / "qwen_prm", "qwen_prm")
    try:
        with pytest.raises(RemoteError, match="404"):
            open_verifier(RemoteAddress.parse(f"{server.url}#format=rlhflow"))
    finally:
        server.close()


@pytest.mark.parametrize("maker", ["sglang", "llamacpp"])
def test_only_vllm_classifies_tokens(maker: str) -> None:
    server = FakeServer(GOLDEN / "rlhflow", maker=maker)
    try:
        with pytest.raises(RemoteError, match=r"qwen_prm needs vLLM.*rlhflow, math_shepherd"):
            open_verifier(RemoteAddress.parse(f"{server.url}#format=qwen_prm"))
    finally:
        server.close()


def test_a_bias_that_is_ignored() -> None:
    """The two are then among other tokens, or missing."""
    server = FakeServer(GOLDEN / "rlhflow", maker="llamacpp")
    server.faults.no_choice = True
    try:
        with pytest.raises(RemoteError, match="does not take logit_bias"):
            open_verifier(RemoteAddress.parse(f"{server.url}#format=rlhflow"))
    finally:
        server.close()


def test_the_number_of_scores_is_the_number_of_steps() -> None:
    """A marker spelt out in a step is a marker to a server's own tokenizer."""
    server = FakeServer(GOLDEN / "qwen_prm", "qwen_prm")
    try:
        remote = open_verifier(RemoteAddress.parse(f"{server.url}#format=qwen_prm"))
        asked = ScoreRequest("?", ("a <extra_0> b",), 0, False, (0.0,))
        with pytest.raises(RemoteError, match="2 scores for 1 steps"):
            remote.score([asked], go_on)
    finally:
        server.close()
