"""Attempts at problems: written by a solver, checked, and kept in a file that grows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search_core.evaluation.written_paths import new_attempts, write_to_end
from search_core.problem import Problem
from search_core.protocols import Sampling, Solver
from search_core.tuning.problems import TuningProblem

MOST_STEPS = 8
_AT_ONCE = 64
"""Attempts that are written together; a stop costs them at most."""


@dataclass(frozen=True, slots=True)
class TriedSolution:
    """One attempt at a problem.

    Attributes:
        problem: Its place among the problems.
        kind: As of the problem.
        steps: What was written.
        logprob: Of all of it, in nats.
        finished: Whether it ended by itself.
        right: Whether it did, with the right answer.
        tokens: That were written.
    """

    problem: int
    kind: str
    steps: tuple[str, ...]
    logprob: float
    finished: bool
    right: bool
    tokens: int


def attempt_all(
    problems: Sequence[TuningProblem],
    solver: Solver,
    sampling: Sampling,
    *,
    attempts: int,
    seed: int,
    path: Path,
    say: Callable[[str], None],
) -> list[TriedSolution]:
    """So many attempts at each problem; what the file has already is not written again.

    Args:
        path: One JSON object a line; made, or gone on with.
    """
    known = read_attempts(path)
    # A problem counts once all its attempts are there: they are written together.
    there = {one.problem for one in known}
    missing = [index for index in range(len(problems)) if index not in there]
    at_once = max(1, _AT_ONCE // attempts)
    for start in range(0, len(missing), at_once):
        chosen = missing[start : start + at_once]
        asked = [Problem(problems[index].asked) for index in chosen]
        paths = new_attempts(asked, attempts)
        # Seeds follow from the place: problems of one call differ by their text alone.
        write_to_end(paths, sampling, solver, _never, max_steps=MOST_STEPS, seed=seed)
        new = []
        for place, written in enumerate(paths):
            problem = problems[chosen[place // attempts]]
            steps = tuple(written.steps)
            finished = written.ended == "end"
            new.append(
                TriedSolution(
                    chosen[place // attempts],
                    problem.kind,
                    steps,
                    sum(value or 0.0 for value in written.logprobs),
                    finished,
                    finished and problem.is_right(steps),
                    written.tokens,
                )
            )
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in new)
        known += new
        done = start + len(chosen)
        right = sum(one.right for one in known) / len(known)
        say(f"attempts at {done} of {len(missing)} problems, {100 * right:.0f} % right so far")
    return known


def read_attempts(path: Path) -> list[TriedSolution]:
    """Those of a file; none where there is no file."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_read(json.loads(line)) for line in lines]


def _read(values: dict[str, Any]) -> TriedSolution:
    return TriedSolution(**{**values, "steps": tuple(values["steps"])})


def _never() -> bool:
    return False
