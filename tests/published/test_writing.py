"""What the model writes in a search is what it writes by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from search_core.engine import four_bit_weights
from search_core.engine.half_weights import NAME
from search_core.models import ModelPair
from search_core.protocols import SampleRequest, Sampling, Solver, StepSample
from search_core.solvers import load_solver
from tests.decoding import go_on
from tests.published.conftest import NAMED
from tests.published.prompts import PROMPTS

MOST_STEPS, STEP_TOKENS = 3, 64
NEARLY = 1e-3
"""Logits that differ by less may change places with the order of addition."""
SEVERAL_STEPS = 12
"""Answers of more than one step, at least: between steps is where it could go wrong."""


@dataclass
class Path:
    """One problem, and what was written to it step by step."""

    problem: str
    steps: list[StepSample] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [token for step in self.steps for token in step.ids or ()]

    @property
    def goes_on(self) -> bool:
        return len(self.steps) < MOST_STEPS and all(one.ended == "step" for one in self.steps)

    def request(self, seed: int = 0) -> SampleRequest:
        texts = tuple(step.text for step in self.steps)
        ids = tuple(step.ids for step in self.steps)
        return SampleRequest(self.problem, texts, seed, step_ids=ids)


def write(solver: Solver, problems: Any, sampling: Sampling) -> list[Path]:
    """All problems at once, step by step."""
    paths = [Path(problem) for problem in problems]
    while left := [path for path in paths if path.goes_on]:
        requests = [path.request(hash_of(path)) for path in left]
        for path, step in zip(left, solver.sample(requests, sampling, go_on), strict=True):
            path.steps.append(step)
    return paths


def hash_of(path: Path) -> int:
    return sum(map(ord, path.problem)) * MOST_STEPS + len(path.steps)


@pytest.fixture(scope="module")
def greedy(pair: ModelPair) -> list[Path]:
    return write(pair.solver, PROMPTS, Sampling(0, 1, STEP_TOKENS))


def prompt_of(tokenizer: Any, system: str, problem: str) -> str:
    turns = [{"role": "system", "content": system}, {"role": "user", "content": problem}]
    text: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return text


def ended(tokenizer: Any, path: Path) -> list[int]:
    return [tokenizer.eos_token_id] if path.steps[-1].ended == "end" else []


def read_at_once(model: Any, tokenizer: Any, pair: ModelPair, path: Path) -> tuple[Any, Any]:
    """Problem and all that was written, in one pass: for each id that was written the logits
    in its place, and those ids."""
    text = prompt_of(tokenizer, pair.system_prompt, path.problem)
    prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
    ids = torch.tensor([prompt + path.ids + ended(tokenizer, path)])
    return model(ids).logits[0, len(prompt) - 1 : -1], ids[0, len(prompt) :]


def test_greedy_over_steps_is_generate(
    greedy: list[Path], pair: ModelPair, reference: tuple[Any, Any]
) -> None:
    """Every token is the likeliest after all before it, which is what `generate` writes; and a
    few are written by `generate` itself, which takes far longer."""
    model, tokenizer = reference
    assert len(greedy) == 40
    assert sum(len(path.steps) > 1 for path in greedy) >= SEVERAL_STEPS
    for path in greedy:
        logits, wanted = read_at_once(model, tokenizer, pair, path)
        chosen = logits.gather(1, wanted[:, None])[:, 0]
        assert (chosen >= logits.max(-1).values - NEARLY).all(), path.problem
    some = sorted(greedy, key=lambda path: len(path.problem))[::7]
    prompts = [prompt_of(tokenizer, pair.system_prompt, path.problem) for path in some]
    batch = tokenizer(prompts, padding=True, return_tensors="pt", add_special_tokens=False)
    longest = max(len(path.ids) for path in some)
    rows = model.generate(**batch, do_sample=False, max_new_tokens=longest + 1)
    for path, row in zip(some, rows[:, batch["input_ids"].shape[1] :].tolist(), strict=True):
        expected = path.ids + ended(tokenizer, path)
        assert row[: len(expected)] == expected, path.problem


def test_log_probabilities_are_the_models(
    greedy: list[Path], pair: ModelPair, reference: tuple[Any, Any]
) -> None:
    model, tokenizer = reference
    for path in greedy[::5]:
        logits, wanted = read_at_once(model, tokenizer, pair, path)
        each = logits.log_softmax(-1).gather(1, wanted[:, None])[:, 0].tolist()
        for step in path.steps:
            assert step.logprob == pytest.approx(sum(each[: step.tokens]), abs=1e-3)
            each = each[step.tokens :]
        assert each == []


def test_a_step_is_what_it_is_alone(pair: ModelPair) -> None:
    sampling = Sampling(0.8, 0.95, 16)
    some = PROMPTS[2:34:6]
    crowd = write(pair.solver, some, sampling)
    for path in crowd:
        (alone,) = write(pair.solver, [path.problem], sampling)
        assert alone.ids == path.ids
        for one, other in zip(alone.steps, path.steps, strict=True):
            assert one.logprob == pytest.approx(other.logprob, abs=1e-3)


def test_the_file_is_its_converted_weights(pair: ModelPair, reference: tuple[Any, Any]) -> None:
    """Weight by weight, and by what its tokenizer makes of a text."""
    model, tokenizer = reference
    ours = pair.solver._loaded  # type: ignore[attr-defined]
    wanted = dict(model.named_parameters())
    for name, weight in ours.model.named_parameters():
        assert torch.equal(weight, wanted.pop(name)), name
    assert not wanted
    for prompt in PROMPTS:
        assert ours.tokenizer(prompt)["input_ids"] == tokenizer(prompt)["input_ids"]


def differences(whole: Any, other: Any) -> tuple[torch.Tensor, float]:
    """How far log-probabilities of a text's tokens are apart, and where the likeliest is the same:
    a share of its places."""
    texts = "\n\n".join(PROMPTS[:39])
    ids = torch.tensor([whole.tokenizer(texts)["input_ids"]])
    with torch.inference_mode():
        one, two = (found.model(ids).logits[0].log_softmax(-1) for found in (whole, other))
    apart = (one - two)[:-1].gather(1, ids[0, 1:, None]).abs()
    return apart, float((one.argmax(-1) == two.argmax(-1)).float().mean())


def test_what_is_offered_says_nearly_the_same(pair: ModelPair, offered: ModelPair) -> None:
    """Weights in float16, where they are faster here: a token's log-probability by 0.005 on
    average, and the likeliest one of 99 in 100 places."""
    whole, fast = (one.solver._loaded for one in (pair, offered))  # type: ignore[attr-defined]
    assert fast.info.dtype in {"float32", NAME}
    assert fast.info.parameters == whole.info.parameters
    apart, same = differences(whole, fast)
    print(f"{fast.info.dtype}: {apart.mean():.4f} apart, at most {apart.max():.3f}; {same:.4f}")
    assert apart.mean() < 0.005
    assert same > 0.99


def test_in_four_bits_it_is_as_small_as_its_file(
    pair: ModelPair, offered: ModelPair, file: Any
) -> None:
    """A token's log-probability by 0.05 on average, and the likeliest one of 98 in 100 places."""
    whole = pair.solver._loaded  # type: ignore[attr-defined]
    four = load_solver(NAMED, device="cpu", dtype="int4")
    small = four._loaded  # type: ignore[union-attr]
    assert small.info.dtype == four_bit_weights.NAME
    assert small.info.weight_bytes < 1.05 * file.stat().st_size
    assert small.info.parameters == whole.info.parameters
    apart, same = differences(whole, small)
    print(f"{small.info.dtype}: {apart.mean():.4f} apart, at most {apart.max():.3f}; {same:.4f}")
    assert apart.mean() < 0.05
    assert same > 0.98
    for solver in (offered.solver, four):
        for rows in (8, 16):
            began = time.process_time()
            steps = solver.sample(
                [SampleRequest(PROMPTS[0], (), seed) for seed in range(rows)],
                Sampling(0.8, 1.0, 32),
                go_on,
            )
            pace = sum(step.tokens for step in steps) / (time.process_time() - began)
            print(f"{solver.info.dtype}, {rows} rows: {pace:.0f} tokens a processor second")
