"""Measures the revising solver: is the next attempt better, and does a chain pay?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.generation import generate
from search_core.embedded.training.attempts import CheckedAttempt, Sampler
from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver, load_verifier
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.revision_data import MOST_ATTEMPTS
from search_core.embedded.training.scoring import score_solutions
from search_core.embedded.training.statistics import Tried, best_of, bootstrap, vote
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem

CHAINS = 4
LENGTH = 4
JUDGES: dict[str, Callable[[Sequence[Tried]], float]] = {
    "any": lambda tried: float(any(attempt.correct for attempt in tried)),
    "majority": lambda tried: vote(tried, lambda attempt: 1.0),
    "weighted": lambda tried: vote(tried, lambda attempt: attempt.score),
    "best": lambda tried: best_of(tried, lambda attempt: attempt.score),
}
"""Whether a set of attempts is answered right, by each way to choose."""


@dataclass(frozen=True, slots=True)
class ChainOrder:
    """One process's share of the measurements; picklable.

    Attributes:
        small_folder, small_shape: The solver that the revising one was made of.
        problems: Of this family and level.
    """

    solver_folder: Path
    solver_shape: DecoderShape
    small_folder: Path
    small_shape: DecoderShape
    verifier_folder: Path
    verifier_shape: DecoderShape
    sampling: TokenSampling
    family: str
    level: int
    problems: int
    seed: int


@dataclass(frozen=True, slots=True)
class Chained:
    """One problem.

    Attributes:
        chains: `CHAINS` chains of `LENGTH` attempts.
        parallel: As many attempts without any earlier one; the first of them begin the chains.
        small: Whether attempts of the small solver are right.
        tokens, steps: Of the parallel attempts together.
    """

    level: int
    chains: tuple[tuple[Tried, ...], ...]
    parallel: tuple[Tried, ...]
    small: tuple[bool, ...]
    tokens: int
    steps: int

    @property
    def all_attempts(self) -> list[Tried]:
        """Attempts of all chains in the order in which they are written."""
        return [chain[place] for place in range(LENGTH) for chain in self.chains]


def measure_chains(order: ChainOrder) -> list[Chained]:
    """Chains and parallel attempts at fresh test problems of one family and level."""
    torch.set_num_threads(1)
    codec = Codec.of(load_tokenizer(order.solver_folder))
    problems = generate(order.family, order.level, order.problems, order.seed, "test")
    sampler = Sampler(
        load_solver(order.solver_folder, order.solver_shape), codec, order.sampling, order.seed
    )
    size = CHAINS * LENGTH
    parallel = sampler.attempt(problems, size)
    chains = [
        [parallel[index * size + chain]]
        for index in range(len(problems))
        for chain in range(CHAINS)
    ]
    for _ in range(LENGTH - 1):
        read = [(chain[0].problem, _ended(chain, codec)[-MOST_ATTEMPTS:]) for chain in chains]
        for chain, attempt in zip(chains, sampler.revise(problems, read), strict=True):
            chain.append(attempt)
    small = Sampler(
        load_solver(order.small_folder, order.small_shape), codec, order.sampling, order.seed
    ).attempt(problems, CHAINS)
    judged = _judged(order, codec, problems, [*parallel, *(a for c in chains for a in c[1:])])
    revised = judged[len(parallel) :]
    made = []
    for index in range(len(problems)):
        first = judged[index * size : (index + 1) * size]
        places = [index * CHAINS + chain for chain in range(CHAINS)]
        own = [revised[p * (LENGTH - 1) : (p + 1) * (LENGTH - 1)] for p in places]
        attempts = parallel[index * size : (index + 1) * size]
        made.append(
            Chained(
                order.level,
                tuple((opening, *rest) for opening, rest in zip(first, own, strict=False)),
                tuple(first),
                tuple(a.grade.correct for a in small[index * CHAINS : (index + 1) * CHAINS]),
                sum(len(attempt.tokens) for attempt in attempts),
                sum(len(attempt.steps) for attempt in attempts),
            )
        )
    return made


def _ended(chain: Sequence[CheckedAttempt], codec: Codec) -> list[list[int]]:
    return [attempt.tokens for attempt in chain if attempt.tokens[-1:] == [codec.end]]


def _judged(
    order: ChainOrder, codec: Codec, problems: Sequence[Problem], attempts: Sequence[CheckedAttempt]
) -> list[Tried]:
    prompts = codec.prompts([problem.text for problem in problems])
    verifier = load_verifier(order.verifier_folder, order.verifier_shape)
    asked = [prompts[a.problem] for a in attempts], [a.tokens for a in attempts]
    return [
        Tried(
            read_answer(attempt.steps[-1]),
            attempt.grade.correct,
            scores[-1] if scores else 0.0,
            attempt.log_probability,
            None,
            tuple(scores),
        )
        for attempt, scores in zip(attempts, score_solutions(verifier, codec, *asked), strict=True)
    ]


def summarise_chains(measured: Sequence[Chained], seed: int) -> dict[str, Any]:
    """One family's figures, each with its 95 % bootstrap interval over problems."""

    def over_problems(values: Sequence[float]) -> dict[str, float]:
        return bootstrap(values, seed).as_dict()

    def right(attempts: Sequence[Tried]) -> float:
        return float(np.mean([attempt.correct for attempt in attempts]))

    by_place = [[right([c[place] for c in m.chains]) for m in measured] for place in range(LENGTH)]
    figures: dict[str, Any] = {
        "problems": len(measured),
        "pass@1": over_problems([right(m.parallel) for m in measured]),
        "solver-small pass@1": over_problems([float(np.mean(m.small)) for m in measured]),
        "right by attempt": [over_problems(values) for values in by_place],
        "gain of the last": over_problems(list(np.subtract(by_place[-1], by_place[0]))),
        "wrong to right": _turned(measured, False, seed),
        "right to wrong": _turned(measured, True, seed),
    }
    for n in (LENGTH, CHAINS * LENGTH):
        # The first chain alone at N = 4, all chains at N = 16.
        revised = [list(m.chains[0]) if n == LENGTH else m.all_attempts for m in measured]
        figures[f"n={n}"] = {
            name: _compared(revised, [m.parallel[:n] for m in measured], judge, seed)
            for name, judge in JUDGES.items()
        }
    return figures


