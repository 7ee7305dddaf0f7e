"""`evaluate`: chosen strategies and budgets on held-out problems, with intervals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.cli import flags
from search_core.cli.errors import STOPPED, bad_arguments, failed_runs
from search_core.cli.evaluation_table import print_evaluation
from search_core.cli.live import RunsBar, cancelled_by_interrupt
from search_core.cli.output import messages, plain, results
from search_core.cli.services import ModelChoice, services
from search_core.cli.strategy_flags import with_strategy_flags
from search_core.evaluation.arms import make_arms
from search_core.evaluation.comparison import Comparison, check_baselines
from search_core.evaluation.intervals import DRAWS
from search_core.evaluation.measure import Plan, measure
from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.problems import draw_problems, read_problems
from search_core.evaluation.provenance import provenance
from search_core.evaluation.store import OutcomeStore
from search_core.solvers.base import RunCancelled, Solver
from search_core.verifiers.base import Verifier

_PROBLEMS, _STATISTICS = "Problems", "Statistics"


@with_strategy_flags(without=frozenset({"n"}))
def evaluate(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="Results as JSON. Single runs go beside it (.jsonl), to go on from."),
    ],
    options: dict[str, Any],
    strategies: Annotated[
        str, typer.Option(help="Names, with commas; see `strategies`.")
    ] = "greedy,best_of_n,beam_search,dvts",
    n: Annotated[str, typer.Option("--n", help="Budgets N, with commas.")] = "4,16",
    families: Annotated[
        str, typer.Option(help="Embedded families, with commas.", rich_help_panel=_PROBLEMS)
    ] = "expression,word,countdown",
    levels: Annotated[
        str | None,
        typer.Option(help="Levels, with commas. Default: all.", rich_help_panel=_PROBLEMS),
    ] = None,
    count: Annotated[
        int, typer.Option(help="Problems of each family.", rich_help_panel=_PROBLEMS)
    ] = 100,
    split: Annotated[
        str, typer.Option(help="train, verifier or test.", rich_help_panel=_PROBLEMS)
    ] = "test",
    problem_seed: Annotated[
        int, typer.Option(help="Same seed, same problems.", rich_help_panel=_PROBLEMS)
    ] = 0,
    problems: Annotated[
        Path | None,
        typer.Option(
            help="Problems from a file as `problems` writes it, in place of drawn ones.",
            rich_help_panel=_PROBLEMS,
        ),
    ] = None,
    seeds: Annotated[str, typer.Option(help="Run seeds, with commas.")] = "0",
    score_source: flags.Source = "verifier",
    baseline: Annotated[
        str,
        typer.Option(
            help='Rows to hold the others against, with commas, e.g. "greedy" or '
            '"best_of_n@16/majority"; "none" for none.',
            rich_help_panel=_STATISTICS,
        ),
    ] = "greedy",
    draws: Annotated[
        int, typer.Option(help="Bootstrap samples.", rich_help_panel=_STATISTICS)
    ] = DRAWS,
    temperature: flags.Temperature = None,
    top_p: flags.TopP = None,
    max_step_tokens: flags.MaxStepTokens = None,
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    device: flags.Device = "auto",
    batch: Annotated[
        int, typer.Option(help="Samples at once, over all runs.", rich_help_panel="Models")
    ] = 256,
    debug: flags.Debug = False,
) -> None:
    """Measure strategies on held-out problems: accuracy with 95 % intervals, and cost.

    Best-of-N is judged by every vote, and by an oracle ("any": some solution is right). With
    best-of-N at N of 16 or more, the verifier's own measures are reported too. Run it again
    to go on after a stop; finished runs are not repeated.
    """
    with bad_arguments(), messages().status("loading the models"):
        pair = services(context).open_models(ModelChoice(solver, verifier, device))
        flags.check_models(solver, verifier, score_source)
        if draws < 1 or batch < 1:
            raise ValueError(f"--draws is {draws}, --batch is {batch}; both must be at least 1.")
        baselines = [] if baseline == "none" else flags.names(baseline)
        arms, left_out = make_arms(
            _with_greedy(flags.names(strategies), baselines), flags.numbers("--n", n), options
        )
        check_baselines(baselines, [arm.row_name(judge) for arm in arms for judge in arm.judges])
        chosen_levels = flags.numbers("--levels", levels) if levels else None
        if problems is None:
            asked = draw_problems(flags.names(families), chosen_levels, count, problem_seed, split)
        else:
            asked = read_problems(problems)
        plan = Plan(
            arms,
            list(dict.fromkeys(asked)),
            flags.numbers("--seeds", seeds),
            flags.sampling(pair, temperature, top_p, max_step_tokens),
            batch,
        )
        reads_scores = any(arm.strategy.uses_verifier for arm in arms)
        source = pair.score_source(score_source if reads_scores else "log-probability")
        models = pair.solver, source
        store = OutcomeStore(_runs_file(out))
    for line in left_out:
        messages().print(plain(line), markup=False, highlight=False)
    with store:
        outcomes = _measure(plan, models, store, debug=debug)
    comparison = Comparison(arms, plan.problems, outcomes, baselines, draws=draws, seed=0)
    values = {
        **provenance(sys.argv[1:]),
        "solver": asdict(models[0].info),
        "verifier": asdict(models[1].info),
        "score_source": score_source,
        "sampling": asdict(plan.sampling),
        "seeds": list(plan.seeds),
        "drawn": None if problems else {"split": split, "seed": problem_seed, "levels": levels},
        "bootstrap_draws": draws,
        "left_out": left_out,
        **comparison.values(),
    }
    with bad_arguments():
        out.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print_evaluation(results(), values)
    results().print(f"Results in {out}, single runs in {store.path}.", markup=False)


def _measure(
    plan: Plan, models: tuple[Solver, Verifier], store: OutcomeStore, *, debug: bool
) -> list[Outcome]:
    bar = RunsBar(messages(), plan.size)
    with failed_runs(debug=debug), bar.shown(), cancelled_by_interrupt() as cancelled:
        try:
            return measure(plan, *models, store, cancelled=cancelled, on_done=bar.done)
        except RunCancelled as stop:
            messages().print(f"Stopped. Run it again to go on from {store.path}.", markup=False)
            raise typer.Exit(STOPPED) from stop


def _with_greedy(strategies: list[str], baselines: Sequence[str]) -> list[str]:
    """A baseline that costs one sample a problem need not be asked for twice."""
    missing = "greedy" in baselines and "greedy" not in strategies
    return ["greedy", *strategies] if missing else strategies


def _runs_file(out: Path) -> Path:
    path = out.with_suffix(".jsonl")
    if path == out:
        raise ValueError(f"--out is {out}; its name must not end in .jsonl: single runs go there.")
    return path
