"""`bench`: how fast search and page are on this machine, as ratios in one run."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.bench.groups import DEFAULT_GROUPS, GROUPS, BenchOptions, measure
from search_core.bench.measurement import cells
from search_core.bench.profiling import profiled
from search_core.bench.side_by_side import BEAM_WIDTH
from search_core.cli import flags
from search_core.cli.errors import bad_arguments, failed_runs
from search_core.cli.output import messages, plain, print_json, results
from search_core.cli.services import ModelChoice, services
from search_core.evaluation.provenance import provenance
from search_core.strategies import STRATEGIES

_HEADINGS = ("median", "min to max", "aim", "")


def bench(
    context: typer.Context,
    only: Annotated[str, typer.Option(help=f"Of {', '.join(GROUPS)}, between commas.")] = ",".join(
        DEFAULT_GROUPS
    ),
    page: Annotated[
        bool, typer.Option("--page", help="Also measure app and tree in headless Chromium.")
    ] = False,
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Also models of real size, where CUDA is at hand.")
    ] = False,
    runs: Annotated[int, typer.Option(help="Searches of each problem family.", min=1)] = 5,
    beams: Annotated[str, typer.Option(help="usual: each N, between commas.")] = "16",
    steps: Annotated[int, typer.Option(help="usual: depth of a search.", min=1, max=30)] = 10,
    repeats: Annotated[int, typer.Option(help="usual, concurrent: how often.", min=1)] = 1,
    small: Annotated[
        bool, typer.Option("--small", help="Stand-ins for all random models: to try it out.")
    ] = False,
    profile: Annotated[
        Path | None, typer.Option(help="Write where the time goes to this text file.")
    ] = None,
    score_source: flags.Source = "verifier",
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    device: flags.Device = "auto",
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Measure search against its aims, against plain decoding, and against the usual way.

    search: the models warm, each search followed by plain decoding of as many rows, so that
    their ratio means something on a busy machine. concurrent: eight searches at once against
    one. load: 1, 8, 32 and 100 visitors who press Run at once on the app. memory: what is kept,
    by N and depth. usual: a model of 24M random parameters that
    reads only what is new, against one that reads every path again at every step. gpu: shapes
    of real models against the speed of the device's memory. answers: equal answers beside
    callers who ask about what nobody can compare. scoring: a file scored as `verify` does it,
    against the reader alone. reports: a report of 10,000 rows, and a file of 1,000,000 lines
    read. Figures are medians with their range.
    """
    with bad_arguments():
        flags.check_models(solver, verifier, score_source)
        names = _groups(only, page=page, gpu=gpu)
        options = BenchOptions(
            runs=runs, beams=_beams(beams), steps=steps, repeats=repeats, small=small
        )
        if small:
            options = replace(options, grid=((4, 8), (2, 4)))
        pair = services(context).open_models(ModelChoice(solver, verifier, device))
        pair.check(STRATEGIES["beam_search"], score_source)
    notes: list[str] = []
    found: list[dict[str, Any]] = []
    with failed_runs(debug=debug), profiled(profile):
        for name in names:
            with messages().status(f"measuring: {name}"):
                measured = measure(name, options, pair, score_source, notes.append)
                found += [measurement.to_dict() for measurement in measured]
    for note in notes:
        messages().print(note)
    if json_:
        print_json({**_provenance(), "notes": notes, "measurements": found})
    else:
        show(results(), found)


def bench_table(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON that bench wrote.")],
) -> None:
    """Print the figures of a benchmark as a Markdown table."""
    with bad_arguments():
        try:
            text = markdown(json.loads(path.read_text(encoding="utf-8"))["measurements"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is not what bench --json writes ({error}).") from error
    typer.echo(text)


def show(console: Console, measurements: Sequence[dict[str, Any]]) -> None:
    """All groups, on a terminal."""
    for group, members in groupby(measurements, _group):
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column(plain(group))
        for heading in _HEADINGS:
            table.add_column(heading, justify="right")
        for figure in members:
            table.add_row(*(Text(plain(cell)) for cell in cells(figure)))
        console.print(table)
        console.print()


def markdown(measurements: Sequence[dict[str, Any]]) -> str:
    """All groups, as Markdown tables."""
    lines = []
    for group, members in groupby(measurements, _group):
        lines += [_row((group, *_HEADINGS)), "| :-- | --: | --: | --: | --: |"]
        lines += [*(_row(cells(figure)) for figure in members), ""]
    return "\n".join(lines)


def _group(measurement: dict[str, Any]) -> str:
    return str(measurement["group"])


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(plain(text).replace('|', '/') for text in texts)} |"


def _provenance() -> dict[str, Any]:
    from search_core.engine.threads import threads_for

    values = provenance(sys.argv[1:])
    values["machine"] |= {"threads of a large model": threads_for(sys.maxsize)}
    return values


def _groups(only: str, *, page: bool, gpu: bool) -> list[str]:
    names = flags.names(only) + ["page"] * page + ["gpu"] * gpu
    for name in names:
        if name not in GROUPS:
            raise ValueError(f"Unknown group {name!r:.60}; known: {', '.join(GROUPS)}.")
    if not names:
        raise ValueError(f"--only is empty; expected some of {', '.join(GROUPS)}.")
    return list(dict.fromkeys(names))


def _beams(text: str) -> tuple[int, ...]:
    found = tuple(flags.numbers("--beams", text))
    for n in found:
        if n < 1 or n % BEAM_WIDTH:
            raise ValueError(f"--beams has {n}; each must be a multiple of {BEAM_WIDTH}.")
    return found
