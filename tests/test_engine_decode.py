"""Decoding: a sequence gets what it gets alone, and what a full recomputation says."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    StableLmConfig,
    StableLmForCausalLM,
)
from transformers.generation.logits_process import TopPLogitsWarper

from search_core.engine.memory.budget import MemoryBudget
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.sampling import Draws, draw, uniform_numbers
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import RunCancelled, Sampling
from tests.decoding import decode, go_on
from tests.tiny_models import VOCABULARY, tiny_config

NEVER = StopTable(frozenset(), frozenset(), frozenset(), frozenset())
OFTEN = StopTable(frozenset(range(0, VOCABULARY, 7)), frozenset(), frozenset(), frozenset({3}))
SAMPLING = Sampling(0.9, 0.95, 24)


@pytest.fixture(scope="module")
def model() -> Any:
    torch.manual_seed(0)
    return LlamaForCausalLM(tiny_config()).eval()


def sliding_model() -> Any:
    torch.manual_seed(0)
    values = tiny_config().to_dict()
    wanted = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
    config = MistralConfig(
        **{name: values[name] for name in wanted},
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=48,
        initializer_range=0.3,
        sliding_window=6,
    )
    return MistralForCausalLM(config).eval()


def capped_model() -> Any:
    """One whose scores have a cap."""
    torch.manual_seed(0)
    config = Gemma2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=48,
        initializer_range=0.3,
        pad_token_id=0,
    )
    return Gemma2ForCausalLM(config).eval()


def whole_path_model() -> Any:
    """One that computes its attention itself: its paths cannot be cut."""
    torch.manual_seed(0)
    config = StableLmConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        initializer_range=0.3,
        pad_token_id=0,
    )
    return StableLmForCausalLM(config).eval()


def some_requests(limit: int = 24) -> list[DecodeRequest]:
    """Prompts of 3 to 19 tokens, most of them shared, every seed different."""
    dice = random.Random(5)
    prompts = [tuple(dice.randrange(4, VOCABULARY) for _ in range(n)) for n in (3, 8, 8, 19, 12)]
    return [DecodeRequest(dice.choice(prompts), dice.randrange(2**63), limit) for _ in range(24)]


def assert_same(found: list[DecodeResult], expected: list[DecodeResult]) -> None:
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.tokens == theirs.tokens
        assert mine.ended == theirs.ended
        assert mine.logprob == pytest.approx(theirs.logprob, abs=1e-4)


@pytest.mark.parametrize("kind", ["full", "sliding", "capped", "eager"])
@pytest.mark.parametrize("sampling", [SAMPLING, Sampling(0, 1, 24), Sampling(0.3, 1, 24)])
def test_a_sequence_does_not_depend_on_its_batch(model: Any, kind: str, sampling: Sampling) -> None:
    if kind == "sliding":
        model = sliding_model()
    elif kind == "capped":
        model = capped_model()
    elif kind == "eager":
        model = LlamaForCausalLM(tiny_config(attn_implementation="eager")).eval()
    requests = some_requests()
    together = decode(model, requests, sampling, OFTEN, go_on)
    lengths = {len(result.tokens) for result in together}
    assert len(lengths) > 2 or kind == "capped"  # ragged, so compacted (here where it is sampled)
    some = slice(1, None, 3)  # all prompts are among them
    assert {request.prompt for request in requests[some]} == {each.prompt for each in requests}
    alone = [decode(model, [request], sampling, OFTEN, go_on)[0] for request in requests[some]]
    assert_same(together[some], alone)
    order = list(range(len(requests)))
    random.Random(1).shuffle(order)
    shuffled = decode(model, [requests[index] for index in order], sampling, OFTEN, go_on)
    assert_same([together[index] for index in order], shuffled)
    assert_same(
        decode(model, requests, sampling, OFTEN, go_on, budget=MemoryBudget(200_000)), together
    )


def test_greedy_equals_generate(model: Any) -> None:
    for request in some_requests(12)[:6]:
        ids = torch.tensor([request.prompt])
        expected = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=12,
            do_sample=False,
            eos_token_id=None,
        )[0, len(request.prompt) :]
        result = decode(model, [request], Sampling(0, 1, 12), NEVER, go_on)[0]
        assert result.tokens == expected.tolist()
        assert result.ended == "length"


@pytest.mark.parametrize("sampling", [SAMPLING, Sampling(0, 1, 24)])
def test_logprob_is_that_of_a_full_recomputation(model: Any, sampling: Sampling) -> None:
    requests = some_requests()
    for request, result in zip(
        requests, decode(model, requests, sampling, OFTEN, go_on), strict=True
    ):
        ids = torch.tensor([[*request.prompt, *result.tokens]])
        with torch.inference_mode():
            logprobs = model(ids).logits[0].float().log_softmax(-1)
        where = torch.arange(len(request.prompt) - 1, ids.shape[1] - 1)
        expected = logprobs[where, ids[0, len(request.prompt) :]].sum().item()
        assert result.logprob == pytest.approx(expected, abs=1e-4)


def test_frequencies_follow_temperature_and_nucleus(model: Any) -> None:
    prompt = (10, 20, 30)
    count = 6000
    with torch.inference_mode():
        logits = model(torch.tensor([prompt])).logits[:, -1]
    warped = TopPLogitsWarper(0.7)(torch.tensor([prompt]), logits / 1.3).softmax(-1)[0]
    requests = [DecodeRequest(prompt, seed, 1) for seed in range(count)]
    results = decode(model, requests, Sampling(1.3, 0.7, 1), NEVER, go_on)
    seen = Counter(result.tokens[0] for result in results)
    assert all(warped[token] > 0 for token in seen)
    for token, share in enumerate(warped.tolist()):
        spread = 5 * (share * (1 - share) / count) ** 0.5 + 1e-9
        assert abs(seen[token] / count - share) < spread


def draws(uniform: list[float], *samplings: Sampling) -> Draws:
    return Draws.of(uniform, samplings, torch.device("cpu"))


def test_draw_stays_inside_at_the_edges() -> None:
    logits = torch.tensor([[0.0, 5.0, float("-inf"), 1.0]]).repeat(3, 1)
    uniform = [0.0, 0.5, 1 - 2.0**-24]
    for temperature in (1e-6, 1.0, 2.0):
        for top_p in (1e-6, 0.5, 1.0):
            sampling = Sampling(temperature, top_p)
            tokens, logprobs = draw(logits, draws(uniform, *[sampling] * 3))
            assert torch.isfinite(logprobs).all()
            assert 2 not in tokens.tolist()
    cold = draws(uniform, *[Sampling(1e-6, 1.0)] * 3)
    assert draw(logits, cold)[0].tolist() == [1, 1, 1]


def test_a_row_is_drawn_as_if_all_were_drawn_its_way() -> None:
    torch.manual_seed(3)
    kinds = [Sampling(0), Sampling(0.7, 0.9), Sampling(1.3), Sampling(0.8, 0.98), Sampling(1)]
    for _ in range(20):
        logits = 2 * torch.randn(15, 60)
        uniform = torch.rand(15, dtype=torch.float64).tolist()
        mixed = [kinds[row % len(kinds)] for row in range(15)]
        tokens, logprobs = draw(logits, draws(uniform, *mixed))
        for row, sampling in enumerate(mixed):
            alone = draw(logits[row : row + 1], draws(uniform[row : row + 1], sampling))
            assert tokens[row] == alone[0][0] == _plainly(logits[row], uniform[row], sampling)
            assert logprobs[row] == alone[1][0]


def _plainly(logits: torch.Tensor, uniform: float, sampling: Sampling) -> int:
    """The same draw in the vocabulary's order, one token after the other."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    logprobs = logits.log_softmax(-1)
    weights = ((logprobs - logprobs.max()) / sampling.temperature).exp().double().tolist()
    if sampling.top_p < 1:
        before, whole = 0.0, sum(weights)
        for token in sorted(range(len(weights)), key=lambda id_: -weights[id_]):
            weight = weights[token]
            if before / whole >= sampling.top_p:
                weights[token] = 0.0
            before += weight
    target, reached = uniform * sum(weights), 0.0
    for token, weight in enumerate(weights):
        reached += weight
        if reached > target:
            return token
    return len(weights) - 1


