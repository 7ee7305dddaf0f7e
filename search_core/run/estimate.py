"""What a search will cost, roughly, before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search_core.problem import Problem
from search_core.strategies.options import StrategyOptions

# For models that bring no measured figures: a typical maths step of a chat model.
USUAL_STEPS = 8.0
USUAL_TOKENS_PER_STEP = 50.0


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """An expectation, not a bound.

    Attributes:
        paths: Steps sampled side by side in each round.
        rounds: Expected rounds.
        tokens: Expected tokens that the solver writes.
    """

    paths: int
    rounds: float
    tokens: float


def estimate(
    problem: Problem | None, options: StrategyOptions, card: Mapping[str, Any]
) -> CostEstimate:
    """Expect what solutions of this family and level took when the model was measured.

    Args:
        problem: None when it could not be read.
        card: The solver's `espalier.json`: "steps_per_solution" by family and level, and
            "tokens_per_step" by family. Empty for models without one.
    """
    rounds = min(_steps(problem, card), float(options.max_steps))
    tokens = options.width * options.steps_each * rounds * _tokens_per_step(problem, card)
    return CostEstimate(options.width, rounds, tokens)


_READ_PER_SECOND = 0.7e12
_BETWEEN_TOKENS = 0.02
_A_ROUND = 0.25
_USUAL_WEIGHTS = 3 * 10**9


def seconds_on_gpu(
    expected: CostEstimate,
    solver_bytes: int | None = None,
    verifier_bytes: int | None = None,
    verifier_writes: int = 0,
) -> float:
    """How long a GPU computes for this, roughly and rather too long.

    All paths of a round are written side by side, and a token takes at least as long as reading
    the weights: bytes at a third of a large GPU's 2 TB/s, and 0.02 s of overhead. The verifier
    reads its weights once a round for all its steps, and is given a quarter of a second besides;
    one that reasons first writes as long as it may in every round.

    Args:
        solver_bytes, verifier_bytes: Of their weights; None: as a 1.5B model's in bfloat16.
        verifier_writes: Most tokens that the verifier writes before it judges.
    """
    if not expected.paths:
        return 0.0
    tokens = expected.tokens / expected.paths
    reading, judging = (
        (size or _USUAL_WEIGHTS) / _READ_PER_SECOND for size in (solver_bytes, verifier_bytes)
    )
    score = _A_ROUND + judging + verifier_writes * (_BETWEEN_TOKENS + judging)
    return tokens * (_BETWEEN_TOKENS + reading) + expected.rounds * score


def _steps(problem: Problem | None, card: Mapping[str, Any]) -> float:
    levels = _of_family(problem, card, "steps_per_solution")
    if not isinstance(levels, Mapping) or problem is None:
        return USUAL_STEPS
    known = levels.get(str(problem.level))
    return float(known) if known is not None else USUAL_STEPS


def _tokens_per_step(problem: Problem | None, card: Mapping[str, Any]) -> float:
    known = _of_family(problem, card, "tokens_per_step")
    return float(known) if isinstance(known, (int, float)) else USUAL_TOKENS_PER_STEP


def _of_family(problem: Problem | None, card: Mapping[str, Any], key: str) -> Any:
    table = card.get(key)
    if problem is None or not isinstance(table, Mapping):
        return None
    return table.get(problem.family)
