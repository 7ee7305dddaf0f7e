"""`steer`: a run that is there, driven again with a person's acts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.acts import Act, ActError
from search_core.cli import flags
from search_core.cli.errors import bad_arguments, failed_runs
from search_core.cli.live import ProgressLine, cancelled_by_interrupt
from search_core.cli.output import messages, print_json, results
from search_core.cli.services import ModelChoice, services
from search_core.cli.strategy_flags import with_strategy_flags
from search_core.cli.summary import print_summary, summary_values
from search_core.cli.whatif import TracePath
from search_core.log.traces import read_trace, write_trace
from search_core.models import SOLVERS, VERIFIERS, ModelPair, ShippedModel
from search_core.run.pairing import told
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.run.runner import Run
from search_core.steer import GoingOn, Steering, steered


@with_strategy_flags()
def steer(
    context: typer.Context,
    options: dict[str, Any],
    trace: TracePath,
    keep: Annotated[list[str] | None, typer.Option(help="Keep this step.")] = None,
    cut: Annotated[list[str] | None, typer.Option(help="Cut this step.")] = None,
    grow: Annotated[
        list[str] | None, typer.Option(help='More next steps under one: "0.2 3" grows three.')
    ] = None,
    edit: Annotated[
        list[str] | None, typer.Option(help='Another text of a step: "0.2 18 + 9 = 27".')
    ] = None,
    write: Annotated[
        list[str] | None, typer.Option(help="A next step of one's own under one; as --edit.")
    ] = None,
    ends: Annotated[
        bool, typer.Option("--ends", help="What is written here ends the solution.")
    ] = False,
    go_on: Annotated[
        str | None,
        typer.Option(help="Go on from this step, with --strategy, options, or other models."),
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="Of --go-on; default: the run's own.")
    ] = None,
    author: Annotated[str, typer.Option(help="Who does it; the log says so.")] = "",
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    device: flags.Device = "auto",
    to: Annotated[
        Path | None, typer.Option(help="Write the steered run here (NDJSON).", show_default=False)
    ] = None,
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Drive a run again with your acts in place of the strategy's decisions.

    What was written and scored is used again; models are asked for what is new. Acts are done in
    the order of the options above, each on what the ones before came to. A steered run can be
    steered again.
    """
    with bad_arguments():
        acts = _acts(author, ends=ends, keep=keep, cut=cut, grow=grow, edit=edit, write=write)
        if go_on is not None:
            acts.append(Act("go_on", go_on, author))
        elif strategy is not None or options:
            raise ActError("A strategy and its options are those of --go-on: name a step.")
        if not acts:
            raise ActError("Nothing is done; give an act, such as --keep 0.2.")
        read = read_trace(trace)
        recorded = recorded_run(read.events, read.tree)
        going_on = GoingOn(strategy or "", options)
        Steering(recorded, acts[0], going_on if acts[0].action == "go_on" else None).check()
        pair = _models(context, recorded, solver, verifier, device)
    progress = ProgressLine(messages())
    with failed_runs(debug=debug), cancelled_by_interrupt() as cancelled, progress.shown():
        run = None
        for act in acts:
            last = going_on if act.action == "go_on" else None
            ready = steered(
                Steering(recorded, act, last),
                told(pair.solver, recorded.header.solver.prompt if pair.takes_prompt else None),
                pair.score_source(_source(recorded)),
                run_id=secrets.token_urlsafe(12),
                created=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            run = ready.drive(cancelled)
            recorded = recorded_run(run.events)
    if run is not None:
        _report(run, to, json_=json_)


def _acts(author: str, *, ends: bool, **given: list[str] | None) -> list[Act]:
    acts = []
    for action, values in given.items():
        for value in values or ():
            node, _, rest = value.strip().partition(" ")
            said: dict[str, Any] = {"action": action, "node": node, "author": author}
            if action == "grow":
                said["count"] = int(rest) if rest.strip().isdigit() else rest or 1
            elif action in ("edit", "write"):
                said |= {"text": rest, "ends": ends}
            elif rest:
                raise ActError(f"--{action} takes the id of a step; got {value!r:.60}.")
            acts.append(Act(**said))
    return acts


def _models(
    context: typer.Context,
    recorded: RecordedRun,
    solver: str | None,
    verifier: str | None,
    device: str,
) -> ModelPair:
    """The run's own models, where they are embedded ones; others by their names."""
    wrote = solver or _called(SOLVERS, recorded.header.solver.name)
    scored = verifier or _called(VERIFIERS, recorded.header.verifier.name)
    return services(context).open_models(ModelChoice(wrote, scored, device))


def _called(known: Mapping[str, ShippedModel], folder: str) -> str | None:
    return next((name for name, model in known.items() if model.folder.name == folder), None)


def _source(recorded: RecordedRun) -> str:
    """What scored the run's steps, by its name among the score sources."""
    name = recorded.header.verifier.name.lower()
    others = ("log-probability", "oracle", "random")
    return next((source for source in others if name.startswith(source)), "verifier")


def _report(run: Run, to: Path | None, *, json_: bool) -> None:
    with bad_arguments():
        if to is not None:
            write_trace(run.events, to)
    if json_:
        print_json(summary_values(run.tree))
        return
    again = sum(node.again for node in run.tree.steps())
    print_summary(results(), run.tree)
    results().print(
        f"Of {len(run.tree.nodes) - 1} steps {again} were there before and cost nothing now.",
        highlight=False,
    )