def test_uniform_numbers_belong_to_the_seed() -> None:
    numbers = uniform_numbers(2**63 - 1, 40)
    assert numbers[:7].tolist() == uniform_numbers(2**63 - 1, 7).tolist()
    assert numbers.tolist() != uniform_numbers(5, 40).tolist()
    assert numbers.min() >= 0
    assert numbers.max() < 1
    for seed in (0, 5, 2**32 + 1, 2**63 - 1):
        usual = np.random.Generator(np.random.Philox(key=seed)).random(40)
        assert uniform_numbers(seed, 40).tolist() == usual.tolist()


class Counting:
    """A model that counts the tokens of its calls.

    Attributes:
        read: Of each call that reads prompts.
        steps: Of each call that reads every sequence's last token.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.read: list[int] = []
        self.steps: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, **inputs: Any) -> Any:
        calls = self.read if "logits_to_keep" in inputs else self.steps
        calls.append(inputs["input_ids"].numel())
        return self._model(**inputs)


def test_prompts_are_read_once_and_finished_sequences_leave(model: Any) -> None:
    requests = some_requests()
    counting = Counting(model)
    results = decode(counting, requests, SAMPLING, OFTEN)
    distinct = {request.prompt for request in requests}
    # The last token of a prompt is read by the pass that draws what follows it.
    assert counting.read == [sum(len(prompt) - 1 for prompt in distinct)]
    assert counting.steps[0] == len(distinct)
    for position, count in enumerate(counting.steps[1:], start=1):
        assert count == sum(len(result.tokens) > position for result in results)
    assert sum(result.prefilled for result in results) == sum(map(len, distinct))
    for request, result in zip(requests, results, strict=True):
        assert result.prefilled + result.reused == len(request.prompt)
        assert result.known == 0


@pytest.mark.parametrize("after", [0, 1, 2, 9])
def test_cancelling_takes_one_token(model: Any, after: int) -> None:
    counting = Counting(model)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    with pytest.raises(RunCancelled):
        decode(counting, some_requests(), SAMPLING, NEVER, cancelled)
    assert len(counting.steps) == after


def test_stop_table_sees_a_delimiter_in_one_token_and_across_two() -> None:
    table = StopTable(frozenset({5}), frozenset({6, 7}), frozenset({6, 8}), frozenset({3}))
    assert table.ended(5, None) == "step"
    assert table.ended(6, 6) == "step"
    assert table.ended(8, 7) == "step"
    assert table.ended(6, None) is None
    assert table.ended(7, 6) is None
    assert table.ended(3, 6) == "end"


def test_broken_weights_are_an_error() -> None:
    model = LlamaForCausalLM(tiny_config()).eval()
    with torch.no_grad():
        model.lm_head.weight[3, 3] = float("nan")
    with pytest.raises(ValueError, match="not a number"):
        decode(model, [DecodeRequest((5, 6), 0, 3)], SAMPLING, NEVER, go_on)


def test_an_empty_prompt_is_an_error(model: Any) -> None:
    with pytest.raises(ValueError, match="0 prompt tokens"):
        DecodeRequest((), 0, 3)
    assert decode(model, [], SAMPLING, NEVER, go_on) == []
