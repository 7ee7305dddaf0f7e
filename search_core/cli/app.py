"""The command line's commands, each in its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import typer

from search_core.cli.audit import audit
from search_core.cli.bench import bench, bench_table
from search_core.cli.check import check
from search_core.cli.convert import convert
from search_core.cli.evaluate import evaluate
from search_core.cli.export import export
from search_core.cli.fidelity import fidelity
from search_core.cli.figure import figure
from search_core.cli.lessons import lessons
from search_core.cli.models import models
from search_core.cli.problems import problems
from search_core.cli.race import race
from search_core.cli.read import read
from search_core.cli.solve import solve
from search_core.cli.steer import steer
from search_core.cli.strategies import strategies
from search_core.cli.verifying import verify_app
from search_core.cli.whatif import regret, whatif

PROGRAM = "python -m search_core"
_EXAMPLES: Mapping[Callable[..., None], str] = {
    solve: 'solve "Use 18, 11, 17 and 19 to make 27" --strategy dvts --n 16',
    strategies: "strategies",
    models: "models --models assets/models.yaml",
    problems: "problems --family countdown --level 4 --count 10 --out problems.jsonl",
    evaluate: "evaluate --strategies greedy,best_of_n --n 4,16 --count 20 --out results.json",
    figure: "figure results.json --out figure.svg",
    check: "check run.jsonl",
    export: "export run.jsonl --to run.html",
    convert: "convert run.jsonl --to trl --out rows.jsonl",
    fidelity: "fidelity cases.jsonl --out records.jsonl",
    read: "read thoughts.md --trace run.jsonl",
    whatif: "whatif run.jsonl --n 8 --aggregate min --noise 0.1",
    regret: "regret run.jsonl",
    steer: "steer run.jsonl --keep 0.2 --author Ada --to steered.jsonl",
    race: 'race "Use 18, 11, 17 and 19 to make 27" --lane "best_of_n n=16" --lane "dvts n=16"',
    audit: "audit run.jsonl --rollouts 16 --report audit.html",
    lessons: "lessons check --preview",
    bench: "bench --only search --runs 2 --json",
    bench_table: "bench-table bench.json",
}
"""Every command, in the order of the help, with an example that begins with its name."""

app = typer.Typer(
    name=PROGRAM,
    help="Search trees of a small language model, from the command line.",
    epilog=f"Example: {PROGRAM} {_EXAMPLES[solve]}\n\n"
    "Exit codes: 0 done, 1 a run failed, 2 bad arguments or a broken file, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command, example in _EXAMPLES.items():
    app.command(example.split()[0], epilog=f"Example: {PROGRAM} {example}")(command)
app.add_typer(
    verify_app,
    name="verify",
    epilog=f"Example: {PROGRAM} verify --input labelled.jsonl --verifier small --report card.html",
)


def main() -> None:
    """Run the command line."""
    app(prog_name=PROGRAM)
