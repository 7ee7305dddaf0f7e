"""What a prefix of a solution is worth: how often the solver, going on from it, gets it right.

Scores are said to be probabilities of that; `calibration` holds one against the other.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from search_core.evaluation.outcomes import problem_key, short_hash, written_by
from search_core.evaluation.written_paths import WrittenPath, new_attempts, write_to_end
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    Sampling,
    ScoreRequest,
    Solver,
    SolverInfo,
    Verifier,
    VerifierInfo,
)
from search_core.run.calls import scored

ROLLOUTS_VERSION = 1


@dataclass(frozen=True)
class RolloutPlan:
    """How many prefixes are valued, and how surely.

    Attributes:
        per_family: The first so many problems of each family.
        attempts: Attempts at each problem, the first ones of best-of-N with this seed; one
            random step of each ends the prefix.
        rollouts: Ways on from each prefix.
        max_steps: The most steps of a path.
        seed: Run seed.
        keys: The problems themselves, once they are chosen; None: choose.
    """

    per_family: int = 60
    attempts: int = 4
    rollouts: int = 16
    max_steps: int = 12
    seed: int = 0
    keys: frozenset[str] | None = None

    def chosen(self, problems: Sequence[Problem]) -> list[Problem]:
        """Those that get rollouts, evenly from all of each family."""
        if self.keys is not None:
            return [problem for problem in problems if problem_key(problem) in self.keys]
        totals = Counter(problem.family for problem in problems)
        seen: Counter[str | None] = Counter()
        chosen = []
        for problem in problems:
            place, total = seen[problem.family], totals[problem.family]
            wanted = min(self.per_family, total)
            if (place + 1) * wanted // total > place * wanted // total:
                chosen.append(problem)
            seen[problem.family] += 1
        return chosen

    def only(self, problems: Sequence[Problem]) -> RolloutPlan:
        """The same plan for these problems, whoever gets a part of them."""
        return replace(self, keys=frozenset(map(problem_key, problems)))


@dataclass(frozen=True)
class Rollouts:
    """Of one problem: each valued prefix's score and share of rollouts that were right."""

    key: str
    problem: str
    points: tuple[tuple[float, float], ...]

    def to_json(self) -> str:
        """One line of NDJSON, without the line break."""
        return json.dumps(asdict(self), separators=(",", ":"))


def rollouts_key(
    problem: Problem,
    plan: RolloutPlan,
    sampling: Sampling,
    solver: SolverInfo,
    verifier: VerifierInfo,
) -> str:
    """Short hash of everything that a problem's rollouts depend on."""
    return short_hash(
        {
            "rollouts": ROLLOUTS_VERSION,
            "problem": asdict(problem),
            "plan": [plan.attempts, plan.rollouts, plan.max_steps, plan.seed],
            "sampling": sampling.said(),
            "solver": written_by(solver),
            "verifier": [verifier.name, verifier.revision, verifier.dtype],
        }
    )


def roll_out(
    problems: Mapping[str, Problem],
    plan: RolloutPlan,
    sampling: Sampling,
    solver: Solver,
    verifier: Verifier,
    cancelled: Cancelled,
    *,
    samples_at_once: int = 256,
) -> Iterator[Rollouts]:
    """Rollouts of each problem, by its key.

    Args:
        samples_at_once: The most samples in one batch; at least one problem is under way.

    Raises:
        RunCancelled: `cancelled()` became True.
        Exception: Whatever a model raised.
    """
    keys = list(problems)
    at_once = max(1, samples_at_once // (plan.attempts * plan.rollouts))
    for first in range(0, len(keys), at_once):
        chunk = keys[first : first + at_once]
        prefixes = _prefixes([problems[key] for key in chunk], plan, sampling, solver, cancelled)
        scores = scored(verifier, [_score_request(prefix) for prefix in prefixes], cancelled)
        values = _values(prefixes, plan, sampling, solver, cancelled)
        for key in chunk:
            points = tuple(
                (score, value)
                for prefix, reply, value in zip(prefixes, scores, values, strict=True)
                # Of what the verifier came to no verdict on there is nothing to measure.
                if prefix.problem is problems[key] and (score := reply.scores[-1]) is not None
            )
            yield Rollouts(key, problem_key(problems[key]), points)


def _prefixes(
    problems: Sequence[Problem],
    plan: RolloutPlan,
    sampling: Sampling,
    solver: Solver,
    cancelled: Cancelled,
) -> list[WrittenPath]:
    """Attempts, each cut off after a random whole step of its own."""
    attempts = new_attempts(problems, plan.attempts)
    _write(attempts, plan, sampling, solver, cancelled)
    prefixes = []
    for attempt in attempts:
        whole = len(attempt.steps) - (attempt.ended not in ("step", "end"))
        if whole:
            luck = random.Random(f"{plan.seed}/{attempt.problem.text}/{attempt.attempt}")
            count = luck.randint(1, whole)
            last = attempt.ended == "end" and count == len(attempt.steps)
            prefixes.append(
                replace(
                    attempt,
                    steps=attempt.steps[:count],
                    logprobs=attempt.logprobs[:count],
                    ended="end" if last else "step",
                )
            )
    return prefixes


def _values(
    prefixes: Sequence[WrittenPath],
    plan: RolloutPlan,
    sampling: Sampling,
    solver: Solver,
    cancelled: Cancelled,
) -> list[float]:
    """Share of rollouts that were right; of a finished solution 0 or 1, without any."""
    rolled = {
        index: [
            replace(
                prefix,
                name=f"rollout/{prefix.attempt}/{place}",
                index=place,
                steps=list(prefix.steps),
                logprobs=list(prefix.logprobs),
            )
            for place in range(plan.rollouts)
        ]
        for index, prefix in enumerate(prefixes)
        if prefix.ended == "step"
    }
    everything = [path for paths in rolled.values() for path in paths]
    _write(everything, plan, sampling, solver, cancelled)
    return [
        sum(path.right for path in rolled[index]) / plan.rollouts
        if index in rolled
        else float(prefix.right)
        for index, prefix in enumerate(prefixes)
    ]


def _write(
    paths: Sequence[WrittenPath],
    plan: RolloutPlan,
    sampling: Sampling,
    solver: Solver,
    cancelled: Cancelled,
) -> None:
    write_to_end(paths, sampling, solver, cancelled, max_steps=plan.max_steps, seed=plan.seed)


def _score_request(path: WrittenPath) -> ScoreRequest:
    return ScoreRequest(
        problem=path.problem.text,
        steps=tuple(path.steps),
        first=len(path.steps) - 1,
        finished=path.ended == "end",
        logprobs=tuple(path.logprobs),
    )
