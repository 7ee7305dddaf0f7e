"""`solve`: one search, live, with its answer, votes and cost at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from search_core.cli import flags
from search_core.cli.errors import BAD_ARGUMENT, RUN_FAILED, STOPPED, bad_arguments, failed_runs
from search_core.cli.live import ProgressLine, cancelled_by_interrupt
from search_core.cli.output import messages, plain, print_json, results
from search_core.cli.problem_files import (
    AnswerColumn,
    ProblemColumn,
    ProblemsPath,
    problem_of_file,
)
from search_core.cli.services import ModelChoice, services
from search_core.cli.strategy_flags import with_strategy_flags
from search_core.cli.summary import print_summary, summary_values
from search_core.embedded import UnknownProblemError, nearest_problems
from search_core.log.events import Event
from search_core.log.export import export_graphml
from search_core.log.files import why_not_written
from search_core.log.tree import Tree
from search_core.models import ModelPair, usual_solver
from search_core.problem import Problem
from search_core.problem_files import Columns
from search_core.protocols import Solver, Verifier
from search_core.run.recipe import Recipe
from search_core.search import search
from search_core.serving.trace_writer import TraceWriter
from search_core.strategies import Strategy, get_strategy


@with_strategy_flags()
def solve(
    context: typer.Context,
    options: dict[str, Any],
    problem: Annotated[
        str | None, typer.Argument(help='The problem; "-" reads standard input.')
    ] = None,
    problems: ProblemsPath = None,
    number: Annotated[
        int, typer.Option(help="Which problem of the file.", rich_help_panel="Problems")
    ] = 1,
    problem_column: ProblemColumn = "",
    answer_column: AnswerColumn = "",
    strategy: Annotated[str, typer.Option(help="See `strategies`.")] = "beam_search",
    as_published: Annotated[
        bool, typer.Option("--as-published", help="Start from the published code's options.")
    ] = False,
    seed: flags.Seed = 0,
    score_source: flags.Source = "verifier",
    answer: Annotated[
        str | None, typer.Option(help="Reference answer, to tell right from wrong.")
    ] = None,
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
    pair: flags.PairName = None,
    models: flags.ModelsFile = None,
    device: flags.Device = "auto",
    trace: Annotated[
        Path | None, typer.Option(help="Write the trace here, as the run happens.")
    ] = None,
    graphml: Annotated[Path | None, typer.Option(help="Write the tree here as GraphML.")] = None,
    json_: flags.Json = False,
    debug: flags.Debug = False,
) -> None:
    """Search for a solution of one problem.

    The embedded models read three families of problems (see `problems`). --solver and
    --verifier choose among them, or bring others; --pair chooses both (see `models`).
    """
    progress = ProgressLine(messages())
    not_written: list[str] = []
    with ExitStack() as stack:
        with bad_arguments(), progress.shown():
            chosen = get_strategy(strategy)
            flags.check_pair(pair, solver, verifier)
            wanted = None if pair else solver or usual_solver(chosen)
            choice = ModelChoice(
                wanted,
                verifier,
                device,
                pair,
                models,
                verifier_format,
                system_prompt,
                dtype,
                verifier_dtype,
                examples,
                steps,
            )
            used = services(context).open_models(choice)
            flags.check_models(solver, verifier, score_source)
            preset = dict(chosen.as_published) if as_published else {}
            columns = Columns(problem_column, answer_column)
            asked = _asked(problem, answer, problems, columns, number)
            recipe = Recipe(
                _read(used, *asked),
                chosen,
                chosen.options.from_values(preset | options),
                flags.sampling(
                    used,
                    temperature=temperature,
                    top_p=top_p,
                    max_step_tokens=max_step_tokens,
                    top_k=top_k,
                    min_p=min_p,
                    repetition_penalty=repetition_penalty,
                ),
                seed,
            )
            used.check(chosen, score_source, recipe.options)
            loaded = _models(used, chosen, score_source)
            listeners = [progress.add]
            if trace is not None:
                writer = TraceWriter(trace, not_written.append, replace=True)
                writer.open()
                stack.callback(writer.close)
                listeners.insert(0, writer.add)
        with failed_runs(debug=debug), progress.shown():
            tree = _run(recipe, loaded, listeners)
    # What was found comes first: a file that cannot be written costs nobody the answer.
    files = {"trace": trace} if trace is not None and not not_written else {}
    failed = [f"{trace}: {why}. The trace there is not whole." for why in not_written]
    if graphml is not None:
        try:
            export_graphml(tree, graphml)
            files["graphml"] = graphml
        except OSError as error:
            failed.append(f"{graphml}: {why_not_written(error)}.")
    _report(tree, files, json_=json_)
    for message in failed:
        messages().print(plain(f"Not written: {message}"), style="red", markup=False)
    _exit(tree)
    if failed:
        raise typer.Exit(BAD_ARGUMENT)


def _asked(
    text: str | None, answer: str | None, path: Path | None, columns: Columns, number: int
) -> tuple[str, str | None]:
    """The problem's text and its reference answer: typed, piped, or from a file."""
    if (text is None) == (path is None):
        raise ValueError("Give one problem: its text, - for standard input, or --problems FILE.")
    if path is not None:
        found = problem_of_file(path, columns, number)
        return found.text, found.answer if answer is None else answer
    return sys.stdin.read() if text == "-" else str(text), answer


def _read(pair: ModelPair, text: str, answer: str | None) -> Problem:
    try:
        problem = pair.read(text)
    except UnknownProblemError as error:
        known = "\n".join(f"  {offer}" for offer in nearest_problems(text, error.families))
        raise ValueError(
            f"{error} For example:\n{known}\nOther problems need another model: --solver MODEL "
            "--verifier MODEL, or --pair NAME."
        ) from error
    if answer is None:
        return problem
    return Problem(problem.text, answer, problem.family, problem.level)


def _models(pair: ModelPair, strategy: Strategy, score_source: str) -> tuple[Solver, Verifier]:
    """Load what this search needs: a strategy that reads no scores needs no verifier."""
    source = score_source if strategy.uses_verifier else "log-probability"
    return pair.solver, pair.score_source(source)


def _run(
    recipe: Recipe,
    models: tuple[Solver, Verifier],
    listeners: Sequence[Callable[[Event], None]],
) -> Tree:
    def listen(event: Event) -> None:
        for listener in listeners:
            listener(event)

    solver, verifier = models
    with cancelled_by_interrupt() as cancelled:
        result = search(
            recipe.problem,
            recipe.strategy.name,
            solver=solver,
            verifier=verifier,
            seed=recipe.seed,
            sampling=recipe.sampling,
            listener=listen,
            cancelled=cancelled,
            **vars(recipe.options),
        )
    return result.tree


def _report(tree: Tree, files: dict[str, Path], *, json_: bool) -> None:
    written = {name: str(path) for name, path in files.items()}
    if json_:
        print_json(summary_values(tree) | written)
        return
    print_summary(results(), tree)
    for name, path in written.items():
        results().print(plain(f"{name:<9}{path}"), markup=False, highlight=False)


def _exit(tree: Tree) -> None:
    if tree.finished is not None and tree.finished.status == "cancelled":
        raise typer.Exit(STOPPED)
    if tree.finished is None or tree.finished.status == "failed":
        raise typer.Exit(RUN_FAILED)
