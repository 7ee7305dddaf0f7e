"""Paths that a solver writes to their end, many at once, outside any search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search_core.answers import Undecided
from search_core.problem import Problem
from search_core.protocols import Cancelled, SampleRequest, Sampling, Solver
from search_core.run.calls import sampled
from search_core.run.grading import grade_solution
from search_core.seeds import node_seed


@dataclass
class WrittenPath:
    """A path while it is written.

    Attributes:
        attempt: Which attempt at the problem it is, or goes on from.
        name: Id of its next step, from which its seed follows.
        index: Place of its next step among its parent's children.
        ended: How its last step ended, as in `StepSample`; "step" before there is one.
        tokens: That were written for it so far.
    """

    problem: Problem
    attempt: int
    name: str
    index: int
    steps: list[str] = field(default_factory=list)
    logprobs: list[float | None] = field(default_factory=list)
    ended: str = "step"
    tokens: int = 0

    @property
    def right(self) -> bool:
        """Whether it is a solution that is known to be right: one that could not be compared
        with the reference is not."""
        try:
            return self.ended == "end" and bool(grade_solution(self.problem, self.steps))
        except Undecided:
            return False


def new_attempts(problems: Sequence[Problem], attempts: int) -> list[WrittenPath]:
    """So many attempts at each problem, with nothing written yet."""
    return [
        WrittenPath(problem, place, str(place), place)
        for problem in problems
        for place in range(attempts)
    ]


def write_to_end(
    paths: Sequence[WrittenPath],
    sampling: Sampling,
    solver: Solver,
    cancelled: Cancelled,
    *,
    max_steps: int,
    seed: int,
) -> None:
    """Let the solver write each path to its end, step by step, all at once.

    Args:
        max_steps: The most steps of a path.
        seed: Run seed.

    Raises:
        RunCancelled: `cancelled()` became True.
        Exception: Whatever the solver raised.
    """
    while active := [p for p in paths if p.ended == "step" and len(p.steps) < max_steps]:
        requests = [
            SampleRequest(p.problem.text, tuple(p.steps), node_seed(seed, p.name), p.index)
            for p in active
        ]
        samples = sampled(solver, requests, sampling, cancelled)
        for path, sample in zip(active, samples, strict=True):
            path.steps.append(sample.text)
            logprob = sample.logprob
            path.logprobs.append(None if logprob is None else round(logprob, 4))
            path.ended = sample.ended
            path.tokens += sample.tokens
            # As the runner names the only child of a step.
            path.name, path.index = f"{path.name}.0", 0
