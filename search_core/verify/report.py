"""A report: the cards of one or more verifiers on the same rows, as JSON values.

`schema.py` says what they are; `page` shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_core.evaluation.intervals import DRAWS, Resampling
from search_core.labelled import LabelledSolution
from search_core.log.events import Aggregate
from search_core.verify.card import CardBuilder, JudgedVerifier, about_rows, as_judged
from search_core.verify.comparing.paired import compared
from search_core.verify.table import ScoredSolution

FORMAT, VERSION = "espalier-verify", 1

Scores = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What every card of a report shares.

    Attributes:
        aggregate: What makes one number of a solution's scores.
        draws, seed: Of the bootstrap.
    """

    aggregate: Aggregate = "last"
    draws: int = DRAWS
    seed: int = 0


class NoRowsError(ValueError):
    """There is no row to judge by; the message says why, and what to do."""


def make_report(
    rows: Iterable[tuple[LabelledSolution, Mapping[str, Scores]]],
    verifiers: Sequence[JudgedVerifier],
    settings: ReportSettings,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """The report's values.

    Args:
        rows: Each with the scores by verifier's name; a verifier that gave none is not there.
        verifiers: At least one; the others are held against the first.
        about: Provenance and input, as JSON values.

    Raises:
        NoRowsError: There is no row.
    """
    builders = [CardBuilder(verifier) for verifier in verifiers]
    for solution, scores in rows:
        nothing = (None,) * len(solution.steps)
        for builder in builders:
            given = scores.get(builder.verifier.name)
            builder.add(ScoredSolution(solution, nothing if given is None else tuple(given)))
    tables = [builder.table() for builder in builders]
    if not tables or not tables[0].solutions:
        raise NoRowsError("The file has no solution that can be used; see what was left out.")
    resampling = Resampling(tables[0].problems, draws=settings.draws, seed=settings.seed)
    pairs = zip(verifiers[1:], tables[1:], strict=True)
    return {
        "format": FORMAT,
        "version": VERSION,
        **about,
        "settings": {
            "aggregate": settings.aggregate,
            "bootstrap_draws": settings.draws,
            "bootstrap_seed": settings.seed,
        },
        "rows": about_rows(tables[0]),
        "cards": {
            builder.verifier.name: builder.card(table, settings.aggregate, resampling)
            for builder, table in zip(builders, tables, strict=True)
        },
        "comparisons": [
            {
                "first": verifiers[0].name,
                "second": verifier.name,
                **compared(
                    as_judged(tables[0]),
                    as_judged(table),
                    (verifiers[0].threshold, verifier.threshold),
                    settings.aggregate,
                    resampling,
                ),
            }
            for verifier, table in pairs
        ],
    }
