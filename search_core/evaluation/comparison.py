"""From outcomes to rows: accuracy with intervals, paired differences, mean costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from search_core.evaluation.arms import Arm, JudgeName
from search_core.evaluation.attempts import JUDGED_ATTEMPTS
from search_core.evaluation.calibration import calibration_of
from search_core.evaluation.crossing import CostPoint, crossing
from search_core.evaluation.equal_tokens import equal_tokens
from search_core.evaluation.first_errors import THRESHOLD
from search_core.evaluation.intervals import Values, mean_with_interval
from search_core.evaluation.likeliest import likeliest_is_right
from search_core.evaluation.outcomes import Outcome, problem_key
from search_core.evaluation.rollouts import Rollouts
from search_core.evaluation.verifier_quality import verifier_quality
from search_core.problem import Problem
from search_core.strategies.greedy import GREEDY

LEAST_ATTEMPTS = 16
"""Attempts per problem from which the verifier's own measures are taken."""
_ASK_NOBODY = ("majority", "any", "likeliest")
"""Judges that need no verifier."""
_COSTS = ("tokens", "solver_flops", "verifier_flops", "seconds")


@dataclass(frozen=True)
class ComparisonRow:
    """One way to answer problems.

    Attributes:
        right: For each family, each problem's share of seeds that were right.
        costs: For each family, the means per problem of tokens that the solver wrote,
            FLOPs of solver and of verifier, and seconds.
    """

    arm: Arm
    judge: JudgeName
    right: dict[str, Values]
    costs: dict[str, dict[str, float]]

    @property
    def name(self) -> str:
        return self.arm.row_name(self.judge)


class Comparison:
    """All rows of one evaluation over the same problems.

    Args:
        outcomes: Of every arm, problem and seed; missing ones are an error.
        baselines: Names of rows that the others are held against; a rival's row is one too.
        draws, seed: Of the bootstrap.
        rollouts: What the verifier's scores are held against.
        threshold: Step scores below it count as an error; None: steps have no scores of
            their own.

    Raises:
        ValueError: A baseline is no row; the message lists the rows.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        problems: Sequence[Problem],
        outcomes: Sequence[Outcome],
        baselines: Sequence[str],
        *,
        draws: int,
        seed: int,
        rollouts: Sequence[Rollouts] = (),
        threshold: float | None = THRESHOLD,
    ) -> None:
        self._rollouts, self._threshold = rollouts, threshold
        self._bootstrap: Mapping[str, int] = {"draws": draws, "seed": seed}
        self._arms = arms
        self._families = families_of(problems)
        self._by_problem: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            self._by_problem.setdefault((outcome.arm, outcome.problem), []).append(outcome)
        self.rows = [self._row(arm, judge) for arm in arms for judge in self._judges(arm)]
        named = {row.name: row for row in self.rows}
        check_baselines(baselines, named)
        self._rival = next((row for row in self.rows if row.arm.rival), None)
        self._baselines = [named[name] for name in baselines]
        if self._rival and self._rival not in self._baselines:
            self._baselines.append(self._rival)

    def values(self) -> dict[str, Any]:
        """All rows, and the verifier's measures if there are enough attempts; JSON-ready."""
        return {
            "baselines": [row.name for row in self._baselines],
            "problems": {name: len(keys) for name, keys in self._families.items()},
            "rows": [self._row_values(row) for row in self.rows],
            "equal_tokens": self._equal_tokens(),
            "crossing": self._crossing(),
            "verifier_quality": self._quality(),
        }

    def _judges(self, arm: Arm) -> list[JudgeName]:
        """Judges that every run could ask; without scores there is only the majority."""
        runs = [outcome for outcomes in self._of(arm) for outcome in outcomes]
        return [
            judge for judge in arm.judges if all(_right(run, judge) is not None for run in runs)
        ]

    def _of(self, arm: Arm) -> list[list[Outcome]]:
        keys = [key for keys in self._read_by(arm).values() for key in keys]
        return [self._by_problem[arm.name, key] for key in keys]

    def _row(self, arm: Arm, judge: JudgeName) -> ComparisonRow:
        right, costs = {}, {}
        for family, keys in self._read_by(arm).items():
            runs = [self._by_problem[arm.name, key] for key in keys]
            right[family] = np.array(
                [np.mean([bool(_right(run, judge)) for run in of_problem]) for of_problem in runs]
            )
            charged = not (arm.scores_only_judge and judge in _ASK_NOBODY)
            priced = [[_costs(run, charged) for run in of_problem] for of_problem in runs]
            means = np.mean([np.mean(costs, axis=0) for costs in priced], axis=0)
            costs[family] = dict(zip(_COSTS, map(float, means), strict=True))
        return ComparisonRow(arm, judge, right, costs)

    def _row_values(self, row: ComparisonRow) -> dict[str, Any]:
        families = {name: self._measured(row, [name]) for name in row.right}
        return {
            "name": row.name,
            **row.arm.values(),
            "rival": row.arm.rival or None,
            "own_solver": row.arm.own_solver or None,
            "n": row.arm.n,
            "judge": row.judge,
            "average": self._on_average(row),
            "families": families,
        }

    def _on_average(self, row: ComparisonRow) -> dict[str, Any]:
        """Over all families; of a row that has but some of them only the costs."""
        average = self._measured(row, list(row.right))
        whole = len(row.right) == len(self._families)
        return average if whole else {**average, "accuracy": None, "difference": {}}

    def _read_by(self, arm: Arm) -> dict[str, list[str]]:
        return {name: keys for name, keys in self._families.items() if arm.reads(name)}

    def _measured(self, row: ComparisonRow, families: Sequence[str]) -> dict[str, Any]:
        accuracy = mean_with_interval({f: row.right[f] for f in families}, **self._bootstrap)
        differences = {}
        for baseline in self._baselines:
            if not all(name in baseline.right for name in families):
                continue
            paired = {f: row.right[f] - baseline.right[f] for f in families}
            difference = mean_with_interval(paired, **self._bootstrap)
            if baseline is not row and difference is not None:
                differences[baseline.name] = difference.to_dict()
        costs = {name: float(np.mean([row.costs[f][name] for f in families])) for name in _COSTS}
        return {
            "accuracy": accuracy.to_dict() if accuracy else None,
            "difference": differences,
            **costs,
        }

    def _largest(self, least: int) -> Arm | None:
        """Best-of-N at its largest budget, if that is at least so large."""
        arms = [arm for arm in self._arms if arm.is_best_of_n and (arm.n or 0) >= least]
        return max(arms, key=lambda arm: arm.n or 0, default=None)

    def _outcomes(self, arm: Arm) -> dict[str, list[list[Outcome]]]:
        """For each family, each problem's outcomes over the seeds."""
        return {
            name: [self._by_problem[arm.name, key] for key in keys]
            for name, keys in self._families.items()
        }

    def _equal_tokens(self) -> list[dict[str, Any]]:
        """Each search with a budget beside best-of-k, where best-of-N was run."""
        largest = self._largest(1)
        if largest is None:
            return []
        samples, every = self._outcomes(largest), self._families
        searches = [
            arm
            for arm in self._arms
            if arm.n is not None and not arm.is_best_of_n and len(self._read_by(arm)) == len(every)
        ]
        return [
            equal_tokens(arm, self._outcomes(arm), samples, **self._bootstrap) for arm in searches
        ]

    def _crossing(self) -> dict[str, Any] | None:
        """What greedy and best-of-N by weighted vote need to do as well as the rival."""
        rival = self._rival
        curve = [row for row in self.rows if not row.arm.rival and _on_curve(row)]
        if rival is None or not curve:
            return None

        def measured(names: Sequence[str]) -> dict[str, Any]:
            return crossing([_point(row, names) for row in curve], _point(rival, names))

        return {
            "rival": rival.name,
            "curve": [row.name for row in curve],
            "average": measured(list(self._families)),
            "families": {name: measured([name]) for name in self._families},
        }

    def _quality(self) -> dict[str, Any] | None:
        """From the first attempts of the first seed's run of the largest best-of-N."""
        arm = self._largest(LEAST_ATTEMPTS)
        if arm is None:
            return None
        families = {
            name: [list(runs[0].attempts[:JUDGED_ATTEMPTS]) for runs in each]
            for name, each in self._outcomes(arm).items()
        }
        return {
            "from": arm.name,
            "attempts": min(JUDGED_ATTEMPTS, arm.n or 0),
            **verifier_quality(families, threshold=self._threshold, **self._bootstrap),
            "rollouts": calibration_of(self._families, self._rollouts, **self._bootstrap),
        }


