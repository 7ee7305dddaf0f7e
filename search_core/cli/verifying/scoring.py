"""Asks for the scores that are missing: a progress, the time left, and Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from search_core.cli.errors import STOPPED, failed_runs
from search_core.cli.live import RunsBar, cancelled_by_interrupt
from search_core.cli.output import messages
from search_core.cli.pace import WorkPace
from search_core.cli.verifying.judges import JudgedScores
from search_core.labelled import LabelledSolution
from search_core.protocols import Cancelled, RunCancelled
from search_core.verify.asking.scores_file import ScoresFile, row_key
from search_core.verify.asking.scoring import score_missing


def score_all(
    rows: Iterable[LabelledSolution],
    count: int,
    judges: Sequence[JudgedScores],
    store: ScoresFile,
    *,
    batch: int,
    debug: bool,
) -> None:
    """Have every verifier score every row that it has not scored yet.

    Args:
        rows: Can be gone through several times.
        count: How many there are.

    Raises:
        typer.Exit: It was stopped, or something failed; people were told.
    """
    asked = [judge for judge in judges if judge.verifier is not None]
    known = _known(rows, asked, store)
    if not asked or known == count * len(asked):
        return
    bar = RunsBar(messages(), count * len(asked), WorkPace({}, count * len(asked)), "solutions")
    with failed_runs(debug=debug), bar.shown(), cancelled_by_interrupt() as cancelled:
        bar.done("known", known)
        bar.begin()
        try:
            for judge in asked:
                _score(rows, judge, store, cancelled, batch, bar)
        except RunCancelled as stop:
            where = f" from {store.path}" if store.path else ""
            messages().print(f"Stopped. Run it again to go on{where}.", markup=False)
            raise typer.Exit(STOPPED) from stop


def _known(
    rows: Iterable[LabelledSolution], judges: Sequence[JudgedScores], store: ScoresFile
) -> int:
    if not judges:
        return 0
    keys = (row_key(row) for row in rows)
    return sum(store.knows(key, judge.key) for key in keys for judge in judges)


def _score(
    rows: Iterable[LabelledSolution],
    judge: JudgedScores,
    store: ScoresFile,
    cancelled: Cancelled,
    batch: int,
    bar: RunsBar,
) -> None:
    if judge.verifier is None:
        raise TypeError(f"{judge.judged.name} is a column: nothing can be asked of it.")
    score_missing(
        rows,
        judge.verifier,
        judge.key,
        store,
        cancelled,
        batch=batch,
        on_done=lambda count: bar.done(judge.judged.name, count),
    )
