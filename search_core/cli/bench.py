"""`bench`: how fast search and page are on this machine, as ratios in one run."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.bench.decoding import PlainDecoder
from search_core.bench.measurement import Measurement
from search_core.bench.opening import opening_measurements
from search_core.bench.page import page_measurements
from search_core.bench.searching import (
    N,
    search_measurements,
    speed_measurements,
    timed_search,
)
from search_core.cli import flags
from search_core.cli.errors import bad_arguments, failed_runs
from search_core.cli.output import messages, print_json, results
from search_core.cli.services import ModelChoice, services
from search_core.evaluation.problems import draw_problems
from search_core.evaluation.provenance import provenance
from search_core.models import ModelPair
from search_core.strategies import STRATEGIES


def bench(
    context: typer.Context,
    page: Annotated[
        bool, typer.Option("--page", help="Also measure app and tree in headless Chromium.")
    ] = False,
    runs: Annotated[int, typer.Option(help="Searches of each problem family.", min=1)] = 5,
    score_source: flags.Source = "verifier",
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    device: flags.Device = "auto",
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Measure the models' search against its aims and against plain decoding.

    Warm: models are loaded, and one search is done before the clock runs. Each search is
    followed by plain decoding of as many rows, so that their ratio means something on a busy
    machine. Figures are medians with their range.
    """
    with bad_arguments():
        flags.check_models(solver, verifier, score_source)
        pair = services(context).open_models(ModelChoice(solver, verifier, device))
        pair.check(STRATEGIES["beam_search"], score_source)
    with failed_runs(debug=debug), messages().status("measuring"):
        measurements = _search(pair, score_source, runs)
        if page:
            measurements += page_measurements() + opening_measurements(runs)
    if json_:
        values = [measurement.to_dict() for measurement in measurements]
        print_json({**provenance(sys.argv[1:]), "measurements": values})
    else:
        _show(results(), measurements)


def _search(pair: ModelPair, score_source: str, runs: int) -> list[Measurement]:
    from search_core.embedded import FAMILIES

    problems = draw_problems(list(FAMILIES), None, runs, 0, "test")
    models = pair.solver, pair.score_source(score_source)
    plain = PlainDecoder(
        pair.solver_path, pair.solver.info, problems[0].text, pair.sampling, rows=N
    )
    timed_search(problems[0], *models, pair.sampling, seed=0)
    plain.tokens_per_second()
    searches, speeds = [], []
    for seed, problem in enumerate(problems):
        searches.append(timed_search(problem, *models, pair.sampling, seed=seed))
        speeds.append(plain.tokens_per_second())
    return search_measurements(searches) + speed_measurements(searches, speeds)


def _show(console: Console, measurements: list[Measurement]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"beam search, N={N}")
    for heading in ("median", "min to max", "aim", "of the aim"):
        table.add_column(heading, justify="right")
    for one in measurements:
        unit = f" {one.unit}" if one.unit else ""
        share = "" if one.share_of_aim is None else f"{100 * one.share_of_aim:.0f} %"
        aim = "" if one.aim is None else f"at most {one.aim:g}{unit}"
        span = f"{_number(min(one.values))} to {_number(max(one.values))}"
        cells = (one.name, f"{_number(one.median)}{unit}", span, aim, share)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