def _compared(
    revised: Sequence[Sequence[Tried]],
    parallel: Sequence[Sequence[Tried]],
    judge: Callable[[Sequence[Tried]], float],
    seed: int,
) -> dict[str, Any]:
    ours, theirs = [judge(tried) for tried in revised], [judge(tried) for tried in parallel]
    return {
        "self-revision": bootstrap(ours, seed).as_dict(),
        "best-of-N": bootstrap(theirs, seed).as_dict(),
        "difference": bootstrap(list(np.subtract(ours, theirs)), seed).as_dict(),
    }


def _turned(measured: Sequence[Chained], before: bool, seed: int) -> dict[str, float]:
    """Share of attempts that were right (`before`), or wrong, whose next one is the other.

    A ratio of sums over problems, which are resampled.
    """
    counts = []
    for chain in measured:
        pairs = [(c[i], c[i + 1]) for c in chain.chains for i in range(LENGTH - 1)]
        of = [later for earlier, later in pairs if earlier.correct == before]
        counts.append((sum(later.correct != before for later in of), len(of)))
    turned, all_ = np.asarray(counts, dtype=np.float64).T
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(counts), (2_000, len(counts)))
    shares = turned[drawn].sum(axis=1) / np.maximum(all_[drawn].sum(axis=1), 1.0)
    low, high = np.percentile(shares, [2.5, 97.5])
    mean = turned.sum() / max(all_.sum(), 1.0)
    return {key: round(float(v), 4) for key, v in (("mean", mean), ("low", low), ("high", high))}


def lengths(measured: dict[str, list[Chained]]) -> dict[str, Any]:
    """Tokens per step of each family, and steps per solution of each level."""
    per_step = {
        family: round(sum(m.tokens for m in items) / max(sum(m.steps for m in items), 1), 2)
        for family, items in measured.items()
    }
    per_solution: dict[str, dict[str, float]] = {}
    for family, items in measured.items():
        by_level: dict[str, list[float]] = {}
        for item in items:
            by_level.setdefault(str(item.level), []).append(item.steps / len(item.parallel))
        per_solution[family] = {level: round(float(np.mean(v)), 2) for level, v in by_level.items()}
    return {"tokens_per_step": per_step, "steps_per_solution": per_solution}
