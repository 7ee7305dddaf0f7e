"""Runs an evaluation: loads the models, shares the work, shows progress, hears Ctrl-C."""

from __future__ import annotations

import math
from collections.abc import Sequence

import typer

from search_core.cli.errors import STOPPED, failed_runs
from search_core.cli.live import RunsBar, cancelled_by_interrupt
from search_core.cli.output import messages
from search_core.cli.pace import WorkPace
from search_core.cli.services import ModelChoice, Services
from search_core.evaluation.measure import MeasurementPlan, Measurements, Models, measure
from search_core.evaluation.store import OutcomeStore
from search_core.evaluation.workers import OpenModels, records_of_workers, usual_workers
from search_core.protocols import RunCancelled

_SMALL = 20_000_000
"""Parameters up to which several copies on a CPU are quicker than several threads."""


def load_models(
    services: Services,
    choice: ModelChoice,
    score_source: str,
    rival: str | None,
    own: Sequence[str] = (),
) -> Models:
    """The pair, and the solvers beside it. Workers do it again, each for itself.

    Args:
        choice: The pair.
        score_source: What scores.
        rival: The other solver's embedded name, folder or Hub name; None for none.
        own: Embedded names of the solvers that were made for one strategy each.

    Raises:
        ModelLoadError: A model cannot be loaded.
        ValueError: The score source is unknown, or the other solver is the same one.
    """
    pair = services.open_models(choice)
    solver, verifier = pair.solver, pair.score_source(score_source)
    made_for = {name: services.open_models(choice.beside(name)).solver for name in own}
    if rival is None:
        return Models(solver, verifier, own=made_for)
    other = services.open_models(choice.beside(rival)).solver
    if other.info == solver.info:
        raise ValueError(
            f"--rival is {rival}, the solver that is measured; choose a bigger one, or none."
        )
    return Models(solver, verifier, other, made_for)


def run_plan(
    plan: MeasurementPlan,
    models: Models,
    store: OutcomeStore,
    open_models: OpenModels,
    workers: int,
    *,
    debug: bool,
) -> Measurements:
    """All outcomes of a plan, in this process or in several.

    Raises:
        typer.Exit: It was stopped, or something failed; people were told.
    """
    bar = RunsBar(messages(), plan.size, WorkPace(plan.weights, plan.work))
    with failed_runs(debug=debug), bar.shown(), cancelled_by_interrupt() as cancelled:
        records = None
        if workers > 1:
            known = frozenset(store.keys)
            records = records_of_workers(plan, open_models, known, workers, cancelled)
        try:
            return measure(
                plan,
                models,
                store,
                cancelled=cancelled,
                on_done=bar.done,
                on_begin=bar.begin,
                records=records,
            )
        except RunCancelled as stop:
            messages().print(f"Stopped. Run it again to go on from {store.path}.", markup=False)
            raise typer.Exit(STOPPED) from stop


def workers_for(models: Models) -> int:
    """As many processes as cores where a model is small and computes on them, else one."""
    info = models.solver.info
    small = (info.parameters or math.inf) <= _SMALL
    return usual_workers() if info.device == "cpu" and small else 1
