"""`evaluate`: chosen strategies and budgets on held-out problems, with intervals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
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
from search_core.evaluation.problems import draw_problems, read_problems
from search_core.evaluation.provenance import provenance
from search_core.evaluation.store import OutcomeStore
from search_core.problem import Problem
from search_core.solvers.base import RunCancelled

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
            raise ValueError(f"--draws is {draws} and --batch {batch}; both must be at least 1.")
        baselines = _names(baseline) if baseline != "none" else []
        names = _names(strategies)
        if "greedy" in baselines and "greedy" not in names:
            names.insert(0, "greedy")
        arms, left_out = make_arms(names, _numbers("--n", n), options)
        check_baselines(baselines, {arm.row_name(judge) for arm in arms for judge in arm.judges})
        asked_levels = _numbers("--levels", levels) if levels else None
        plan = Plan(
            arms,
            _problems(problems, _names(families), asked_levels, count, problem_seed, split),
            _numbers("--seeds", seeds),
            flags.sampling(pair, temperature, top_p, max_step_tokens),
            batch,
        )
        reads_scores = any(arm.strategy.uses_verifier for arm in arms)
        source = pair.score_source(score_source if reads_scores else "log-probability")
        models = pair.solver, source
        out.touch()
        store = OutcomeStore(out.with_suffix(".jsonl"))
    for line in left_out:
        messages().print(plain(line), markup=False, highlight=False)
    with store, failed_runs(debug=debug), RunsBar(messages(), plan.size) as bar:
        with cancelled_by_interrupt() as cancelled:
            try:
                outcomes = measure(plan, *models, store, cancelled=cancelled, on_done=bar.done)
            except RunCancelled as stop:
                messages().print(f"Stopped. Run it again to go on from {store.path}.")
                raise typer.Exit(STOPPED) from stop
    comparison = Comparison(arms, plan.problems, outcomes, baselines, draws=draws, seed=0)
    values = {
        **provenance(sys.argv[1:]),
        "solver": _identity(models[0]),
        "verifier": _identity(models[1]),
        "score_source": score_source,
        "sampling": vars_of(plan.sampling),
        "seeds": list(plan.seeds),
        "drawn": None if problems else {"split": split, "seed": problem_seed, "levels": levels},
        "bootstrap_draws": draws,
        "left_out": left_out,
        **comparison.values(),
    }
    out.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print_evaluation(results(), values)
    results().print(f"Results in {out}, single runs in {store.path}.", markup=False)
