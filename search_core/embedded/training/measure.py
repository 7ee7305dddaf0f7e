"""Measures the finished models on problems of the test split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.corruption import first_error
from search_core.embedded.families import FAMILIES
from search_core.embedded.generation import generate
from search_core.embedded.training.attempts import CheckedAttempt, Sampler
from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver, load_verifier
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.scoring import score_solutions
from search_core.embedded.training.statistics import (
    Tried,
    best_of,
    bootstrap,
    first_error_f1,
    ranking_area,
    vote,
)
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem


@dataclass(frozen=True, slots=True)
class MeasureOrder:
    """One process's share of the measurements; picklable.

    Attributes:
        verifiers: Folder and shape of each verifier, by name; none measures the solver alone.
        problems: Per level.
        attempts: Samples per problem.
    """

    solver_folder: Path
    solver_shape: DecoderShape
    verifiers: Mapping[str, tuple[Path, DecoderShape]]
    sampling: TokenSampling
    family: str
    level: int
    problems: int
    attempts: int
    seed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One problem: the greedy attempt, and the sampled ones as each verifier sees them.

    Attributes:
        tried: By verifier; "" where there is none.
        tokens, steps: Of all samples together.
    """

    level: int
    greedy: CheckedAttempt
    tried: Mapping[str, tuple[Tried, ...]]
    tokens: int
    steps: int


def measure(order: MeasureOrder) -> list[Measured]:
    """Greedy and sampled attempts at fresh test problems of one family and level."""
    torch.set_num_threads(1)
    codec = Codec.of(load_tokenizer(order.solver_folder))
    model = load_solver(order.solver_folder, order.solver_shape)
    problems = generate(order.family, order.level, order.problems, order.seed, "test")
    still = replace(order.sampling, temperature=0.0)
    greedy = Sampler(model, codec, still, order.seed).attempt(problems, 1)
    attempts = Sampler(model, codec, order.sampling, order.seed).attempt(problems, order.attempts)
    errors = [first_error(problems[a.problem], a.steps) for a in attempts]
    tried = {
        name: [
            _tried(attempt, error, step_scores)
            for attempt, error, step_scores in zip(attempts, errors, scores, strict=True)
        ]
        for name, scores in _scores(order, codec, problems, attempts).items()
    }
    size = order.attempts
    return [
        Measured(
            order.level,
            greedy[index],
            {name: tuple(t[index * size : (index + 1) * size]) for name, t in tried.items()},
            sum(len(a.tokens) for a in attempts[index * size : (index + 1) * size]),
            sum(len(a.steps) for a in attempts[index * size : (index + 1) * size]),
        )
        for index in range(len(problems))
    ]


def _scores(
    order: MeasureOrder,
    codec: Codec,
    problems: Sequence[Problem],
    attempts: Sequence[CheckedAttempt],
) -> dict[str, list[list[float]]]:
    if not order.verifiers:
        return {"": [[] for _ in attempts]}
    prompts = codec.prompts([problem.text for problem in problems])
    asked = [prompts[a.problem] for a in attempts], [a.tokens for a in attempts]
    return {
        name: score_solutions(load_verifier(folder, shape), codec, *asked)
        for name, (folder, shape) in order.verifiers.items()
    }


def _tried(attempt: CheckedAttempt, first_error: int | None, scores: Sequence[float]) -> Tried:
    return Tried(
        read_answer(attempt.steps[-1]),
        attempt.grade.correct,
        scores[-1] if scores else 0.0,
        attempt.log_probability,
        first_error,
        tuple(scores),
    )


def summarise_solver(measured: Sequence[Measured], seed: int) -> dict[str, Any]:
    """A solver's figures of one family, each with its 95 % bootstrap interval over problems."""

    def over_problems(values: Sequence[float]) -> dict[str, float]:
        return bootstrap(values, seed).as_dict()

    def greedy(items: Sequence[Measured]) -> dict[str, float]:
        return over_problems([float(m.greedy.grade.correct) for m in items])

    any_tried = [next(iter(m.tried.values())) for m in measured]
    return {
        "problems": len(measured),
        "greedy": greedy(measured),
        "pass@1": over_problems([float(np.mean([t.correct for t in s])) for s in any_tried]),
        "oracle": over_problems([float(any(t.correct for t in s)) for s in any_tried]),
        "greedy by level": {
            str(level): greedy([m for m in measured if m.level == level])
            for level in sorted({m.level for m in measured})
        },
    }


def summarise(
    measured: Sequence[Measured],
    verifier: str,
    threshold: float,
    budgets: Sequence[int],
    seed: int,
) -> dict[str, Any]:
    """A verifier's figures of one family, each with its 95 % bootstrap interval over problems.

    Args:
        threshold: A step that scores below is where the verifier sees the first error.
    """

    def over_problems(values: Sequence[float]) -> dict[str, float]:
        return bootstrap(values, seed).as_dict()

    tried = [m.tried[verifier] for m in measured]
    figures: dict[str, Any] = {"problems": len(measured)}
    for n in budgets:
        sets = [of_problem[:n] for of_problem in tried]
        figures[f"n={n}"] = {
            "oracle": over_problems([float(any(t.correct for t in s)) for s in sets]),
            "majority": over_problems([vote(s, lambda t: 1.0) for s in sets]),
            "weighted": over_problems([vote(s, lambda t: t.score) for s in sets]),
            "best by score": over_problems([best_of(s, lambda t: t.score) for s in sets]),
            "best by log-probability": over_problems(
                [best_of(s, lambda t: t.log_probability) for s in sets]
            ),
        }
    figures["within-problem AUROC"] = {
        "score": over_problems(_areas(tried, lambda t: t.score)),
        "log-probability": over_problems(_areas(tried, lambda t: t.log_probability)),
    }
    figures["first-error F1"] = round(
        first_error_f1(
            [(t.first_error, _guess(t, threshold)) for of_problem in tried for t in of_problem]
        ),
        4,
    )
    return figures


def _areas(tried: Sequence[Sequence[Tried]], key: Callable[[Tried], float]) -> list[float]:
    areas = [
        ranking_area([key(t) for t in of_problem], [t.correct for t in of_problem])
        for of_problem in tried
    ]
    return [area for area in areas if area is not None]


def _guess(tried: Tried, threshold: float) -> int | None:
    """The first step that the verifier scores below the threshold."""
    low = (index for index, score in enumerate(tried.step_scores) if score < threshold)
    return next(low, None)


def mean_lengths(measured: dict[str, list[Measured]]) -> dict[str, Any]:
    """Tokens per step of each family, and steps per solution of each level."""
    steps: dict[str, dict[str, float]] = {}
    for family, items in measured.items():
        steps[family] = {}
        for level in FAMILIES[family].levels:
            chosen = [m for m in items if m.level == level]
            attempts = sum(len(next(iter(m.tried.values()))) for m in chosen)
            steps[family][str(level)] = round(sum(m.steps for m in chosen) / max(attempts, 1), 2)
    return {
        "tokens_per_step": {
            family: round(sum(m.tokens for m in items) / max(sum(m.steps for m in items), 1), 2)
            for family, items in measured.items()
        },
        "steps_per_solution": steps,
    }