def _on_curve(row: ComparisonRow) -> bool:
    alone = row.arm.strategy.name == GREEDY.name
    return alone or (row.arm.is_best_of_n and row.judge == "weighted")


def _point(row: ComparisonRow, families: Sequence[str]) -> CostPoint:
    costs = [row.costs[name] for name in families]
    flops = np.mean([cost["solver_flops"] + cost["verifier_flops"] for cost in costs])
    accuracy = np.mean([row.right[name].mean() for name in families])
    return CostPoint(row.name, float(flops), float(accuracy))


def families_of(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """Keys of the problems of each family; those of none are "other"."""
    families: dict[str, list[str]] = {}
    for problem in problems:
        families.setdefault(problem.family or "other", []).append(problem_key(problem))
    return families


def check_baselines(baselines: Sequence[str], rows: Iterable[str]) -> None:
    """Whether all baselines are rows.

    Raises:
        ValueError: One is not; the message lists the rows.
    """
    names = list(rows)
    for name in baselines:
        if name not in names:
            raise ValueError(f"No row is called {name!r:.80}; rows are {', '.join(names)}.")


def _right(run: Outcome, judge: JudgeName) -> bool | None:
    """Whether a judge's choice is right; None: it could not be asked."""
    if judge == "likeliest":
        return likeliest_is_right(run.attempts)
    return run.right.get(judge)


def _costs(run: Outcome, charged: bool) -> tuple[float, float, float, float]:
    """As `_COSTS`. A vote that asks no verifier is charged none."""
    seconds = run.solver_seconds + (run.verifier_seconds if charged else 0.0)
    return run.generated, run.solver_flops, run.verifier_flops if charged else 0.0, seconds
