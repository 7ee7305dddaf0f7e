"""Top-k, min-p and the repetition penalty are what transformers makes of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from search_core.engine.writing.requests import DecodeRequest
from search_core.engine.writing.sampling import Draws, draw
from search_core.engine.writing.seen_tokens import SeenTokens
from search_core.engine.writing.stopping import StopTable
from search_core.models import default_sampling
from search_core.protocols import Sampling
from tests.decoding import decode
from tests.tiny_models import VOCABULARY, tiny_config

CPU = torch.device("cpu")
WORDS = 80
KINDS = [
    Sampling(0.9, top_k=5),
    Sampling(1.2, 0.8, top_k=20),
    Sampling(1.0, min_p=0.2),
    Sampling(0.7, 0.9, top_k=30, min_p=0.05),
    Sampling(1.1, repetition_penalty=1.4),
    Sampling(0.8, 0.95, top_k=10, min_p=0.1, repetition_penalty=0.6),
    Sampling(1.0, top_k=10**6),
    Sampling(1.0),
]


def kept_by_transformers(logits: torch.Tensor, seen: list[int], sampling: Sampling) -> Any:
    """Probabilities of all tokens."""
    steps = LogitsProcessorList()
    if sampling.repetition_penalty != 1:
        steps.append(RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty))
    steps.append(TemperatureLogitsWarper(sampling.temperature))
    if sampling.top_k:
        steps.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        steps.append(TopPLogitsWarper(sampling.top_p))
    if sampling.min_p:
        steps.append(MinPLogitsWarper(sampling.min_p))
    return steps(torch.tensor([seen]), logits[None].clone())[0].softmax(-1)


def test_every_token_is_drawn_as_often_as_by_transformers() -> None:
    """By its share of the numbers it is drawn with: the numbers go through all of them."""
    torch.manual_seed(5)
    dice = random.Random(5)
    grid = 2000
    uniform = [(place + 0.5) / grid for place in range(grid)]
    for _ in range(3):
        for sampling in KINDS:
            logits = 2.5 * torch.randn(WORDS)
            seen = [dice.randrange(WORDS) for _ in range(25)]
            expected = kept_by_transformers(logits, seen, sampling)
            draws = Draws.of(uniform, [sampling] * grid, CPU)
            penalties = [sampling.repetition_penalty] * grid
            known = SeenTokens.of([set(seen)] * grid, penalties, WORDS, CPU)
            tokens, logprobs = draw(logits.repeat(grid, 1), draws, known)
            shares = torch.bincount(tokens, minlength=WORDS) / grid
            assert (shares - expected).abs().max() <= 1.5 / grid
            assert not shares[expected == 0].any()
            assert torch.allclose(logprobs, logits.log_softmax(-1)[tokens], atol=1e-5)


def test_rows_of_all_kinds_are_drawn_together_as_alone() -> None:
    torch.manual_seed(6)
    dice = random.Random(6)
    rows = [*KINDS, Sampling(0.0), Sampling(0.0, repetition_penalty=1.5)] * 3
    logits = 2 * torch.randn(len(rows), WORDS)
    uniform = torch.rand(len(rows), dtype=torch.float64).tolist()
    seen = [{dice.randrange(WORDS) for _ in range(20)} for _ in rows]
    penalties = [sampling.repetition_penalty for sampling in rows]
    some = [tokens if penalty != 1 else () for tokens, penalty in zip(seen, penalties, strict=True)]
    together = SeenTokens.of(some, penalties, WORDS, CPU)
    tokens, _ = draw(logits, Draws.of(uniform, rows, CPU), together)
    for row, sampling in enumerate(rows):
        alone = SeenTokens.of([seen[row]], [sampling.repetition_penalty], WORDS, CPU)
        one = Draws.of([uniform[row]], [sampling], CPU)
        assert tokens[row] == draw(logits[row : row + 1], one, alone)[0][0]


def test_greedy_with_a_penalty_is_what_generate_writes() -> None:
    """The whole path counts, its prompt too, and each step adds to it."""
    torch.manual_seed(1)
    model = LlamaForCausalLM(tiny_config()).eval()
    prompt = tuple(range(40, 60))
    never = StopTable(frozenset(), frozenset(), frozenset(), frozenset())
    written = {}
    for penalty in (1.0, 1.3):
        sampling = Sampling(0.0, repetition_penalty=penalty)
        [result] = decode(model, [DecodeRequest(prompt, 1, 40)], sampling, never)
        model.generation_config.eos_token_id = None
        expected = model.generate(
            torch.tensor([prompt]),
            max_new_tokens=40,
            do_sample=False,
            repetition_penalty=penalty,
            pad_token_id=0,
        )
        assert result.tokens == expected[0, len(prompt) :].tolist()
        written[penalty] = result.tokens
    assert written[1.0] != written[1.3]


def test_a_token_that_the_model_cannot_write_needs_no_penalty() -> None:
    seen = SeenTokens.of([{1, VOCABULARY + 5}], [2.0], VOCABULARY, CPU)
    assert seen.tokens.tolist() == [1]
    assert SeenTokens.of([()], [1.0], VOCABULARY, CPU).tokens.tolist() == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"top_k": 20, "min_p": 0.05, "repetition_penalty": 1.1}, (20, 0.05, 1.1)),
        ({"top_k": 50.0, "min_p": 0, "repetition_penalty": 1}, (50, 0.0, 1.0)),
        ({"top_k": None, "min_p": None, "repetition_penalty": None}, (0, 0.0, 1.0)),
        ({"top_k": -1, "min_p": 1.5, "repetition_penalty": 0}, (0, 0.0, 1.0)),
        ({"top_k": True, "min_p": "0.1", "repetition_penalty": [1.2]}, (0, 0.0, 1.0)),
        ({}, (0, 0.0, 1.0)),
    ],
)
def test_a_generation_config_is_honoured(
    tmp_path: Path, written: dict[str, Any], expected: tuple[int, float, float]
) -> None:
    (tmp_path / "generation_config.json").write_text(json.dumps(written))
    found = default_sampling(str(tmp_path))
    assert (found.top_k, found.min_p, found.repetition_penalty) == expected
    assert type(found.top_k) is int


@pytest.mark.parametrize(
    ("name", "value"), [("top_k", -1), ("min_p", 1.1), ("repetition_penalty", 0.0)]
)
def test_what_is_out_of_range_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is .*must be"):
        Sampling(**{name: value})  # type: ignore[arg-type]


def test_a_log_says_only_what_changes_something() -> None:
    assert Sampling(0.5).said() == {"temperature": 0.5, "top_p": 1.0, "max_step_tokens": 96}
    full = Sampling(0.5, 0.9, 12, top_k=3, min_p=0.1, repetition_penalty=1.2)
    assert Sampling(**full.said()) == full  # type: ignore[arg-type]
