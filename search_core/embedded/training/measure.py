"""Measures the finished models on problems of the test split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.corruption import step_labels
from search_core.embedded.families import FAMILIES
from search_core.embedded.generation import generate
from search_core.embedded.training.attempts import Attempt, Sampler
from search_core.embedded.training.decoding import Sampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver, load_verifier
from search_core.embedded.training.model import Shape
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

_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class MeasureOrder:
    """One process's share of the measurements; picklable.

    Attributes:
        verifier_folder: None measures the solver alone.
        problems: Per level.
        attempts: Samples per problem.
    """

    solver_folder: Path
    verifier_folder: Path | None
    solver_shape: Shape
    verifier_shape: Shape
    sampling: Sampling
    family: str
    level: int
    problems: int
    attempts: int
    seed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One problem: the greedy attempt, and the sampled ones."""

    level: int
    greedy: Attempt
    tried: tuple[Tried, ...]
    tokens: int
    steps: int


def measure(order: MeasureOrder) -> list[Measured]:
    """Greedy and sampled attempts at fresh test problems of one family and level."""
    torch.set_num_threads(1)
    codec = Codec.of(load_tokenizer(order.solver_folder))
    model = load_solver(order.solver_folder, order.solver_shape)
    problems = generate(order.family, order.level, order.problems, order.seed, "test")
    greedy = Sampler(model, codec, Sampling(temperature=0.0), order.seed).attempt(problems, 1)
    sampler = Sampler(model, codec, order.sampling, order.seed)
    attempts = sampler.attempt(problems, order.attempts)
    scores = _scores(order, codec, problems, attempts)
    tried = [
        _tried(problems[attempt.problem], attempt, one)
        for attempt, one in zip(attempts, scores, strict=True)
    ]
    size = order.attempts
    return [
        Measured(
            order.level,
            greedy[index],
            tuple(tried[index * size : (index + 1) * size]),
            sum(len(a.tokens) for a in attempts[index * size : (index + 1) * size]),
            sum(len(a.steps) for a in attempts[index * size : (index + 1) * size]),
        )
        for index in range(len(problems))
    ]


def _scores(
    order: MeasureOrder, codec: Codec, problems: Sequence[Problem], attempts: Sequence[Attempt]
) -> list[list[float]]:
    if order.verifier_folder is None:
        return [[] for _ in attempts]
    verifier = load_verifier(order.verifier_folder, order.verifier_shape)
    prompts = codec.prompts([problem.text for problem in problems])
    return score_solutions(
        verifier, codec, [prompts[a.problem] for a in attempts], [a.tokens for a in attempts]
    )


def _tried(problem: Problem, attempt: Attempt, scores: Sequence[float]) -> Tried:
    labels = step_labels(problem, attempt.steps)
    return Tried(
        read_answer(attempt.steps[-1]),
        attempt.grade.correct,
        scores[-1] if scores else 0.0,
        attempt.log_probability,
        labels.index(0.0) if 0.0 in labels else None,
        tuple(scores),
    )


def summarise(measured: Sequence[Measured], budgets: Sequence[int], seed: int) -> dict[str, Any]:
    """Figures of one family, each with its 95 % bootstrap interval over problems."""

    def over_problems(values: Sequence[float]) -> dict[str, float]:
        return bootstrap(values, seed).as_dict()

    figures: dict[str, Any] = {
        "problems": len(measured),
        "greedy": over_problems([float(m.greedy.grade.correct) for m in measured]),
        "pass@1": over_problems([float(np.mean([t.correct for t in m.tried])) for m in measured]),
    }
    for n in budgets:
        sets = [m.tried[:n] for m in measured]
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
        "score": over_problems(_areas(measured, lambda t: t.score)),
        "log-probability": over_problems(_areas(measured, lambda t: t.log_probability)),
    }
    figures["first-error F1"] = round(
        first_error_f1([(t.first_error, _guess(t)) for m in measured for t in m.tried]), 4
    )
    figures["greedy by level"] = {
        str(level): over_problems(
            [float(m.greedy.grade.correct) for m in measured if m.level == level]
        )
        for level in sorted({m.level for m in measured})
    }
    return figures


def _areas(measured: Sequence[Measured], key: Any) -> list[float]:
    areas = [
        ranking_area([key(t) for t in m.tried], [t.correct for t in m.tried]) for m in measured
    ]
    return [area for area in areas if area is not None]


def _guess(tried: Tried) -> int | None:
    """The first step that the verifier scores below one half."""
    low = [index for index, score in enumerate(tried.step_scores) if score < _THRESHOLD]
    return low[0] if low else None


def mean_lengths(measured: dict[str, list[Measured]]) -> dict[str, Any]:
    """Tokens per step of each family, and steps per solution of each level."""
    steps: dict[str, dict[str, float]] = {}
    for family, items in measured.items():
        steps[family] = {}
        for level in FAMILIES[family].levels:
            chosen = [m for m in items if m.level == level]
            attempts = sum(len(m.tried) for m in chosen)
            steps[family][str(level)] = round(sum(m.steps for m in chosen) / max(attempts, 1), 2)
    return {
        "tokens_per_step": {
            family: round(sum(m.tokens for m in items) / max(sum(m.steps for m in items), 1), 2)
            for family, items in measured.items()
        },
        "steps_per_solution": steps,
    }
