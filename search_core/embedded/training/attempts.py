"""The solver's own attempts at problems, checked; and Monte-Carlo rollouts from prefixes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch

from search_core.embedded.checking import Grade, grade
from search_core.embedded.training.decoding import Sampling, sample
from search_core.embedded.training.demonstrations import random_problem
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver
from search_core.embedded.training.model import LanguageModel, Shape
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem

# The solver hardly ever fails at expressions, and where nothing fails nothing is learned.
ROLLOUT_WEIGHTS = {"expression": 0.1, "word": 0.45, "countdown": 0.45}


class Attempt(NamedTuple):
    """One sampled solution.

    Attributes:
        problem: Index of the problem.
        tokens: Solution tokens as sampled.
        steps: The same as text.
        grade: The checker's verdict.
        log_probability: The solver's own, summed over the solution, in nats.
    """

    problem: int
    tokens: list[int]
    steps: list[str]
    grade: Grade
    log_probability: float


class Sampler:
    """A solver that attempts problems, many at a time."""

    def __init__(self, model: LanguageModel, codec: Codec, sampling: Sampling, seed: int) -> None:
        self.model, self.codec, self.sampling = model, codec, sampling
        device = model.model.embed_tokens.weight.device
        self.generator = torch.Generator(device).manual_seed(seed)

    def attempt(self, problems: Sequence[Problem], count: int) -> list[Attempt]:
        """`count` attempts at each problem, problem by problem."""
        prompts = self.codec.prompts([problem.text for problem in problems])
        return self._continue(problems, [(i, p, []) for i, p in enumerate(prompts)], count)

    def roll_out(
        self, problems: Sequence[Problem], prefixes: Sequence[tuple[int, list[int]]], count: int
    ) -> list[Attempt]:
        """`count` continuations of each prefix (problem index, solution tokens so far)."""
        prompts = self.codec.prompts([problem.text for problem in problems])
        starts = [(index, prompts[index], prefix) for index, prefix in prefixes]
        return self._continue(problems, starts, count)

    def _continue(
        self,
        problems: Sequence[Problem],
        starts: Sequence[tuple[int, list[int], list[int]]],
        count: int,
    ) -> list[Attempt]:
        sampled = sample(
            self.model,
            [[*prompt, *prefix] for _, prompt, prefix in starts],
            self.codec.end,
            self.sampling,
            self.generator,
            count,
        )
        repeated = [start for start in starts for _ in range(count)]
        attempts = []
        for (index, _, prefix), new in zip(repeated, sampled, strict=True):
            tokens = [*prefix, *new.tokens]
            steps = self.codec.steps(tokens)
            verdict = grade(problems[index], steps)
            attempts.append(Attempt(index, tokens, steps, verdict, new.log_probability))
        return attempts


class Prefixed(NamedTuple):
    """A solution of the solver with its reward-to-go after each step, each in 0 to 1."""

    problem: Problem
    tokens: list[int]
    values: list[float]


@dataclass(frozen=True, slots=True)
class RolloutOrder:
    """One process's share of the rollouts; picklable."""

    solver_folder: Path
    tokenizer_folder: Path
    shape: Shape
    sampling: Sampling
    problems: int
    attempts: int
    rollouts: int
    seed: int


@dataclass(slots=True)
class RolloutResult:
    """What the rollouts gave, with counts for the model card."""

    solutions: list[Prefixed] = field(default_factory=list)
    prefixes: int = 0
    rollouts: int = 0
    right: int = 0


def roll_out(order: RolloutOrder) -> RolloutResult:
    """Estimates reward-to-go for the solver's attempts at verifier-split problems.

    After each step that the checker finds sound, `rollouts` continuations are sampled and
    the share that ends right is the value (Math-Shepherd, arXiv 2312.08935, section 3.3).
    After a step that is false the value is 0 without rollouts. Equal prefixes of one problem
    share their rollouts, and the first attempts serve as rollouts of the empty prefix.
    """
    torch.set_num_threads(1)
    rng = random.Random(f"rollouts/{order.seed}")
    problems = [random_problem(rng, "verifier", ROLLOUT_WEIGHTS) for _ in range(order.problems)]
    codec = Codec.of(load_tokenizer(order.tokenizer_folder))
    model = load_solver(order.solver_folder, order.shape)
    sampler = Sampler(model, codec, order.sampling, order.seed)
    attempts = sampler.attempt(problems, order.attempts)
    prefixes: dict[tuple[int, tuple[int, ...]], list[bool]] = {}
    for attempt in attempts:
        for prefix in _sound_prefixes(attempt, codec):
            prefixes.setdefault((attempt.problem, prefix), [])
    listed = [(index, list(prefix)) for index, prefix in prefixes]
    for rolled, key in zip(
        sampler.roll_out(problems, listed, order.rollouts),
        (key for key in prefixes for _ in range(order.rollouts)),
        strict=True,
    ):
        prefixes[key].append(rolled.grade.correct)
    result = RolloutResult(prefixes=len(prefixes), rollouts=len(prefixes) * order.rollouts)
    for attempt in attempts:
        result.right += attempt.grade.correct
        values = _values(attempt, codec, prefixes)
        result.solutions.append(Prefixed(problems[attempt.problem], attempt.tokens, values))
    return result


def step_ends(tokens: Sequence[int], codec: Codec) -> list[int]:
    """Positions of the tokens that end a step."""
    return [i for i, token in enumerate(tokens) if token in (codec.delimiter, codec.end)]


def _sound_prefixes(attempt: Attempt, codec: Codec) -> list[tuple[int, ...]]:
    """Prefixes that end with a sound step and are not the whole solution."""
    ends = step_ends(attempt.tokens, codec)
    error = attempt.grade.first_error
    sound = len(ends) - 1 if error is None else min(error, len(ends) - 1)
    return [tuple(attempt.tokens[: end + 1]) for end in ends[:sound]]


def _values(
    attempt: Attempt, codec: Codec, prefixes: dict[tuple[int, tuple[int, ...]], list[bool]]
) -> list[float]:
    values = []
    for end in step_ends(attempt.tokens, codec):
        rolled = prefixes.get((attempt.problem, tuple(attempt.tokens[: end + 1])))
        values.append(sum(rolled) / len(rolled) if rolled else 0.0)
    if values and attempt.tokens[-1] == codec.end:
        values[-1] = float(attempt.grade.correct)
    return values
