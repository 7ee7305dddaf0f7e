"""Draws labelled solutions of the embedded families into a file, with a progress."""

from __future__ import annotations

from pathlib import Path

import typer

from search_core.cli.errors import STOPPED, failed_runs
from search_core.cli.live import RunsBar, cancelled_by_interrupt
from search_core.cli.output import messages
from search_core.cli.pace import WorkPace
from search_core.evaluation.outcomes import problem_key
from search_core.models import ModelPair
from search_core.protocols import RunCancelled
from search_core.verify.drawn import DrawPlan, draw_solutions, rows_key
from search_core.verify.drawn_file import DrawnFile

_AT_ONCE = 512
"""Attempts in one batch: small models are quickest with many."""


def draw_into(path: Path, plan: DrawPlan, pair: ModelPair, *, debug: bool) -> None:
    """Draw what is missing in the file.

    Raises:
        ValueError: The plan cannot be followed, or the file was drawn by another.
        ModelLoadError: The solver cannot be loaded.
        typer.Exit: It was stopped, or something failed; people were told.
    """
    if not pair.embedded:
        raise ValueError("--drawn needs an embedded --solver: its problems are the families'.")
    solver, sampling = pair.solver, pair.sampling
    problems = plan.problems()
    with DrawnFile(path, rows_key(plan, sampling, solver.info)) as file:
        missing = [problem for problem in problems if problem_key(problem) not in file.done]
        bar = RunsBar(messages(), len(problems), WorkPace({}, len(problems)), "problems")
        with failed_runs(debug=debug), bar.shown(), cancelled_by_interrupt() as cancelled:
            bar.done("drawn", len(problems) - len(missing))
            bar.begin()
            try:
                drawn = draw_solutions(missing, plan, sampling, solver, cancelled, at_once=_AT_ONCE)
                for problem, solutions in drawn:
                    file.add(problem_key(problem), solutions)
                    bar.done(problem.family or "", 1)
            except RunCancelled as stop:
                messages().print(f"Stopped. Run it again to go on from {path}.", markup=False)
                raise typer.Exit(STOPPED) from stop
