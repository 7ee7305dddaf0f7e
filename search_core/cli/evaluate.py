"""`evaluate`: chosen strategies and budgets on held-out problems, with intervals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.cli import flags
from search_core.cli.errors import bad_arguments
from search_core.cli.evaluation_run import load_models, run_plan, workers_for
from search_core.cli.evaluation_table import markdown, print_evaluation
from search_core.cli.output import messages, plain, results
from search_core.cli.own_solvers import Pairs, own_pairs, with_own_solvers
from search_core.cli.problem_files import (
    AnswerColumn,
    ProblemColumn,
    ProblemsPath,
    problems_of_file,
)
from search_core.cli.services import ModelChoice, Services, services
from search_core.cli.strategy_flags import with_strategy_flags
from search_core.evaluation.arms import ALL, Arm, fitting_arms, make_arms, rival_arm
from search_core.evaluation.comparison import LEAST_ATTEMPTS, Comparison, check_baselines
from search_core.evaluation.first_errors import THRESHOLD
from search_core.evaluation.intervals import DRAWS
from search_core.evaluation.measure import MeasurementPlan
from search_core.evaluation.problems import draw_problems
from search_core.evaluation.provenance import provenance
from search_core.evaluation.rollouts import RolloutPlan
from search_core.evaluation.store import OutcomeStore
from search_core.log.files import write_whole
from search_core.model_card import read_card
from search_core.models import ModelPair
from search_core.problem_files import Columns

_PROBLEMS, _STATISTICS = "Problems", "Statistics"
_CPU_BATCH, _BATCH = 64, 256
"""On a CPU a larger batch no longer fits its caches: 256 samples are a quarter slower."""


@with_strategy_flags(without=frozenset({"n"}))
def evaluate(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="Results as JSON. Single runs go beside it (.jsonl), to go on from."),
    ],
    options: dict[str, Any],
    strategies: Annotated[
        str,
        typer.Option(
            help='Names, with commas, or "all"; see `strategies`. "dvts@16" is run at that '
            "budget alone."
        ),
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
    problems: ProblemsPath = None,
    problem_column: ProblemColumn = "",
    answer_column: AnswerColumn = "",
    first: Annotated[
        int | None,
        typer.Option(
            help="Only the file's first problems. Default: all.", min=1, rich_help_panel=_PROBLEMS
        ),
    ] = None,
    skip_bad_rows: Annotated[
        bool,
        typer.Option(
            "--skip-bad-rows",
            help="Go on without the file's rows that cannot be used; they are named.",
            rich_help_panel=_PROBLEMS,
        ),
    ] = False,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", help="Write the tables here as Markdown too.")
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
        int, typer.Option(help="Bootstrap samples.", min=1, rich_help_panel=_STATISTICS)
    ] = DRAWS,
    rollout_problems: Annotated[
        int,
        typer.Option(
            help="Problems of each family on which scores are held against rollouts; 0: none.",
            min=0,
            rich_help_panel=_STATISTICS,
        ),
    ] = 60,
    temperature: flags.Temperature = None,
    top_p: flags.TopP = None,
    max_step_tokens: flags.MaxStepTokens = None,
    top_k: flags.TopK = None,
    min_p: flags.MinP = None,
    repetition_penalty: flags.RepetitionPenalty = None,
    solver: flags.SolverPath = None,
    verifier: flags.VerifierPath = None,
    verifier_format: flags.VerifierFormat = "auto",
    system_prompt: flags.SystemPrompt = None,
    examples: flags.Examples = None,
    steps: flags.StepsWritten = None,
    dtype: flags.Precision = "auto",
    verifier_dtype: flags.VerifierPrecision = "auto",
    pair_name: flags.PairName = None,
    models_file: flags.ModelsFile = None,
    rival: Annotated[
        str | None,
        typer.Option(
            help="Another solver that answers once, greedily: embedded name, folder or Hub name.",
            rich_help_panel="Models",
        ),
    ] = None,
    device: flags.Device = "auto",
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that share the work. Default: a small model on a CPU gets as many "
            "as there are cores, any other 1.",
            min=1,
            rich_help_panel="Models",
        ),
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            help="Samples at once, over all runs of a worker. Default: 64 on a CPU, else 256.",
            min=1,
            rich_help_panel="Models",
        ),
    ] = None,
    debug: flags.Debug = False,
) -> None:
    """Measure strategies on held-out problems: accuracy with 95 % intervals, and cost.

    With "all", a strategy for which there is a solver of its own is run with that one.

    Best-of-N is judged by every vote, by the solver's own log-probability ("likeliest") and by
    an oracle ("any": some solution is right). With best-of-N at N of 16 or more, the verifier's
    own measures are reported too. Run it again to go on after a stop; finished runs are not
    repeated.
    """
    sampled_as = partial(
        flags.sampling,
        temperature=temperature,
        top_p=top_p,
        max_step_tokens=max_step_tokens,
        top_k=top_k,
        min_p=min_p,
        repetition_penalty=repetition_penalty,
    )
    with bad_arguments(), messages().status("loading the models"):
        flags.check_pair(pair_name, solver, verifier)
        choice = ModelChoice(
            solver,
            verifier,
            device,
            pair_name,
            models_file,
            verifier_format,
            system_prompt,
            dtype,
            verifier_dtype,
            examples,
            steps,
        )
        pair = services(context).open_models(choice)
        flags.check_models(solver, verifier, score_source)
        baselines = [] if baseline == "none" else flags.names(baseline)
        asked_for = flags.names(strategies)
        pairs: Pairs = {}
        arms, left_out = make_arms(
            _with_greedy(asked_for, baselines), flags.numbers("--n", n), options
        )
        if ALL in asked_for:
            pairs = own_pairs(arms, pair, solver, partial(_opened, services(context), choice))
            arms = with_own_solvers(arms, pairs)
            arms, refused = fitting_arms(arms, partial(_check, pair, pairs, score_source))
            left_out += refused
        for arm in arms:
            _check(pair, pairs, score_source, arm)
        check_baselines(baselines, [arm.row_name(judge) for arm in arms for judge in arm.judges])
        chosen_levels = flags.numbers("--levels", levels) if levels else None
        file = None
        if problems is None:
            asked = draw_problems(flags.names(families), chosen_levels, count, problem_seed, split)
        else:
            columns = Columns(problem_column, answer_column)
            file = problems_of_file(
                problems, columns, pair, first=first, skip_bad_rows=skip_bad_rows
            )
            asked = list(file.problems)
        reads_scores = any(arm.strategy.uses_verifier for arm in arms)
        source = score_source if reads_scores else "log-probability"
        steps_are_scored = source != "verifier" or pair.judged == "steps"
        opened = partial(load_models, services(context), choice, source, rival, tuple(pairs))
        models = opened()
        if models.rival is not None:
            arms.append(rival_arm(models.rival.info.name, options))
        run_seeds = flags.numbers("--seeds", seeds)
        plan = MeasurementPlan(
            arms,
            list(dict.fromkeys(asked)),
            run_seeds,
            sampled_as(pair),
            batch or (_CPU_BATCH if models.solver.info.device == "cpu" else _BATCH),
            _rollout_plan(rollout_problems, arms, run_seeds[0]) if steps_are_scored else None,
            {name: sampled_as(own) for name, own in pairs.items()},
        )
        threshold = _threshold(pair, source) if steps_are_scored else None
        # Fakes live in this process alone.
        injected = isinstance(context.obj, Services)
        sharing = 1 if injected else workers or workers_for(models)
        store = OutcomeStore(_runs_file(out))
    for line in [file.said(), *left_out] if file else left_out:
        messages().print(plain(line), markup=False, highlight=False)
    with store:
        measured = run_plan(plan, models, store, opened, sharing, debug=debug)
    comparison = Comparison(
        arms,
        plan.problems,
        measured.outcomes,
        baselines,
        draws=draws,
        seed=0,
        rollouts=measured.rollouts,
        threshold=threshold,
    )
    values = {
        **provenance(sys.argv[1:]),
        "workers": sharing,
        "solver": asdict(models.solver.info),
        "verifier": asdict(models.verifier.info),
        "rival": asdict(models.rival.info) if models.rival else None,
        "own_solvers": {name: asdict(solver.info) for name, solver in models.own.items()},
        "score_source": score_source,
        "sampling": plan.sampling.said(),
        "own_sampling": {name: sampling.said() for name, sampling in plan.own_sampling.items()},
        "seeds": list(plan.seeds),
        "drawn": None if problems else {"split": split, "seed": problem_seed, "levels": levels},
        "problem_file": file and file.values(),
        "bootstrap_draws": draws,
        "left_out": left_out,
        **comparison.values(),
    }
    # Shown first: a file that cannot be written costs nobody the results.
    print_evaluation(results(), values)
    with bad_arguments():
        write_whole(out, json.dumps(values, ensure_ascii=False, indent=1) + "\n")
        if markdown_file is not None:
            write_whole(markdown_file, markdown(values))
    results().print(f"Results in {out}, single runs in {store.path}.", markup=False)


def _rollout_plan(problems: int, arms: Sequence[Arm], seed: int) -> RolloutPlan | None:
    """Rollouts where the verifier's other measures are taken too: beside a large best-of-N."""
    large = [arm for arm in arms if arm.is_best_of_n and (arm.n or 0) >= LEAST_ATTEMPTS]
    if not large or not problems:
        return None
    return RolloutPlan(per_family=problems, max_steps=large[0].options.max_steps, seed=seed)


def _threshold(pair: ModelPair, source: str) -> float:
    """Below which score a step counts as an error: the verifier's own, if its folder says it."""
    card = read_card(pair.verifier_path) if source == "verifier" else {}
    return float(card.get("first_error_threshold", THRESHOLD))


def _check(measured: ModelPair, own: Pairs, source: str, arm: Arm) -> None:
    pair = own.get(arm.own_solver, measured)
    pair.check(arm.strategy, source, arm.options)


def _opened(services: Services, choice: ModelChoice, solver: str) -> ModelPair:
    return services.open_models(choice.beside(solver))


def _with_greedy(strategies: list[str], baselines: Sequence[str]) -> list[str]:
    """A baseline that costs one sample a problem need not be asked for twice."""
    missing = "greedy" in baselines and "greedy" not in strategies
    return ["greedy", *strategies] if missing else strategies


def _runs_file(out: Path) -> Path:
    path = out.with_suffix(".jsonl")
    if path == out:
        raise ValueError(f"--out is {out}; its name must not end in .jsonl: single runs go there.")
    return path
