"""The solver's own attempts at problems, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from search_core.embedded.checking import Grade, grade
from search_core.embedded.training.decoding import TokenSampling, sample
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.model import LanguageModel
from search_core.problem import Problem

# Rows of a batch; where prompts are long, fewer keep their attention in memory.
_ROWS, _LONG_ROWS = 384, 64
_READ_SHARE = 0.75


class CheckedAttempt(NamedTuple):
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

    def __init__(
        self, model: LanguageModel, codec: Codec, sampling: TokenSampling, seed: int
    ) -> None:
        self.model, self.codec, self.sampling = model, codec, sampling
        device = model.model.embed_tokens.weight.device
        self.generator = torch.Generator(device).manual_seed(seed)

    def attempt(self, problems: Sequence[Problem], count: int) -> list[CheckedAttempt]:
        """`count` attempts at each problem, problem by problem."""
        prompts = self.codec.prompts([problem.text for problem in problems])
        return self._continue(problems, [(i, p, []) for i, p in enumerate(prompts)], count)

    def roll_out(
        self, problems: Sequence[Problem], prefixes: Sequence[tuple[int, list[int]]], count: int
    ) -> list[CheckedAttempt]:
        """`count` continuations of each prefix (problem index, solution tokens so far)."""
        prompts = self.codec.prompts([problem.text for problem in problems])
        starts = [(index, prompts[index], prefix) for index, prefix in prefixes]
        return self._continue(problems, starts, count)

    def revise(
        self, problems: Sequence[Problem], earlier: Sequence[tuple[int, Sequence[Sequence[int]]]]
    ) -> list[CheckedAttempt]:
        """One attempt after each list of earlier ones (problem index, their tokens).

        As in the search, the oldest that do not leave a quarter of the context free are left out.
        """
        prompts = self.codec.prompts([problem.text for problem in problems])
        most = int(_READ_SHARE * self.model.shape.positions)
        starts: list[tuple[int, list[int], list[int]]] = []
        for index, attempts in earlier:
            read = [
                self.codec.after_attempts(prompts[index], attempts[first:])
                for first in range(len(attempts) + 1)
            ]
            starts.append(
                (index, next((tokens for tokens in read if len(tokens) <= most), read[-1]), [])
            )
        return self._continue(problems, starts, 1, rows=_LONG_ROWS)

    def _continue(
        self,
        problems: Sequence[Problem],
        starts: Sequence[tuple[int, list[int], list[int]]],
        count: int,
        rows: int = _ROWS,
    ) -> list[CheckedAttempt]:
        sampled = sample(
            self.model,
            [[*prompt, *prefix] for _, prompt, prefix in starts],
            self.codec.end,
            self.sampling,
            self.generator,
            count,
            rows,
        )
        repeated = [start for start in starts for _ in range(count)]
        attempts = []
        for (index, _, prefix), new in zip(repeated, sampled, strict=True):
            tokens = [*prefix, *new.tokens]
            steps = self.codec.steps(tokens)
            verdict = grade(problems[index], steps)
            attempts.append(CheckedAttempt(index, tokens, steps, verdict, new.log_probability))
        return attempts


def step_ends(tokens: Sequence[int], codec: Codec) -> list[int]:
    """Positions of the tokens that end a step."""
    return [i for i, token in enumerate(tokens) if token in (codec.delimiter, codec.end)]
