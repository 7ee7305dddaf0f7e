"""`verify rescore`: a recorded tree, scored anew by another verifier."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from search_core.audit import AuditPlan, RolloutsFile, audit, right_by_rollouts
from search_core.audit.auditing import MOST_ROLLOUTS
from search_core.cli import flags
from search_core.cli.audit import rollouts_beside
from search_core.cli.errors import bad_arguments, failed_runs
from search_core.cli.live import cancelled_by_interrupt
from search_core.cli.output import messages, plain, print_json, results
from search_core.cli.services import ModelChoice, services
from search_core.cli.verifying.judges import file_hash, model_judge
from search_core.evaluation.provenance import provenance
from search_core.labelled.opening import read_tree
from search_core.log.files import write_whole
from search_core.log.traces import OpenedLimits
from search_core.log.tree import Tree
from search_core.picture.text import one_line
from search_core.verify.page import rescoring_page
from search_core.verify.rescoring import RescoredNode, Rescoring, rescored
from search_core.verify.rescoring.rescoring import BATCH, ByRollouts
from search_core.verify.rescoring.words import sentences

_LONGEST_TEXT = 60


def verify_rescore(
    context: typer.Context,
    trace: Annotated[
        Path,
        typer.Argument(
            help="A trace, or a file of trees of another kind, whose first tree is taken.",
            show_default=False,
        ),
    ],
    verifier: Annotated[
        str,
        typer.Option(
            help="Who scores it anew: embedded name, a checkpoint (checkpoint-1), a name that "
            "`models` lists, folder, Hugging Face name, address, or file.py:Class.",
            show_default=False,
        ),
    ],
    most: Annotated[
        int, typer.Option(help="Rows of the table: the largest disagreements.", min=0)
    ] = 10,
    verifier_format: flags.VerifierFormat = "auto",
    verifier_dtype: flags.VerifierPrecision = "auto",
    models_file: flags.ModelsFile = None,
    device: flags.Device = "auto",
    batch: Annotated[int, typer.Option(help="Paths in one call.", min=1)] = BATCH,
    rollouts_file: Annotated[
        Path | None,
        typer.Option(
            help="Rollouts of `audit`: they say who was right where nobody else knows. Default: "
            "those beside the trace, if there are any.",
            show_default=False,
        ),
    ] = None,
    report: flags.Report = None,
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Where another verifier would have searched otherwise, and who was right there.

    Every step of the tree is scored anew, and the run's own strategy driven again over the same
    steps with the new scores.
    """
    with bad_arguments():
        read, tree = read_tree(trace, OpenedLimits())
        choice = ModelChoice(
            models=models_file,
            device=device,
            verifier_format=verifier_format,
            verifier_dtype=verifier_dtype,
        )
        judge = model_judge(verifier, choice, services(context), None)
        by_rollouts = _by_rollouts(tree, rollouts_file, trace)
    if judge.verifier is None:
        raise TypeError(f"{verifier} is a column: nothing can be asked of it.")
    with failed_runs(debug=debug), cancelled_by_interrupt() as cancelled:
        found = rescored(
            read.events,
            judge.verifier,
            tree=tree,
            name=judge.judged.name,
            cancelled=cancelled,
            batch=batch,
            by_rollouts=by_rollouts,
        )
    if report is not None:
        about = {"input": {"name": trace.name, "sha256": file_hash(trace)},
                 "verifier": dict(judge.judged.about), **provenance(sys.argv[1:])}  # fmt: skip
        with bad_arguments():
            write_whole(report, rescoring_page({**values(found), **about}))
    if json_:
        print_json(values(found))
        return
    results().print(plain("\n".join(sentences(found))), markup=False, highlight=False)
    if most:
        results().print(_table(found, most))
    if report is not None:
        results().print(plain(f"Report in {report}."), markup=False, highlight=False)
    if read.notice:
        messages().print(plain(read.notice), markup=False, highlight=False)


def _by_rollouts(tree: Tree, asked: Path | None, trace: Path) -> ByRollouts | None:
    """What the rollouts in a file say; None: there are none."""
    path = asked or rollouts_beside(trace)
    if asked is None and not path.exists():
        return None
    greedy = tree.started is not None and tree.started.sampling.get("temperature") == 0
    plan = AuditPlan(1 if greedy else MOST_ROLLOUTS)
    with RolloutsFile(path) as store:
        known = audit(tree, None, store, plan)
    return partial(right_by_rollouts, known)


def values(found: Rescoring) -> dict[str, Any]:
    """JSON values, with the problem and the sentences."""
    header = found.tree.started
    problem = header.problem.text if header else ""
    return {"problem": problem, "sentences": sentences(found), **found.to_dict()}


def _table(found: Rescoring, most: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("step")
    for heading in (found.was, found.by, "change", "place"):
        table.add_column(heading, justify="right")
    table.add_column("checker")
    table.add_column("text")
    compared = [node for node in found.nodes if node.change is not None]
    for node in sorted(compared, key=lambda node: -abs(node.change or 0.0))[:most]:
        table.add_row(*map(Text, _row(node)))
    return table


def _row(node: RescoredNode) -> list[str]:
    held = {True: "✓ holds", False: "✗ does not", None: ""}[node.sound]
    return [
        node.id,
        f"{node.was:.2f}",
        f"{node.now:.2f}",
        f"{node.change:+.2f}".replace("-", "−"),
        f"{node.place_was} → {node.place_now}",
        held,
        one_line(node.text, _LONGEST_TEXT),
    ]
