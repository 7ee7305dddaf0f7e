"""`whatif` and `regret`: questions to a run that is over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.cli import flags
from search_core.cli.errors import bad_arguments, failed_runs
from search_core.cli.live import cancelled_by_interrupt
from search_core.cli.output import messages, plain, print_json, results
from search_core.cli.services import ModelChoice, services
from search_core.cli.strategy_flags import with_strategy_flags
from search_core.log.traces import Trace, read_trace, write_trace
from search_core.models import usual_solver
from search_core.protocols import Solver, UsageError, Verifier
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.whatif import Change, WhatIf, what_if
from search_core.whatif import regret as regret_of

TracePath = Annotated[Path, typer.Argument(help="A trace file (NDJSON).", show_default=False)]


@with_strategy_flags()
def whatif(
    context: typer.Context,
    options: dict[str, Any],
    trace: TracePath,
    noise: Annotated[
        float,
        typer.Option(help="Plant noise in the scores: its standard deviation, 0 to 1."),
    ] = 0.0,
    noise_seed: Annotated[int, typer.Option(help="Another seed plants other noise.")] = 0,
    hedge: Annotated[
        float | None,
        typer.Option(
            help="Draw the answer by soft best-of-N, softmax(score / λ) over the solutions, with "
            "this λ (above 0 to 100)."
        ),
    ] = None,
    grow: Annotated[
        bool,
        typer.Option("--grow", help="Let the models write and score just what is missing."),
    ] = False,
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    device: flags.Device = "auto",
    to: Annotated[
        Path | None,
        typer.Option(
            help="Write the run as it would have been here (NDJSON), if nothing is missing.",
            show_default=False,
        ),
    ] = None,
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Ask of a finished run what another setting would have made of it.

    Nothing is generated: the search is driven again over what was written and scored. Where it
    would go on from a step that nobody wrote, that is said; --grow writes just those. With
    --verifier another verifier scores the steps that are there. Options of strategies change the
    run's own.
    """
    with bad_arguments():
        read = read_trace(trace)
        recorded = recorded_run(read.events, read.tree)
        change = Change(options, noise, noise_seed, hedge)
        models = _models(context, recorded, solver, verifier, device, grow=grow)
        if models == (None, None):
            found = what_if(recorded, change)
    if models != (None, None):
        with failed_runs(debug=debug), cancelled_by_interrupt() as cancelled:
            found = what_if(
                recorded, change, solver=models[0], verifier=models[1], cancelled=cancelled
            )
    with bad_arguments():
        if to is not None:
            if not found.sure:
                raise UsageError(
                    f"{to} is not written: {len(found.missing_steps)} steps are missing, so this "
                    "is no run. Add --grow to write them."
                )
            write_trace(found.events, to)
    _report(read, found, json_=json_)


def regret(trace: TracePath, json_: flags.Json = False) -> None:
    """Say where a run whose answer is wrong lost a right one: by which decision, at what margin."""
    with bad_arguments():
        read = read_trace(trace)
        found = regret_of(read.tree)
    if json_:
        print_json(found.to_dict())
        return
    results().print(plain(str(found)), markup=False, highlight=False)
    _notice(read)


def _models(
    context: typer.Context,
    recorded: RecordedRun,
    solver: str | None,
    verifier: str | None,
    device: str,
    *,
    grow: bool,
) -> tuple[Solver | None, Verifier | None]:
    """What is asked: nobody; another verifier; or both models, for what is missing."""
    if solver is not None and not grow:
        raise UsageError("--solver writes steps that are missing: add --grow, or leave it out.")
    if not grow and verifier is None:
        return None, None
    wanted = solver or usual_solver(recorded.recipe.strategy)
    used = services(context).open_models(ModelChoice(wanted, verifier, device))
    return (used.solver if grow else None), used.verifier


def _report(read: Trace, found: WhatIf, *, json_: bool) -> None:
    if json_:
        print_json(found.to_dict())
        return
    results().print(plain(str(found)), markup=False, highlight=False)
    if found.written:
        results().print(f"Written for this: {found.written} steps.", highlight=False)
    if found.missing_steps:
        results().print("--grow writes just the missing steps.", highlight=False)
    _notice(read)


def _notice(read: Trace) -> None:
    if read.notice:
        messages().print(plain(read.notice), markup=False, highlight=False)
