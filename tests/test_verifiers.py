"""Verifiers: scores equal a naive recomputation, alone and in a ragged batch."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaForTokenClassification

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.engine.reading.path_reading import ReadResult
from search_core.protocols import RunCancelled, ScoreRequest, StepScores
from search_core.verifiers import LogProbabilityVerifier, TransformersVerifier, load_verifier
from tests.tiny_models import tiny_tokenizer, tiny_verifier

TOKENS = tiny_tokenizer()


def go_on() -> bool:
    return False


def request(
    *steps: str, first: int = 0, finished: bool = False, problem: str = "3 + 4"
) -> ScoreRequest:
    return ScoreRequest(problem, steps, first, finished, (-1.0,) * len(steps))


REQUESTS = [
    request("a"),
    request("a longer step.", "b", "c"),
    request("x" * 60, "y", first=1),
    request("a", "The answer is 7.", first=1, finished=True),
    request("The answer is 7.", finished=True, problem="Use 3 7 8"),
    request(""),
]


def naive(model: LlamaForTokenClassification, one: ScoreRequest) -> list[float]:
    """Renders the path as text, one forward pass, reads at the ends of the steps."""
    text = f"<|user|>{one.problem}<|assistant|>"
    ends = []
    for index, step in enumerate(one.steps):
        last = one.finished and index == len(one.steps) - 1
        text += step + ("<|end|>" if last else "\n\n")
        ends.append(len(TOKENS(text, add_special_tokens=False)["input_ids"]) - 1)
    ids = torch.tensor([TOKENS(text, add_special_tokens=False)["input_ids"]])
    with torch.inference_mode():
        logits = model(ids).logits[0]
    scores = logits.softmax(-1)[:, 1] if logits.shape[-1] == 2 else logits.sigmoid()[:, 0]
    return [scores[end].item() for end in ends[one.first :]]


@pytest.mark.parametrize("labels", [1, 2])
def test_scores_equal_a_naive_recomputation(tmp_path: Path, labels: int) -> None:
    folder = tiny_verifier(tmp_path / "verifier", labels=labels)
    verifier = load_verifier(folder, device="cpu")
    model = LlamaForTokenClassification.from_pretrained(folder).eval()
    together = verifier.score(REQUESTS, go_on)
    tight = TransformersVerifier(verifier._loaded, memory_budget=1).score(REQUESTS, go_on)
    for one, scores, split in zip(REQUESTS, together, tight, strict=True):
        assert scores.scores == pytest.approx(naive(model, one), abs=1e-5)
        assert len(scores.scores) == len(one.steps) - one.first
        (alone,) = verifier.score([one], go_on)
        assert alone.scores == pytest.approx(scores.scores, abs=1e-5)
        assert alone.tokens + alone.reused == scores.tokens + scores.reused
        assert split.scores == pytest.approx(scores.scores, abs=1e-5)
    assert len({scores.scores[0] for scores in together}) == len(REQUESTS)


def test_the_likelihood_of_a_solution_counts_where_the_config_says_so(tmp_path: Path) -> None:
    folder = tiny_verifier(tmp_path / "verifier")
    config = json.loads((folder / "config.json").read_text())
    config["score_reading"] = {
        "step": {"head": 1.0, "total": 0.25, "least": 0.5, "shift": 0.0},
        "solution": {"head": 2.0, "total": 0.5, "least": 0.0, "shift": -1.0, "curve": CURVE},
    }
    (folder / "config.json").write_text(json.dumps(config))
    verifier = load_verifier(folder, device="cpu")
    model = LlamaForTokenClassification.from_pretrained(folder).eval()
    for one, scores in zip(REQUESTS, verifier.score(REQUESTS, go_on), strict=True):
        assert scores.scores == pytest.approx(naive_with_likelihood(model, one), abs=1e-5)


# Rises everywhere, with one corner.
CURVE = [[-900.0, -4.0], [-65.0, 0.5], [60.0, 3.0]]


def naive_with_likelihood(model: LlamaForTokenClassification, one: ScoreRequest) -> list[float]:
    """Token by token: what the model thinks of each, and the least of it."""
    ids = TOKENS(f"<|user|>{one.problem}<|assistant|>", add_special_tokens=False)["input_ids"]
    wanted, total, least = [], 0.0, 0.0
    for index, step in enumerate(one.steps):
        last = one.finished and index == len(one.steps) - 1
        written = step + ("<|end|>" if last else "\n\n")
        for token in TOKENS(written, add_special_tokens=False)["input_ids"]:
            with torch.inference_mode():
                hidden = model.model(torch.tensor([ids])).last_hidden_state[0, -1]
                known = torch.log_softmax(model.get_input_embeddings().weight @ hidden, -1)
            total, least = total + known[token].item(), min(least, known[token].item())
            ids = [*ids, token]
        with torch.inference_mode():
            wrong, right = model(torch.tensor([ids])).logits[0, -1].tolist()
        logit = right - wrong + 0.25 * total + 0.5 * least
        if last:
            plain = 2 * (right - wrong) + 0.5 * total - 1
            logit = float(np.interp(plain, *zip(*CURVE, strict=True)))
        wanted.append(1 / (1 + math.exp(-logit)))
    return wanted[one.first :]


@pytest.mark.parametrize(
    "weights",
    [{"total": "much"}, {"curve": [[0, 0]]}, {"curve": [[0, 1], [1, 0]]}, {"curve": [1, 2]}],
)
def test_a_reading_that_makes_no_sense_is_named(tmp_path: Path, weights: dict[str, Any]) -> None:
    folder = tiny_verifier(tmp_path / "verifier")
    config = json.loads((folder / "config.json").read_text())
    config["score_reading"] = {"step": weights}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelLoadError, match="score_reading"):
        load_verifier(folder, device="cpu")


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> TransformersVerifier:
    return load_verifier(tiny_verifier(tmp_path_factory.mktemp("verifier")), device="cpu")


def test_a_path_that_occurs_twice_is_computed_once(verifier: TransformersVerifier) -> None:
    whole, last = request("a", "b"), request("a", "b", first=1)
    finished = request("a", "b", finished=True)
    one, two, three = verifier.score([whole, last, finished], go_on)
    length = len(
        TOKENS("<|user|>3 + 4<|assistant|>a\n\nb\n\n", add_special_tokens=False)["input_ids"]
    )
    assert (one.tokens, one.reused) == (length, 0)
    assert (two.tokens, two.reused) == (0, length)
    assert two.scores == one.scores[1:]
    # Nothing but its end is another: the problem and the first step were read already.
    assert three.tokens + three.reused == length
    assert three.scores[0] == pytest.approx(one.scores[0], abs=1e-6)
    assert three.scores[1] != pytest.approx(one.scores[1], abs=1e-6)


def test_info(verifier: TransformersVerifier) -> None:
    assert verifier.info.shape is not None
    assert verifier.info.shape.outputs == 2


def test_cancelling(verifier: TransformersVerifier) -> None:
    with pytest.raises(RunCancelled):
        verifier.score(REQUESTS, lambda: True)


def test_too_long(verifier: TransformersVerifier) -> None:
    with pytest.raises(ValueError, match="reads at most 256"):
        verifier.score([request("x" * 300)], go_on)


def test_not_a_number_names_the_verifier(tmp_path: Path) -> None:
    verifier = load_verifier(tiny_verifier(tmp_path / "broken"), device="cpu")
    with torch.no_grad():
        verifier._loaded.model.score.bias[0] = float("nan")
    with pytest.raises(ValueError, match="Verifier broken gave scores that are not numbers"):
        verifier.score([request("a")], go_on)


def test_wrong_number_of_scores_shows_both(
    verifier: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "search_core.engine.reading.reader.Reader.read",
        lambda reader, asked: [ReadResult((0.5,), 1, 0) for _ in asked],
    )
    with pytest.raises(ValueError, match="gave 1 scores for 2 steps"):
        verifier.score([request("a", "b")], go_on)


def test_log_probability() -> None:
    verifier = LogProbabilityVerifier()
    assert verifier.info.name == "log-probability"
    one = ScoreRequest("p", ("a", "b", "c"), 1, False, (-5.0, math.log(0.25), 1e-9))
    assert verifier.score([one], go_on) == [StepScores((pytest.approx(0.25), 1.0))]
    assert verifier.score([ScoreRequest("p", ("a",), 0, True, (-1e9,))], go_on)[0].scores == (0.0,)
    with pytest.raises(ValueError, match="2 log-probabilities for 1 steps"):
        verifier.score([ScoreRequest("p", ("a",), 0, False, (-1.0, -2.0))], go_on)
    with pytest.raises(ValueError, match="log-probability got a log-prob"):
        verifier.score([ScoreRequest("p", ("a",), 0, False, (math.nan,))], go_on)
