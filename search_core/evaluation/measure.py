"""Runs every arm on every problem, as far as its outcome is not known yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search_core.evaluation.arms import Arm
from search_core.evaluation.batches import ShareClock, StartRun, drive_together
from search_core.evaluation.nested import nested_outcome
from search_core.evaluation.outcomes import Outcome, outcome_of, run_key
from search_core.evaluation.rollouts import RolloutPlan, Rollouts, roll_out, rollouts_key
from search_core.evaluation.store import OutcomeStore, StoredRecord
from search_core.problem import Problem
from search_core.protocols import Cancelled, Sampling, Solver, SolverInfo, Verifier, VerifierInfo
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies.options import StrategyOptions

DoneMany = Callable[[str, int], None]
"""Told a name (an arm's, or "rollouts") and how many more of it are done."""
ROLLOUTS = "rollouts"


@dataclass(frozen=True)
class Models:
    """What answers: the pair that is measured, and perhaps other solvers beside it.

    Attributes:
        rival: Answers once, to compare with.
        own: Solvers that were made for one strategy each, by name.
    """

    solver: Solver
    verifier: Verifier
    rival: Solver | None = None
    own: Mapping[str, Solver] = field(default_factory=dict)

    def solver_of(self, arm: Arm) -> Solver:
        """Who runs this arm.

        Raises:
            ValueError: The arm is another solver's and that was not loaded.
        """
        if arm.own_solver:
            if arm.own_solver not in self.own:
                raise ValueError(f"{arm.name} needs its own solver, and it was not loaded.")
            return self.own[arm.own_solver]
        if not arm.rival:
            return self.solver
        if self.rival is None:
            raise ValueError(f"{arm.name} needs the other solver, and none was loaded.")
        return self.rival


@dataclass(frozen=True)
class MeasurementPlan:
    """What to measure.

    Attributes:
        problems: Distinct ones.
        seeds: Run seeds; an arm whose seeds do not matter is run with the first alone.
        samples_at_once: The most samples in one batch; at least one run is under way.
        rollouts: Where scores are held against rollouts; None: nowhere.
        own_sampling: How solvers that were made for one strategy are sampled, by name.
    """

    arms: Sequence[Arm]
    problems: Sequence[Problem]
    seeds: Sequence[int]
    sampling: Sampling
    samples_at_once: int = 256
    rollouts: RolloutPlan | None = None
    own_sampling: Mapping[str, Sampling] = field(default_factory=dict)

    def recipe(self, arm: Arm, problem: Problem, seed: int) -> Recipe:
        """One run of one arm."""
        sampling = self.own_sampling[arm.own_solver] if arm.own_solver else self.sampling
        return Recipe(problem, arm.strategy, arm.options, sampling, seed)

    def problems_of(self, arm: Arm) -> list[Problem]:
        """The problems that an arm is run on."""
        return [problem for problem in self.problems if arm.reads(problem.family)]

    def recipes(self, arm: Arm) -> list[Recipe]:
        """All runs of one arm."""
        seeds = self.seeds if arm.seeds_matter else self.seeds[:1]
        return [
            self.recipe(arm, problem, seed) for seed in seeds for problem in self.problems_of(arm)
        ]

    @property
    def size(self) -> int:
        """Number of runs, and of problems with rollouts."""
        return sum(len(self.recipes(arm)) for arm in self.arms) + len(self.rolled_out)

    @property
    def weights(self) -> dict[str, float]:
        """About how long one run takes, by its name: how many samples it may write at once."""
        plan = self.rollouts
        weights = {arm.name: float(arm.options.width) for arm in self.arms}
        return weights | ({ROLLOUTS: float(plan.attempts * plan.rollouts)} if plan else {})

    @property
    def work(self) -> float:
        """The weights of all runs together."""
        weights = self.weights
        rolled_out = len(self.rolled_out) * weights.get(ROLLOUTS, 0)
        return rolled_out + sum(weights[arm.name] * len(self.recipes(arm)) for arm in self.arms)

    @property
    def rolled_out(self) -> list[Problem]:
        """The problems that get rollouts."""
        return self.rollouts.chosen(self.problems) if self.rollouts else []

    def shard(self, index: int, count: int) -> MeasurementPlan:
        """Every `count`-th problem: as much of each kind for everyone who shares the work."""
        rollouts = self.rollouts and self.rollouts.only(self.rolled_out)
        return replace(self, problems=self.problems[index::count], rollouts=rollouts)


@dataclass(frozen=True)
class Measurements:
    """All outcomes of a plan."""

    outcomes: list[Outcome]
    rollouts: list[Rollouts]


def measure(
    plan: MeasurementPlan,
    models: Models,
    store: OutcomeStore,
    *,
    cancelled: Cancelled,
    on_done: DoneMany,
    on_begin: Callable[[], None] = lambda: None,
    records: Iterator[tuple[str, StoredRecord]] | None = None,
) -> Measurements:
    """Outcomes of the whole plan; new ones go to the store as they come.

    Args:
        on_done: Told of what is done, first of all of what the store had.
        on_begin: Told when that was all: what follows is run now.
        records: Where new outcomes come from, each with its name; None: from these models,
            in this process.

    Raises:
        RunCancelled: `cancelled()` became True; what was finished is in the store.
        Exception: Whatever a model raised.
    """
    names = _names(plan, models)
    for key, name in names.items():
        if key in store.keys:
            on_done(name, 1)
    on_begin()
    if records is None:
        records = missing_records(plan, models, store.keys, cancelled)
    for name, record in records:
        store.add(record)
        on_done(name, 1)
    found = [known for key in names if (known := store.get(key)) is not None]
    return Measurements(
        [record for record in found if isinstance(record, Outcome)],
        [record for record in found if isinstance(record, Rollouts)],
    )


def missing_records(
    plan: MeasurementPlan, models: Models, known: Collection[str], cancelled: Cancelled
) -> Iterator[tuple[str, StoredRecord]]:
    """Everything of the plan whose key is not known, each with its name, as it comes.

    Of best-of-N only the largest missing budget of a problem and seed is run; the smaller
    ones are read off its log (`nested`). Runs of one problem with different seeds are never
    under way together, so that no run's prompt is paid for by another one.

    Raises: As `measure`.
    """
    for nest in _nests(plan.arms):
        for seed in plan.seeds if nest[0].seeds_matter else plan.seeds[:1]:
            jobs = [
                _job(nest, problem, seed, plan, models) for problem in plan.problems_of(nest[0])
            ]
            yield from _run(jobs, known, plan.samples_at_once, models, cancelled)
    if plan.rollouts:
        asked = {_rollouts_key(plan, problem, models): problem for problem in plan.rolled_out}
        missing = {key: problem for key, problem in asked.items() if key not in known}
        rolled = roll_out(
            missing,
            plan.rollouts,
            plan.sampling,
            models.solver,
            models.verifier,
            cancelled,
            samples_at_once=plan.samples_at_once,
        )
        yield from ((ROLLOUTS, rollouts) for rollouts in rolled)


RunJob = dict[str, tuple[Arm, Recipe]]
"""The runs of one problem and seed that share their samples, by key, the largest first."""


def _nests(arms: Sequence[Arm]) -> list[list[Arm]]:
    """Arms whose runs contain each other: best-of-N at all its budgets, the largest first."""
    nests: dict[object, list[Arm]] = defaultdict(list)
    for arm in arms:
        nests[_but_for_n(arm.options) if arm.is_best_of_n else arm.name].append(arm)
    return [sorted(nest, key=lambda arm: -(arm.n or 0)) for nest in nests.values()]


def _but_for_n(options: StrategyOptions) -> StrategyOptions:
    """Options with one and the same N, to tell whether the others agree."""
    return replace(options, n=1)  # type: ignore[call-arg]


def _job(
    nest: Sequence[Arm], problem: Problem, seed: int, plan: MeasurementPlan, models: Models
) -> RunJob:
    job: RunJob = {}
    for arm in nest:
        recipe = plan.recipe(arm, problem, seed)
        job[run_key(recipe, models.solver_of(arm).info, models.verifier.info)] = (arm, recipe)
    return job


def _run(
    jobs: Sequence[RunJob],
    known: Collection[str],
    samples_at_once: int,
    models: Models,
    cancelled: Cancelled,
) -> Iterator[tuple[str, Outcome]]:
    by_largest: dict[str, dict[str, RunJob]] = defaultdict(dict)
    for job in jobs:
        missing = {key: job[key] for key in job if key not in known}
        if missing:
            first = next(iter(missing))
            by_largest[missing[first][0].name][first] = missing
    for by_key in by_largest.values():
        arm = next(job[key][0] for key, job in by_key.items())
        solver, verifier = models.solver_of(arm), models.verifier
        infos = solver.info, verifier.info
        starts = [_start(key, job[key][1], *infos) for key, job in by_key.items()]
        at_once = max(1, samples_at_once // arm.options.width)
        for run in drive_together(starts, solver, verifier, at_once=at_once, cancelled=cancelled):
            outcome = outcome_of(arm, run.recipe, run.run_id, run.events, run.tree)
            job = by_key[run.run_id]
            yield arm.name, outcome
            for key, (smaller, recipe) in job.items():
                if key != run.run_id:
                    yield smaller.name, _smaller(run, outcome, smaller, recipe, key, models)


def _smaller(
    run: Run, outcome: Outcome, arm: Arm, recipe: Recipe, key: str, models: Models
) -> Outcome:
    solver, verifier = models.solver_of(arm), models.verifier
    if outcome.status == "completed":
        return nested_outcome(run, outcome, arm, key, solver.info, verifier.info)
    # A run that hit a limit says nothing of one that would not have.
    start = _start(key, recipe, solver.info, verifier.info)
    alone = next(drive_together([start], solver, verifier, at_once=1, cancelled=lambda: False))
    return outcome_of(arm, recipe, key, alone.events, alone.tree)


def _start(key: str, recipe: Recipe, solver: SolverInfo, verifier: VerifierInfo) -> StartRun:
    def start(clock: ShareClock) -> Run:
        return Run(recipe, solver, verifier, run_id=key, clock=clock)

    return start


def _rollouts_key(plan: MeasurementPlan, problem: Problem, models: Models) -> str:
    assert plan.rollouts is not None
    return rollouts_key(
        problem, plan.rollouts, plan.sampling, models.solver.info, models.verifier.info
    )


def _names(plan: MeasurementPlan, models: Models) -> dict[str, str]:
    """The key of everything in the plan, with its name."""
    names: dict[str, str] = {}
    for arm in plan.arms:
        solver, verifier = models.solver_of(arm).info, models.verifier.info
        names |= {run_key(recipe, solver, verifier): arm.name for recipe in plan.recipes(arm)}
    return names | {_rollouts_key(plan, problem, models): ROLLOUTS for problem in plan.rolled_out}
