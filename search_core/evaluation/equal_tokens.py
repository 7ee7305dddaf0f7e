"""Search against best-of-k that writes at least as many tokens.

Budgets in solutions are not equal compute: what a search throws away it has written too, and
beams that share a beginning wrote it once. So each search is held against the smallest k
whose first k samples took at least as many tokens, family by family.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from search_core.evaluation.arms import Arm
from search_core.evaluation.attempts import Attempt
from search_core.evaluation.intervals import Values, mean_with_interval
from search_core.evaluation.outcomes import Outcome
from search_core.log.events import VoteMethod
from search_core.scoring import Candidate, vote

JUDGES: tuple[VoteMethod, ...] = ("weighted", "best")
Families = Mapping[str, Sequence[Sequence[Outcome]]]
"""For each family, each problem's outcomes over the seeds."""


def equal_tokens(
    search: Arm, runs: Families, samples: Families, *, draws: int, seed: int
) -> dict[str, Any]:
    """One search beside best-of-k, as JSON values.

    Args:
        search: The search's arm.
        runs: Its outcomes.
        samples: Those of best-of-N at its largest budget, for the same problems.

    Returns:
        "families" and "average", each with k (null on average: every family has its own),
        whether the largest budget was enough, tokens of both, and for each judge the
        accuracies and their paired difference.
    """
    matched = {name: _Match(runs[name], samples[name]) for name in runs}
    judges = [j for j in JUDGES if all(match.can_be_judged(j) for match in matched.values())]

    def measured(names: Sequence[str]) -> dict[str, Any]:
        chosen = [matched[name] for name in names]
        return {
            "enough": all(match.enough for match in chosen),
            "tokens": float(np.mean([match.tokens for match in chosen])),
            "best_of_k_tokens": float(np.mean([match.best_of_k_tokens for match in chosen])),
            "judges": {judge: _compared(judge, names) for judge in judges},
        }

    def _compared(judge: VoteMethod, names: Sequence[str]) -> dict[str, Any]:
        searched = {name: matched[name].searched(judge) for name in names}
        sampled = {name: matched[name].sampled(judge) for name in names}
        difference = {name: searched[name] - sampled[name] for name in names}
        parts = {"accuracy": searched, "best_of_k": sampled, "difference": difference}
        estimates = {
            name: mean_with_interval(values, draws=draws, seed=seed)
            for name, values in parts.items()
        }
        return {
            name: estimate.to_dict() if estimate else None for name, estimate in estimates.items()
        }

    return {
        "row": search.name,
        "families": {name: {"k": match.k, **measured([name])} for name, match in matched.items()},
        "average": {"k": None, **measured(list(matched))},
    }


class _Match:
    """A search's outcomes in one family, and the k that they are held against."""

    def __init__(
        self, runs: Sequence[Sequence[Outcome]], samples: Sequence[Sequence[Outcome]]
    ) -> None:
        self._runs, self._samples = runs, samples
        self.tokens = _mean([[run.generated for run in of_problem] for of_problem in runs])
        most = max(len(run.attempts) for sample in samples for run in sample)
        sizes = [[_written(run, most) for run in sample] for sample in samples]
        written: Values = np.mean([np.mean(size, axis=0) for size in sizes], axis=0)
        self.enough = bool(written[-1] >= self.tokens)
        place = int(np.searchsorted(written, self.tokens)) if self.enough else len(written) - 1
        self.k = place + 1
        self.best_of_k_tokens = float(written[place])

    def can_be_judged(self, judge: VoteMethod) -> bool:
        return all(
            judge in run.right for of_problem in (*self._runs, *self._samples) for run in of_problem
        )

    def searched(self, judge: VoteMethod) -> Values:
        """Each problem's share of seeds that were right."""
        return np.array(
            [np.mean([run.right[judge] for run in of_problem]) for of_problem in self._runs]
        )

    def sampled(self, judge: VoteMethod) -> Values:
        """The same of best-of-k."""
        return np.array(
            [
                np.mean([is_right(run.attempts[: self.k], judge) for run in sample])
                for sample in self._samples
            ]
        )


def is_right(attempts: Sequence[Attempt], judge: VoteMethod) -> bool:
    """Whether a vote over these attempts chooses a right one."""
    candidates = [
        Candidate(
            str(place),
            None if attempt.group is None else str(attempt.group),
            attempt.group,
            attempt.aggregate,
        )
        for place, attempt in enumerate(attempts)
        if attempt.finished
    ]
    chosen = vote(candidates, judge).chosen
    return chosen is not None and attempts[int(chosen.id)].right


def _written(run: Outcome, most: int) -> Values:
    """Tokens of the first 1, 2, … attempts; a run that hit a limit has fewer."""
    tokens = [attempt.tokens for attempt in run.attempts]
    return np.cumsum(tokens + [0] * (most - len(tokens)), dtype=np.float64)


def _mean(values: Sequence[Sequence[float]]) -> float:
    return float(np.mean([np.mean(value) for value in values]))
