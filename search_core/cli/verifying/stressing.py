"""The stress test of every verifier that can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from search_core.cli.verifying.judges import JudgedScores
from search_core.cli.verifying.scoring import score_all
from search_core.labelled import LabelledSolution
from search_core.verify.asking.scores_file import ScoresFile, row_key
from search_core.verify.report import ReportSettings
from search_core.verify.stress.choosing import StressCase, chosen_solutions, stress_cases
from search_core.verify.stress.measuring import stress_results


def stress_all(
    rows: Iterable[LabelledSolution],
    count: int,
    judges: Sequence[JudgedScores],
    store: ScoresFile,
    settings: ReportSettings,
    *,
    batch: int,
    debug: bool,
) -> dict[str, dict[str, Any] | None]:
    """Edit solutions, have them scored, and say what the edits did; by verifier.

    Args:
        count: How many solutions are edited.

    Raises:
        typer.Exit: It was stopped, or something failed; people were told.
    """
    cases = stress_cases(chosen_solutions(rows, count, settings.seed), settings.seed)
    edited = [case.edited.solution for case in cases]
    score_all(edited, len(edited), judges, store, batch=batch, debug=debug)
    return {
        judge.judged.name: _of(judge, cases, store, settings)
        for judge in judges
        if judge.verifier is not None
    }


def _of(
    judge: JudgedScores, cases: Sequence[StressCase], store: ScoresFile, settings: ReportSettings
) -> dict[str, Any] | None:
    def scores(solutions: Iterable[LabelledSolution]) -> dict[str, Sequence[float | None]]:
        known = ((each.id, store.scores(row_key(each), judge.key)) for each in solutions)
        return {name: found for name, found in known if found is not None}

    return stress_results(
        cases,
        scores(case.original for case in cases),
        scores(case.edited.solution for case in cases),
        judge.judged.threshold,
        judges_solutions=judge.verifier is not None and judge.verifier.info.scores == "solutions",
        draws=settings.draws,
        seed=settings.seed,
    )
