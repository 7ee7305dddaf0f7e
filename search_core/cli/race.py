"""`race`: two to four searches of one problem, through one engine, on one clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from search_core.cli import flags
from search_core.cli.errors import RUN_FAILED, STOPPED, bad_arguments, failed_runs
from search_core.cli.live import cancelled_by_interrupt
from search_core.cli.output import flops, messages, plain, print_json, results, verdict
from search_core.cli.services import ModelChoice, Services, services
from search_core.log.traces import write_trace
from search_core.models import usual_solver
from search_core.picture.numbers import format_count, format_flops, format_seconds
from search_core.picture.text import one_line
from search_core.problem import Problem
from search_core.protocols import RunCancelled
from search_core.race import Lane, LaneText, RaceResult, read_lane
from search_core.race import race as run_race
from search_core.race.lanes import check_lanes
from search_core.race.trials import drawn_words, problems_like, trials
from search_core.run.recipe import Recipe

USUAL_LANES = ("best_of_n n=16", "beam_search n=16", "dvts n=16")
_USUAL = ", ".join(USUAL_LANES)
_LONGEST_ANSWER = 30


def race(
    context: typer.Context,
    problem: Annotated[str, typer.Argument(help="The problem.")],
    lane: Annotated[
        list[str] | None,
        typer.Option(
            help='A lane: a strategy and its options, such as "dvts n=16 verifier=large"; two to '
            f"four of them. Default: {_USUAL}.",
            show_default=False,
        ),
    ] = None,
    seed: flags.Seed = 0,
    answer: Annotated[
        str | None, typer.Option(help="Reference answer, to tell right from wrong.")
    ] = None,
    models: flags.ModelsFile = None,
    device: flags.Device = "auto",
    traces: Annotated[
        Path | None,
        typer.Option(
            help="Write the lanes' traces into this folder: lane-1.jsonl and so on.",
            show_default=False,
        ),
    ] = None,
    trial_count: Annotated[
        int | None,
        typer.Option(
            "--trials",
            help="Race on so many held-out problems of the same family and level, or the "
            "nearest (2 to 50), in its place, and say how often each lane is right, with paired "
            "intervals.",
            show_default=False,
        ),
    ] = None,
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Race strategies on one problem: same seed, same first samples, one engine.

    What several lanes ask for alike is asked once; each lane's figures are those that it would
    have alone. With --trials and --json, a line of JSON says after each problem how things stand.
    """
    with bad_arguments():
        texts = [read_lane(text) for text in lane or USUAL_LANES]
        used = services(context)
        lanes = partial(_lanes, used, texts, models=models, device=device, seed=seed)
        first = lanes(problem, answer)
        check_lanes(first)
        tried = problems_like(first[0].recipe.problem, trial_count) if trial_count else []
        if traces is not None:
            traces.mkdir(parents=True, exist_ok=True)
    with failed_runs(debug=debug), cancelled_by_interrupt() as cancelled:
        try:
            if tried:
                drawn = drawn_words(first[0].recipe.problem, tried)
                again = trials(lambda one: lanes(one.text, one.answer), tried, cancelled, drawn)
                for values in again:
                    _tell_trials(values, json_=json_)
                return
            result = run_race(first, cancelled=cancelled)
        except RunCancelled as stop:
            messages().print("Stopped.")
            raise typer.Exit(STOPPED) from stop
    values = result.to_dict()
    if traces is not None:
        with bad_arguments():
            _write(result, traces)
    if json_:
        print_json(values)
    else:
        _print(values)
    if any(row["status"] == "failed" for row in values["lanes"]):
        raise typer.Exit(RUN_FAILED)


def _lanes(
    used: Services,
    texts: Sequence[LaneText],
    problem: str,
    answer: str | None,
    *,
    models: Path | None,
    device: str,
    seed: int,
) -> list[Lane]:
    return [_lane(used, text, problem, answer, models, device, seed) for text in texts]


def _lane(
    used: Services,
    text: LaneText,
    problem: str,
    answer: str | None,
    models: Path | None,
    device: str,
    seed: int,
) -> Lane:
    flags.check_pair(text.models, text.solver, text.verifier)
    solver = None if text.models else text.solver or usual_solver(text.strategy)
    pair = used.open_models(ModelChoice(solver, text.verifier, device, text.models, models))
    read = pair.read(problem)
    options = text.strategy.options.from_values(text.options)
    recipe = Recipe(_with_answer(read, answer), text.strategy, options, pair.sampling, seed)
    return Lane(recipe, pair, text.score_source)


def _with_answer(problem: Problem, answer: str | None) -> Problem:
    if answer is None or problem.answer is not None:
        return problem
    return Problem(problem.text, answer, problem.family, problem.level)


def _write(result: RaceResult, folder: Path) -> None:
    for place, (events, _) in enumerate(result.logs, start=1):
        write_trace(events, folder / f"lane-{place}.jsonl")


def _print(values: dict[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("lane", "answer", "", "tokens", "solver", "verifier", "held", "time"):
        numeric = heading in ("tokens", "solver", "verifier", "held", "time")
        table.add_column(heading, justify="right" if numeric else "left")
    for row in values["lanes"]:
        answer = "none" if row["answer"] is None else one_line(row["answer"], _LONGEST_ANSWER)
        ended = "" if row["status"] == "completed" else f" ({row['status']})"
        cells = (
            row["name"],
            answer + ended,
            verdict(row["right"], undecided=row["right_undecided"]),
            format_count(row["tokens"]),
            flops(row["solver_flops"], tokens=row["tokens"]),
            format_flops(row["verifier_flops"]),
            f"{format_count(row['held'])} tokens",
            format_seconds(row["seconds"]),
        )
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console = results()
    console.print(table)
    console.print(
        f"{plain(values['outcome'])} One problem proves nothing: --trials 20 races on 20.",
        markup=False,
        highlight=False,
    )
    for parting in values["partings"]:
        said = parting["sentence"] if parting else "The trees are the same to their ends."
        console.print(plain(said), markup=False, highlight=False)
    saved = values["saved"]
    if saved["written"] or saved["read"]:
        console.print(
            f"Asked once for several lanes: {format_count(saved['written'])} tokens written, "
            f"{format_count(saved['read'])} read by verifiers.",
            highlight=False,
        )


def _tell_trials(values: dict[str, Any], *, json_: bool) -> None:
    if json_:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    if values["done"] < values["of"]:
        messages().print(f"{values['done']} of {values['of']} problems", highlight=False)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("lane", "right", "95 %", "minus the first lane", "tokens each"):
        table.add_column(heading, justify="left" if heading == "lane" else "right")
    for row in values["lanes"]:
        share, difference = row["share"], row["difference"]
        cells = (
            row["name"],
            f"{row['right']} of {values['of']}",
            f"{share['low']:.2f} to {share['high']:.2f}",
            "" if difference is None else _signed(difference),
            format_count(round(row["tokens"])),
        )
        table.add_row(*(Text(plain(cell)) for cell in cells))
    results().print(table)
    for sentence in [*filter(None, [values["drawn"]]), *values["said"]]:
        results().print(Text(plain(sentence)))


def _signed(difference: dict[str, float]) -> str:
    value, low, high = difference["value"], difference["low"], difference["high"]
    return f"{value:+.2f} ({low:+.2f} to {high:+.2f})"
