"""Labelled solutions of the embedded families: a solver's own attempts at held-out problems.

The families' checker labels every step, so the labels are exact: a step is right while it holds
and the answer can still be reached. Attempts that never ended are no solutions and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from search_core.embedded import FAMILIES, grade
from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.corruption import step_labels
from search_core.evaluation.outcomes import problem_key, short_hash, written_by
from search_core.evaluation.problems import draw_problems
from search_core.evaluation.written_paths import WrittenPath, new_attempts, write_to_end
from search_core.labelled import LabelledSolution
from search_core.problem import Problem
from search_core.protocols import Cancelled, Sampling, Solver, SolverInfo

LABELS = 2
"""Version of the checker's labels: rows that an older one labelled are not gone on with. In 1 a
Countdown step that led away from the target, once that was made, counted as right."""


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """Which problems, and how many attempts at each.

    Attributes:
        families: Embedded families.
        per_family: Problems of each, at all its levels in equal parts.
        attempts: At each problem.
        split: None of its problems is in another split.
        problem_seed: Same seed, same problems.
        seed: Of the attempts.
        max_steps: The most steps of an attempt.
    """

    families: tuple[str, ...] = tuple(FAMILIES)
    per_family: int = 300
    attempts: int = 16
    split: str = "test"
    problem_seed: int = 0
    seed: int = 0
    max_steps: int = 12

    def problems(self) -> list[Problem]:
        """The problems, each once. Raises as `draw_problems`."""
        drawn = draw_problems(
            list(self.families), None, self.per_family, self.problem_seed, self.split
        )
        return list({problem_key(problem): problem for problem in drawn}.values())


def rows_key(plan: DrawPlan, sampling: Sampling, solver: SolverInfo) -> str:
    """A hash of everything that drawn rows depend on, their labels' version too."""
    return short_hash([asdict(plan), LABELS, sampling.said(), written_by(solver)])


def draw_solutions(
    problems: Sequence[Problem],
    plan: DrawPlan,
    sampling: Sampling,
    solver: Solver,
    cancelled: Cancelled,
    *,
    at_once: int,
) -> Iterator[tuple[Problem, list[LabelledSolution]]]:
    """Each problem with the attempts at it that ended, in the order of problems.

    Args:
        at_once: Attempts in one batch; at least one problem is under way.

    Raises:
        RunCancelled: `cancelled()` became True.
        Exception: Whatever the solver raised.
    """
    chunk = max(1, at_once // plan.attempts)
    for first in range(0, len(problems), chunk):
        some = problems[first : first + chunk]
        paths = new_attempts(some, plan.attempts)
        write_to_end(paths, sampling, solver, cancelled, max_steps=plan.max_steps, seed=plan.seed)
        for problem in some:
            ended = [path for path in paths if path.problem is problem and path.ended == "end"]
            yield problem, [_labelled(path, plan, solver.info.name) for path in ended]


def _labelled(path: WrittenPath, plan: DrawPlan, solver: str) -> LabelledSolution:
    problem, steps = path.problem, path.steps
    answer, key = read_answer(steps[-1]), problem_key(problem)
    return LabelledSolution(
        id=f"{key}-{path.attempt}",
        problem=problem.text,
        steps=tuple(steps),
        labels=tuple(step_labels(problem, steps)),
        answer=None if answer is None else str(answer),
        reference=problem.answer,
        answer_right=grade(problem, steps).correct,
        group=key,
        split=plan.split,
        family=problem.family,
        level=problem.level,
        generator=solver,
    )
