"""`verify`: is the verifier right, where is it not, and can one trust a cut?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.cli import flags, labelled_flags
from search_core.cli.errors import RUN_FAILED, bad_arguments
from search_core.cli.output import messages, plain, results
from search_core.cli.services import ModelChoice, Services, services
from search_core.cli.verifying.drawing import draw_into
from search_core.cli.verifying.judges import (
    JudgedScores,
    column_judge,
    distinct,
    file_hash,
    model_judge,
)
from search_core.cli.verifying.scoring import score_all
from search_core.cli.verifying.stressing import stress_all
from search_core.cli.verifying.summary import print_report
from search_core.evaluation.intervals import DRAWS
from search_core.evaluation.provenance import provenance
from search_core.labelled import LabelledFile, LabelledSolution, read_labelled
from search_core.log.files import write_whole
from search_core.models import SOLVERS
from search_core.verify.asking.scores_file import ScoresFile, row_key
from search_core.verify.drawn import DrawPlan
from search_core.verify.report import ReportSettings, make_report
from search_core.verify.table import AGGREGATES

_STATISTICS, _DRAWN = "Statistics", "Drawn solutions"
EVERY = "*"
"""As the name of a column: every column of scores that the file has, if it has any."""
verify_app = typer.Typer(
    invoke_without_command=True, subcommand_metavar="[rescore TRACE | diff A.json B.json | schema]"
)


@verify_app.callback()
def verify(
    context: typer.Context,
    input_file: Annotated[
        Path | None,
        typer.Option("--input", help="File of labelled solutions, of any kind that is known."),
    ] = None,
    drawn: Annotated[
        int | None,
        typer.Option(
            help="In place of --input: the embedded solver's own attempts at so many held-out "
            "problems of each family, labelled by the families' checker.",
            min=1,
            rich_help_panel=_DRAWN,
        ),
    ] = None,
    attempts: Annotated[
        int, typer.Option(help="At each drawn problem.", min=1, rich_help_panel=_DRAWN)
    ] = 16,
    families: Annotated[
        str, typer.Option(help="Of drawn problems, with commas.", rich_help_panel=_DRAWN)
    ] = "expression,word,countdown",
    solver: Annotated[
        str | None,
        typer.Option(
            help=f"Whose attempts are drawn: {', '.join(SOLVERS)}. Default: small.",
            rich_help_panel=_DRAWN,
        ),
    ] = None,
    kind: labelled_flags.Kind = None,
    neutral: labelled_flags.Neutral = "wrong",
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Judge the scores of this column; may be given several times. *: of every column."
        ),
    ] = None,
    verifier: Annotated[
        list[str] | None,
        typer.Option(
            help="Judge this model: embedded name, a name that `models` lists, folder, Hugging "
            "Face name, address, or a Python file of yours, as file.py:Class. May be given several "
            "times; the others are held against the first.",
            rich_help_panel="Models",
        ),
    ] = None,
    report: flags.Report = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here, as JSON.")
    ] = None,
    scores_file: Annotated[
        Path | None,
        typer.Option(
            "--scores",
            help="Keep scores here, to go on from. Default: beside --json or --report.",
        ),
    ] = None,
    first: labelled_flags.First = None,
    stress: Annotated[
        int,
        typer.Option(
            help="Edit so many solutions in ways that must not, and that must, change a score; "
            "0: none.",
            min=0,
        ),
    ] = 0,
    aggregate: Annotated[
        str,
        typer.Option(
            help=f"What makes one number of a solution's scores: {', '.join(AGGREGATES)}.",
            rich_help_panel=_STATISTICS,
        ),
    ] = "last",
    threshold: Annotated[
        float | None,
        typer.Option(
            help="A step that scores below it is called wrong. Default: the model's own, or 0.5.",
            min=0,
            max=1,
            rich_help_panel=_STATISTICS,
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Bootstrap samples.", min=1, rich_help_panel=_STATISTICS)
    ] = DRAWS,
    seed: Annotated[
        int, typer.Option(help="Same seed, same intervals.", rich_help_panel=_STATISTICS)
    ] = 0,
    batch: Annotated[
        int, typer.Option(help="Solutions in one call.", min=1, rich_help_panel="Models")
    ] = 64,
    verifier_format: flags.VerifierFormat = "auto",
    verifier_dtype: flags.VerifierPrecision = "auto",
    models_file: flags.ModelsFile = None,
    device: flags.Device = "auto",
    debug: flags.Debug = False,
) -> None:
    """A verifier's report card: where it is wrong, how badly, and how sure that is.

    Without --verifier and --column, every column of scores in the file is judged. Run it again to
    go on after a stop; what was scored is not scored again.
    """
    if context.invoked_subcommand is not None:
        return
    with bad_arguments(), messages().status("reading the file"):
        settings = ReportSettings(_aggregate(aggregate), draws, seed)
        plan = drawn and DrawPlan(tuple(flags.names(families)), drawn, attempts)
        input_file = _input(input_file, json_file or report, drawn=bool(plan))
        drawn_by = ModelChoice(solver=solver, models=models_file, device=device)
        pair = services(context).open_models(drawn_by) if plan else None
    if plan and pair:
        with bad_arguments():
            draw_into(input_file, plan, pair, debug=debug)
    with bad_arguments(), messages().status("reading the file"):
        file = read_labelled(input_file, kind, neutral=neutral, most=first)
        count, columns = _looked_through(file)
        choice = ModelChoice(
            models=models_file,
            device=device,
            verifier_format=verifier_format,
            verifier_dtype=verifier_dtype,
        )
        judges = _judges(
            column or [], verifier or [], columns, choice, services(context), threshold
        )
        asked = any(judge.verifier for judge in judges)
        store = ScoresFile(_scores_path(scores_file, json_file or report) if asked else None)
    told = file.report.said()
    messages().print(plain(told), markup=False, highlight=False)
    with store:
        score_all(file, count, judges, store, batch=batch, debug=debug)
        stressed = {}
        if stress and asked:
            stressed = stress_all(file, stress, judges, store, settings, batch=batch, debug=debug)
        about = {
            **provenance(sys.argv[1:]),
            "input": {**file.report.values(), "sha256": file_hash(input_file)},
            "drawn": asdict(plan) if plan else None,
            "refused": _refused(file, judges, store),
        }
        with messages().status("working out the figures"):
            values = make_report(
                _with_scores(file, judges, store),
                [judge.judged for judge in judges],
                settings,
                about,
            )
        for name, found in stressed.items():
            values["cards"][name]["stress"] = found
    _say_refusals(values["refused"], count)
    # Shown first: a file that cannot be written costs nobody the results.
    print_report(results(), values)
    with bad_arguments():
        _write(values, json_file, report)
    if any(not card["scored"]["solutions"] for card in values["cards"].values()):
        raise typer.Exit(RUN_FAILED)


def _input(asked: Path | None, out: Path | None, *, drawn: bool) -> Path:
    if drawn:
        if asked is not None:
            raise ValueError("--drawn makes the solutions; leave --input out.")
        if out is None:
            raise ValueError("--drawn needs --json or --report: what was drawn is kept beside it.")
        return out.with_suffix(".rows.jsonl")
    if asked is None:
        raise ValueError("--input is missing: name a file of labelled solutions.")
    return asked


def _aggregate(name: str) -> Any:
    if name not in AGGREGATES:
        raise ValueError(f"--aggregate is {name!r:.40}; expected {', '.join(AGGREGATES)}.")
    return name


def _looked_through(file: LabelledFile[LabelledSolution]) -> tuple[int, list[str]]:
    """How many solutions it has, and the names of its columns of scores."""
    count, columns = 0, {}
    for solution in file:
        count += 1
        columns.update(dict.fromkeys(solution.scores))
    return count, list(columns)


def _judges(
    columns: Sequence[str],
    verifiers: Sequence[str],
    known: Sequence[str],
    choice: ModelChoice,
    services: Services,
    threshold: float | None,
) -> list[JudgedScores]:
    if EVERY in columns:
        columns = [*(name for name in columns if name != EVERY), *known]
    for name in columns:
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"The file has no column of scores {name!r:.60}; {there}.")
    if not columns and not verifiers:
        columns = known
    if not columns and not verifiers:
        raise ValueError(
            "The file has no column of scores; name what scores its solutions with --verifier."
        )
    judges = [model_judge(name, choice, services, threshold) for name in verifiers]
    return distinct([*judges, *(column_judge(name, threshold) for name in columns)])


def _scores_path(asked: Path | None, out: Path | None) -> Path | None:
    if asked is not None or out is None:
        return asked
    return out.with_suffix(".scores.jsonl")


def _with_scores(
    file: LabelledFile[LabelledSolution], judges: Sequence[JudgedScores], store: ScoresFile
) -> Iterator[tuple[LabelledSolution, Mapping[str, Sequence[float | None]]]]:
    for solution in file:
        found = {judge.judged.name: judge.scores(solution, store) for judge in judges}
        yield solution, {name: scores for name, scores in found.items() if scores is not None}


def _refused(
    file: LabelledFile[LabelledSolution], judges: Sequence[JudgedScores], store: ScoresFile
) -> dict[str, dict[str, Any]]:
    """How many solutions each verifier refused, and why it refused the first."""
    found = {}
    for judge in judges:
        if judge.verifier is None:
            continue
        reasons = [
            (solution.id, why)
            for solution in file
            if (why := store.refusal(row_key(solution), judge.key))
        ]
        if reasons:
            found[judge.judged.name] = {
                "solutions": len(reasons),
                "first": reasons[0][0],
                "why": reasons[0][1],
            }
    return found


def _say_refusals(refused: Mapping[str, Mapping[str, Any]], count: int) -> None:
    for name, what in refused.items():
        told = f"{name} refused {what['solutions']:,} of {count:,} solutions. The first, "
        told += f"{what['first']}: {what['why']}"
        messages().print(plain(told), style="yellow", markup=False, highlight=False)


def _write(values: dict[str, Any], json_file: Path | None, report: Path | None) -> None:
    written = []
    if json_file is not None:
        text = json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(json_file, text + "\n")
        written.append(f"Figures in {json_file}.")
    if report is not None:
        from search_core.verify.page import report_page

        write_whole(report, report_page(values))
        written.append(f"Report in {report}.")
    if written:
        results().print(plain(" ".join(written)), markup=False, highlight=False)
