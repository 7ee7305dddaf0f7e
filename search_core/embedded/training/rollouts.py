"""Reward-to-go of the solver's own attempts, estimated by Monte-Carlo rollouts.

The attempts at one problem are rollouts of each other's prefixes: where 20 of 24 attempts
pass through one first step, the share of these 20 that ends right is an estimate of its
value that costs nothing more. Only prefixes that too few attempts share are rolled out anew.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch

from search_core.embedded.corruption import first_error
from search_core.embedded.families import FAMILIES
from search_core.embedded.generation import sample_problem
from search_core.embedded.splits import split_of
from search_core.embedded.training.attempts import CheckedAttempt, Sampler, step_ends
from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem

_Prefix = tuple[int, tuple[int, ...]]


class Prefixed(NamedTuple):
    """A solution of the solver, judged step by step.

    Attributes:
        tokens: As sampled.
        values: Reward-to-go after each step, each in 0 to 1.
        first_error: Index of the first step that is false or leaves the answer out of reach.
        correct: Whether it ended with the right answer.
    """

    problem: Problem
    tokens: list[int]
    values: list[float]
    first_error: int | None
    correct: bool


@dataclass(frozen=True, slots=True)
class RolloutOrder:
    """One process's share of the rollouts; picklable.

    Attributes:
        rollouts: The fewest continuations that a sound prefix's value is estimated from.
    """

    solver_folder: Path
    shape: DecoderShape
    sampling: TokenSampling
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


def verifier_problems(count: int, rng: random.Random) -> list[Problem]:
    """Problems of the verifier split, families and the levels that are offered alike."""
    found: list[Problem] = []
    while len(found) < count:
        family = rng.choice(list(FAMILIES.values()))
        problem = sample_problem(family.name, rng.choice(family.levels), rng)
        if split_of(problem) == "verifier":
            found.append(problem)
    return found


def roll_out(order: RolloutOrder) -> RolloutResult:
    """Estimates reward-to-go for the solver's attempts at verifier-split problems.

    After each step the value is the share of continuations that end right (Math-Shepherd,
    arXiv 2312.08935, section 3.3, soft estimation). After a false step, or one that leaves the
    answer out of reach, these are the attempts themselves, without rollouts more: hardly any
    ends right, but a name copied wrongly may.
    """
    torch.set_num_threads(1)
    problems = verifier_problems(order.problems, random.Random(f"rollouts/{order.seed}"))
    codec = Codec.of(load_tokenizer(order.solver_folder))
    model = load_solver(order.solver_folder, order.shape)
    sampler = Sampler(model, codec, order.sampling, order.seed)
    attempts = sampler.attempt(problems, order.attempts)
    errors = [first_error(problems[attempt.problem], attempt.steps) for attempt in attempts]
    ended: dict[_Prefix, list[bool]] = defaultdict(list)
    sound: set[_Prefix] = set()
    for attempt, error in zip(attempts, errors, strict=True):
        prefixes = [(attempt.problem, prefix) for prefix in _prefixes(attempt, codec)]
        sound.update(prefixes[:error])
        for key in prefixes:
            ended[key].append(attempt.grade.correct)
    result = RolloutResult(prefixes=len(sound))
    for missing in range(1, order.rollouts):
        wanted = order.rollouts - missing
        few = [key for key in ended if key in sound and len(ended[key]) == wanted]
        rolled = sampler.roll_out(problems, [(index, list(p)) for index, p in few], missing)
        result.rollouts += len(rolled)
        for place, key in enumerate(few):
            for continuation in rolled[place * missing : (place + 1) * missing]:
                ended[key].append(continuation.grade.correct)
    for attempt, error in zip(attempts, errors, strict=True):
        values = _values(attempt, codec, ended)
        problem, correct = problems[attempt.problem], attempt.grade.correct
        result.solutions.append(Prefixed(problem, attempt.tokens, values, error, correct))
    return result


def _prefixes(attempt: CheckedAttempt, codec: Codec) -> list[tuple[int, ...]]:
    """Prefixes that end with a step and are not the whole solution, the shortest first."""
    ends = step_ends(attempt.tokens, codec)
    return [tuple(attempt.tokens[: end + 1]) for end in ends[:-1]]


def _values(attempt: CheckedAttempt, codec: Codec, ended: dict[_Prefix, list[bool]]) -> list[float]:
    values = []
    for end in step_ends(attempt.tokens, codec):
        known: Sequence[bool] = ended.get((attempt.problem, tuple(attempt.tokens[: end + 1])), ())
        values.append(sum(known) / len(known) if known else 0.0)
    if values and attempt.tokens[-1] == codec.end:
        values[-1] = float(attempt.grade.correct)
    return values
