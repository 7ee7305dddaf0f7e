"""Runs every arm on every problem, as far as its outcome is not known yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search_core.evaluation.arms import Arm
from search_core.evaluation.batches import ShareClock, StartRun, drive_together
from search_core.evaluation.outcomes import Outcome, outcome_of, run_key
from search_core.evaluation.store import OutcomeStore
from search_core.problem import Problem
from search_core.recipe import Recipe
from search_core.runner import Run
from search_core.solvers.base import Cancelled, Sampling, Solver
from search_core.verifiers.base import Verifier

DoneMany = Callable[[Arm, int], None]
"""Told the arm and how many more of its runs are done."""


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Attributes:
        seeds: Run seeds; an arm whose seeds do not matter is run with the first alone.
        samples_at_once: The most samples in one batch; at least one run is under way.
    """

    arms: Sequence[Arm]
    problems: Sequence[Problem]
    seeds: Sequence[int]
    sampling: Sampling
    samples_at_once: int = 256

    def recipes(self, arm: Arm) -> list[Recipe]:
        """All runs of one arm."""
        seeds = self.seeds if arm.seeds_matter else self.seeds[:1]
        return [
            Recipe(problem, arm.strategy, arm.options, self.sampling, seed)
            for seed in seeds
            for problem in self.problems
        ]

    @property
    def size(self) -> int:
        """Number of runs."""
        return sum(len(self.recipes(arm)) for arm in self.arms)


def measure(
    plan: Plan,
    solver: Solver,
    verifier: Verifier,
    store: OutcomeStore,
    *,
    cancelled: Cancelled,
    on_done: DoneMany,
) -> list[Outcome]:
    """Outcomes of the whole plan; new ones go to the store as they come.

    The samples of best-of-N at a small budget are the first ones at a large budget (a
    sample's seed depends on its place alone), so budgets are compared on paired samples.

    Raises:
        RunCancelled: `cancelled()` became True; what was finished is in the store.
        Exception: Whatever a model raised.
    """
    outcomes = []
    for arm in plan.arms:
        keys = {run_key(one, solver.info, verifier.info): one for one in plan.recipes(arm)}
        missing = {key: recipe for key, recipe in keys.items() if store.get(key) is None}
        on_done(arm, len(keys) - len(missing))
        starts = [_start(key, recipe, solver, verifier) for key, recipe in missing.items()]
        at_once = max(1, plan.samples_at_once // arm.options.width)
        for run in drive_together(starts, solver, verifier, at_once=at_once, cancelled=cancelled):
            store.add(outcome_of(arm, run.recipe, run.run_id, run.events, run.tree))
            on_done(arm, 1)
        outcomes += [outcome for key in keys if (outcome := store.get(key)) is not None]
    return outcomes


def _start(key: str, recipe: Recipe, solver: Solver, verifier: Verifier) -> StartRun:
    def start(clock: ShareClock) -> Run:
        return Run(recipe, solver.info, verifier.info, run_id=key, clock=clock)

    return start
