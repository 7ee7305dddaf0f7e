"""What search gains on held-out problems, by who chooses, with intervals over problems."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from search_core.answers import extract_answer
from search_core.evaluation.intervals import DRAWS, Values, mean_with_interval
from search_core.evaluation.verifier_quality import auroc
from search_core.scoring import Candidate, vote
from search_core.tuning.attempts import TriedSolution

Scores = Mapping[str, Sequence[float | None]]
"""By source: one number for each attempt, in their order; None: it was not scored."""


def measured(
    greedy: Sequence[TriedSolution], attempts: Sequence[TriedSolution], scores: Scores
) -> Any:
    """JSON values: shares right by who chooses, how much more that is than greedily, problem by
    problem, and AUROC within problems, by kind and in all.

    Args:
        greedy: One attempt at each problem.
        attempts: Several at each of the same problems.
        scores: Numbers in [0, 1] by which attempts are chosen, beside their log-probability.
    """
    by_problem: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(attempts):
        by_problem[one.problem].append(place)
    likely = [math.exp(one.logprob / max(1, one.tokens)) for one in attempts]
    sources = {
        "log-probability": [math.exp(max(one.logprob, -700)) for one in attempts],
        "log-probability of a token": likely,
        **scores,
    }
    kinds = sorted({one.kind for one in attempts})
    rows: dict[str, dict[str, list[float]]] = {kind: defaultdict(list) for kind in kinds}
    for problem, places in by_problem.items():
        own = [attempts[place] for place in places]
        row = rows[own[0].kind]
        row["one sample"].append(float(np.mean([one.right for one in own])))
        row["some sample is right"].append(float(any(one.right for one in own)))
        row["greedy"] += [float(one.right) for one in greedy if one.problem == problem]
        row["majority"].append(_chosen(own, [None] * len(own), "majority"))
        for name, values in sources.items():
            given = [values[place] for place in places]
            row[f"best by {name}"].append(_chosen(own, given, "best"))
            if name in scores:
                row[f"weighted by {name}"].append(_chosen(own, given, "weighted"))
    more = {
        kind: {
            name: [value - once for value, once in zip(values, row["greedy"], strict=True)]
            for name, values in row.items()
            if name != "greedy"
        }
        for kind, row in rows.items()
    }
    auc = {name: _within(by_problem, attempts, values, kinds) for name, values in sources.items()}
    return {
        "problems": {kind: len(rows[kind]["majority"]) for kind in kinds},
        "attempts": len(attempts),
        "right": _table(rows, kinds),
        "more_than_greedy": _table(more, kinds),
        "auroc_within_problem": auc,
    }


def _chosen(
    attempts: Sequence[TriedSolution], values: Sequence[float | None], method: Any
) -> float:
    """1 if the vote's solution is right, else 0; nobody is chosen where nobody has an answer."""
    groups: dict[str, int] = {}
    candidates = []
    for place, (one, value) in enumerate(zip(attempts, values, strict=True)):
        answer = extract_answer("\n\n".join(one.steps)) if one.finished else None
        group = None if answer is None else groups.setdefault(answer, len(groups))
        candidates.append(Candidate(str(place), answer, group, value))
    chosen = vote(candidates, method).chosen
    return float(chosen is not None and attempts[int(chosen.id)].right)


def _within(
    by_problem: Mapping[int, Sequence[int]],
    attempts: Sequence[TriedSolution],
    values: Sequence[float | None],
    kinds: Sequence[str],
) -> Any:
    """AUROC over a problem's finished attempts, where it has right and wrong ones."""
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    for places in by_problem.values():
        scored = [
            (value, attempts[place].right)
            for place in places
            if (value := values[place]) is not None and attempts[place].finished
        ]
        right = np.array([right for _, right in scored], dtype=np.bool_)
        area = auroc(np.array([value for value, _ in scored], dtype=np.float64), right)
        if not math.isnan(area):
            found[attempts[places[0]].kind].append(area)
    groups = {kind: np.array(areas) for kind, areas in found.items() if areas}
    return {
        "problems": {kind: len(areas) for kind, areas in found.items()},
        **{kind: _estimate({kind: areas}) for kind, areas in groups.items()},
        "average": _estimate(groups),
    }


def _table(rows: Mapping[str, Mapping[str, list[float]]], kinds: Sequence[str]) -> Any:
    names = list(dict.fromkeys(name for kind in kinds for name in rows[kind]))
    return {
        name: {
            **{kind: _estimate({kind: np.array(rows[kind][name])}) for kind in kinds},
            "average": _estimate({kind: np.array(rows[kind][name]) for kind in kinds}),
        }
        for name in names
    }


def _estimate(groups: Mapping[str, Values]) -> dict[str, float] | None:
    found = mean_with_interval(groups, draws=DRAWS, seed=0)
    return None if found is None else {k: round(v, 4) for k, v in found.to_dict().items()}
