"""The groups of figures that `bench` can take, and what each does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from search_core.bench.answers import answers_measurements
from search_core.bench.baseline import PROMPT_TOKENS, compare_with_baseline
from search_core.bench.concurrent import concurrent_measurements
from search_core.bench.decoding import PlainDecoder
from search_core.bench.large_trees import large_tree_measurements
from search_core.bench.load import load_measurements
from search_core.bench.measurement import Measurement
from search_core.bench.memory import memory_measurements, memory_run
from search_core.bench.opening import opening_measurements
from search_core.bench.page import page_measurements
from search_core.bench.reports import report_measurements
from search_core.bench.scoring import scoring_measurements
from search_core.bench.searching import (
    N,
    search_measurements,
    speed_measurements,
    timed_search,
)
from search_core.evaluation.problems import draw_problems
from search_core.models import ModelPair
from search_core.protocols import Sampling

DEFAULT_GROUPS = ("search", "concurrent", "memory", "usual")
GROUPS = (*DEFAULT_GROUPS, "load", "page", "gpu", "answers", "scoring", "reports")
AT_ONCE = 8
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What a benchmark is to measure, and how much of it.

    Attributes:
        runs: Searches of each problem family, of the embedded models.
        beams: Each N of the comparison with the usual way.
        steps: Depth of those searches.
        repeats: How often each of them is done, and how often all of `AT_ONCE` together.
        grid: Ns and depths at which memory is looked at.
        rows: Problems of each family whose solutions are scored.
        small: Stand-ins of two layers for all random models: to try a benchmark out.
    """

    runs: int = 5
    beams: tuple[int, ...] = (16,)
    steps: int = 10
    repeats: int = 1
    grid: tuple[tuple[int, ...], tuple[int, ...]] = ((4, 16, 64), (4, 8, 16, 32))
    rows: int = 60
    small: bool = False


def measure(
    name: str, options: BenchOptions, pair: ModelPair, score_source: str, say: Say
) -> list[Measurement]:
    """The figures of one group.

    Args:
        say: Told what cannot be measured here.

    Raises:
        ValueError: There is no such group.
    """
    match name:
        case "search":
            return _search(pair, score_source, options.runs)
        case "concurrent":
            return _concurrent(pair, score_source, options.repeats)
        case "usual":
            return _baseline(options)
        case "memory":
            return _memory(options, say)
        case "gpu":
            return _gpu(options, say)
        case "load":
            return load_measurements(options=("--trust-proxies", "1"))
        case "page":
            return page_measurements() + large_tree_measurements() + opening_measurements()
        case "answers":
            return answers_measurements()
        case "scoring":
            return scoring_measurements(Path(pair.verifier_path), options.rows)
        case "reports":
            few = {"rows": 200, "lines": 1_000} if options.small else {}
            return report_measurements(**few, repeats=options.repeats)
    raise ValueError(f"Unknown group {name!r:.60}; known: {', '.join(GROUPS)}.")


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


def _concurrent(pair: ModelPair, score_source: str, repeats: int) -> list[Measurement]:
    from search_core.embedded import FAMILIES

    each = -(-AT_ONCE // len(FAMILIES))
    problems = draw_problems(list(FAMILIES), None, each, 1, "test")[:AT_ONCE]
    return concurrent_measurements(pair, score_source, problems, n=N, runs=repeats)


def _baseline(options: BenchOptions) -> list[Measurement]:
    from search_core.bench.random_models import MID, tiny

    shape = tiny() if options.small else MID
    return compare_with_baseline(
        shape, beams=options.beams, steps=options.steps, runs=options.repeats
    )


def _memory(options: BenchOptions, say: Say) -> list[Measurement]:
    from search_core.bench.random_models import (
        SMALL,
        random_problem,
        random_solver,
        random_verifier,
        tiny,
    )
    from search_core.engine.memory import bytes_per_token
    from search_core.solvers import TransformersSolver
    from search_core.verifiers import TransformersVerifier

    # Short steps, so that 32 of them for 64 paths take seconds.
    shape = tiny() if options.small else replace(SMALL, shortest=10, longest=30)
    loaded = random_solver(shape)
    solver, verifier = TransformersSolver(loaded), TransformersVerifier(random_verifier(shape))
    sampling = Sampling(1.0, 1.0, shape.longest + 20)
    problem = random_problem(shape, PROMPT_TOKENS, 0)
    runs = [
        memory_run(solver, verifier, problem, PROMPT_TOKENS, sampling, n=n, depth=depth)
        for n in options.grid[0]
        for depth in options.grid[1]
    ]
    if not any(held.bytes for run in runs for held in run.solver):
        say("The solver keeps nothing of a path between two steps, or does not say what.")
    return memory_measurements(runs, bytes_per_token(loaded.model.config, 4))


def _gpu(options: BenchOptions, say: Say) -> list[Measurement]:
    from search_core.bench.gpu import (
        cuda_is_here,
        device_name,
        gpu_measurements,
        small_plan,
        whole_plan,
    )

    if options.small:
        return gpu_measurements(small_plan(), "cuda" if cuda_is_here() else "cpu")
    if not cuda_is_here():
        say("There is no CUDA device here: models of real size are not measured.")
        return []
    say(f"The device is {device_name()}.")
    return gpu_measurements(whole_plan())
