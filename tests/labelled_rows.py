"""Small sets of labelled and scored solutions for tests, from a line each or at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from search_core.labelled import LabelledSolution, read_labelled
from search_core.verify.table import ScoredSolution, ScoreTable, table_of


def scored(
    scores: Sequence[float | None], labels: Sequence[float | None] = (), **more: Any
) -> ScoredSolution:
    """A row with these scores and labels; its texts are of no account."""
    steps = tuple(f"step {index}" for index in range(len(scores)))
    values = {"id": "row", "problem": "problem", **more}
    return ScoredSolution(
        LabelledSolution(steps=steps, labels=tuple(labels), **values), tuple(scores)
    )


def golden_rows(path: Path) -> Iterator[ScoredSolution]:
    """The rows of a golden file, with the scores of its column "ours"."""
    for solution in read_labelled(path):
        yield ScoredSolution(solution, solution.scores["ours"])


def random_rows(seed: int, count: int, *, soft: bool = False) -> list[ScoredSolution]:
    """Rows of a verifier that knows something, with ties, gaps and every kind of solution."""
    luck = random.Random(seed)
    rows = []
    for number in range(count):
        size = luck.randint(1, 6)
        first = luck.choice([None, *range(size)])
        labels: list[float | None] = [
            1.0 if first is None or index < first else 0.0 for index in range(size)
        ]
        if soft:
            labels = [
                round(abs(label - luck.random() * 0.4), 2) for label in labels if label is not None
            ]
        scores: list[float | None] = [
            round(min(1.0, max(0.0, 0.4 * (label or 0.0) + 0.3 + luck.gauss(0, 0.2))), 1)
            for label in labels
        ]
        if luck.random() < 0.1:
            scores[luck.randrange(size)] = None
        if luck.random() < 0.1 and not soft:
            labels[-1] = None
        rows.append(
            scored(
                scores,
                labels,
                id=str(number),
                problem=f"problem {luck.randrange(max(1, count // 4))}",
                answer_right=luck.choice([None, first is None, luck.random() < 0.5]),
                split=luck.choice(["gsm8k", "math"]),
                category=luck.choice(["circular", "confidence", "correct"]),
                family=luck.choice([None, "word"]),
                level=luck.choice([None, 2, 3]),
            )
        )
    return rows


def table(*rows: ScoredSolution) -> ScoreTable:
    """Their table."""
    return table_of(rows)
