"""`audit`: what did the cuts of a run that is over cost?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from search_core.audit import Audit, AuditPlan, RolloutsFile
from search_core.audit import audit as audit_of
from search_core.cli import flags
from search_core.cli.errors import STOPPED, bad_arguments, failed_runs
from search_core.cli.live import RunsBar, cancelled_by_interrupt
from search_core.cli.output import messages, plain, print_json, results
from search_core.cli.pace import WorkPace
from search_core.cli.services import ModelChoice, services
from search_core.cli.whatif import TracePath
from search_core.log.files import write_whole
from search_core.log.traces import Trace, read_trace
from search_core.log.tree import Tree
from search_core.models import SOLVERS, usual_solver
from search_core.protocols import RunCancelled, Solver
from search_core.strategies import get_strategy

_BUDGET = "Budget"


def rollouts_beside(trace: Path) -> Path:
    """Where a trace's rollouts are kept unless somewhere else is said."""
    return trace.with_suffix(".rollouts.jsonl")


def audit(
    context: typer.Context,
    trace: TracePath,
    rollouts: Annotated[
        int, typer.Option(help="From each step that was kept or cut, 1 to 1,000.")
    ] = 16,
    level: Annotated[
        float,
        typer.Option(
            help="A cut is within noise where neither the last step kept nor the cut one is the "
            "better with this probability, above 0.5 and below 1."
        ),
    ] = 0.9,
    most_rollouts: Annotated[
        int | None,
        typer.Option(
            help="Write at most so many rollouts now. Default: all.",
            min=0,
            rich_help_panel=_BUDGET,
        ),
    ] = None,
    most_tokens: Annotated[
        int | None,
        typer.Option(
            help="Begin no batch once so many tokens were written. Default: no limit.",
            min=0,
            rich_help_panel=_BUDGET,
        ),
    ] = None,
    batch: Annotated[
        int, typer.Option(help="Rollouts in one call.", min=1, rich_help_panel=_BUDGET)
    ] = 64,
    answer: Annotated[
        str | None,
        typer.Option(help="The right answer, where the run does not know it.", show_default=False),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(help="Of the rollouts, above 0 to 2. Default: the run's own."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed draws other rollouts.")] = 0,
    rollouts_file: Annotated[
        Path | None,
        typer.Option(
            help="Keep rollouts here, to go on from. Default: beside the trace.",
            show_default=False,
        ),
    ] = None,
    solver: flags.SolverPath = None,
    models_file: flags.ModelsFile = None,
    device: flags.Device = "auto",
    report: flags.Report = None,
    json_: flags.Json = False,
    stream: Annotated[
        bool,
        typer.Option("--stream", help="With --json: what is known so far, a line a batch."),
    ] = False,
    debug: flags.Debug = False,
) -> None:
    """Say what the cuts of a finished run cost: how often the solver, going on from each cut step,
    would have reached the answer, and how sure it is that what was kept was better.

    Every rollout is kept in a file as soon as it is there. After a stop or a crash the same
    command goes on where it was.
    """
    with bad_arguments():
        plan = AuditPlan(rollouts, level, most_rollouts, most_tokens, batch, seed, temperature)
        if stream and not json_:
            raise ValueError("--stream writes JSON lines: add --json, or leave it out.")
        read = read_trace(trace)
        store = RolloutsFile(rollouts_file or rollouts_beside(trace))
    with store:
        with bad_arguments():
            known = audit_of(read.tree, None, store, plan, answer=answer)
            asked = None
            if known.missing and most_rollouts != 0 and most_tokens != 0:
                choice = ModelChoice(_solver(read.tree, solver), models=models_file, device=device)
                asked = services(context).open_models(choice).solver
        told = _streamed if stream else None
        found = known
        if asked is not None:
            found = _written(read.tree, asked, store, plan, answer, known, told, debug=debug)
    _report(found, read, report, json_=json_, stream=stream)


def _written(
    tree: Tree,
    solver: Solver,
    store: RolloutsFile,
    plan: AuditPlan,
    answer: str | None,
    known: Audit,
    told: Callable[[Audit], None] | None,
    *,
    debug: bool,
) -> Audit:
    """The audit with what was missing, as far as the budget goes; a bar says how it gets on."""
    there = len(store.keys)
    most = known.missing if plan.most_rollouts is None else min(known.missing, plan.most_rollouts)
    bar = RunsBar(messages(), most, WorkPace({}, most), "rollouts")

    def on_batch(so_far: Audit) -> None:
        nonlocal there
        bar.done("rollouts", len(store.keys) - there)
        there = len(store.keys)
        if told:
            told(so_far)

    with failed_runs(debug=debug), bar.shown(), cancelled_by_interrupt() as cancelled:
        bar.begin()
        try:
            return audit_of(
                tree, solver, store, plan, answer=answer, cancelled=cancelled, on_batch=on_batch
            )
        except RunCancelled as stop:
            said = f"Stopped. Run it again to go on from {store.path}."
            messages().print(plain(said), markup=False, highlight=False)
            raise typer.Exit(STOPPED) from stop


def _solver(tree: Tree, asked: str | None) -> str:
    """The run's own solver: an embedded one by its name, unless somebody says where it is."""
    if asked is not None:
        return asked
    header = tree.started
    if header is None:
        raise ValueError("The trace has no first event, so nobody knows who wrote it.")
    named = header.solver.name.removeprefix("solver-")
    if named in SOLVERS:
        return named
    return usual_solver(get_strategy(header.strategy))


def _streamed(so_far: Audit) -> None:
    typer.echo(json.dumps(so_far.to_dict(), ensure_ascii=False, separators=(",", ":")))


def _report(found: Audit, read: Trace, report: Path | None, *, json_: bool, stream: bool) -> None:
    if stream:
        _streamed(found)
    elif json_:
        print_json(found.to_dict())
    else:
        from search_core.audit.words import price_lines

        lines = [*found.sentences, *price_lines(found.prices, read.tree, found.decisions)]
        results().print(plain("\n".join(lines)), markup=False, highlight=False)
    if report is not None:
        from search_core.audit.page import audit_page

        with bad_arguments():
            write_whole(report, audit_page(found, read.tree))
        if not json_:
            results().print(plain(f"Report in {report}."), markup=False, highlight=False)
    if read.notice:
        messages().print(plain(read.notice), markup=False, highlight=False)
