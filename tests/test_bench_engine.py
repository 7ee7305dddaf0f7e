"""The benchmarks of the engine, on models of two layers: that they measure what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from search_core.bench.concurrent import concurrent_measurements
from search_core.bench.gpu import Clocked, gpu_measurements, small_plan, weight_bytes
from search_core.bench.groups import Asked, measure
from search_core.bench.measurement import Measurement
from search_core.bench.memory import Held, Ledger, memory_measurements, memory_run
from search_core.bench.profiling import profiled
from search_core.bench.random_models import (
    LLAMA_1B,
    LLAMA_8B,
    MID,
    letter_tokenizer,
    random_problem,
    random_solver,
    save_pair,
    tiny,
)
from search_core.bench.side_by_side import compare, usual_measurements
from search_core.bench.took import Took
from search_core.bench.usual import compare_with_usual_way
from search_core.bench.usual_way import UsualSolver, UsualVerifier
from search_core.engine.memory.prefix_store import PrefixStore
from search_core.engine.path_tokens import PathTokens
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    SolverInfo,
    StepSample,
    StepScores,
    Verifier,
    VerifierInfo,
)
from search_core.solvers import TransformersSolver, load_solver
from search_core.verifiers import load_verifier
from tests.fakes import World
from tests.test_cli_solve import invoke, said

TINY = tiny()
SAMPLING = Sampling(1.0, 1.0, 30)
N, STEPS = 8, 3


def go_on() -> bool:
    return False


def named(measurements: list[Measurement]) -> dict[str, Measurement]:
    return {one.name: one for one in measurements}


Models = tuple[tuple[Solver, Solver], tuple[Verifier, Verifier]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """The engine's solver and verifier, each with the usual one."""
    paths = save_pair(TINY, tmp_path_factory.mktemp("pair"))
    solver = load_solver(paths[0], device="cpu")
    verifier = load_verifier(paths[1], device="cpu")
    return (
        (solver, UsualSolver(paths[0], solver.info)),
        (verifier, UsualVerifier(paths[1], verifier.info)),
    )


# Random models ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("tied", [True, False])
def test_a_random_model_writes_steps_of_drawn_lengths(tied: bool, dtype: torch.dtype) -> None:
    shape = tiny(tied=tied, shortest=4, longest=12)
    solver = TransformersSolver(random_solver(shape, dtype=dtype))
    problem = random_problem(shape, 10, 0)
    requests = [SampleRequest(problem, (), seed, seed) for seed in range(300)]
    steps = solver.sample(requests, SAMPLING, go_on)
    assert {step.ended for step in steps} == {"step"}
    assert {step.tokens for step in steps} == set(range(4, 13))
    assert all(len(step.text) == step.tokens - 1 for step in steps)
    assert len({step.text for step in steps}) > 0.9 * len(steps)  # short ones may meet
    # A step that follows another one has a length of its own too.
    later = solver.sample([SampleRequest(problem, (s.text,), 7) for s in steps], SAMPLING, go_on)
    assert {step.tokens for step in later} <= set(range(4, 13))
    assert {step.ended for step in later} == {"step"}


def test_text_and_tokens_of_a_random_model_say_the_same() -> None:
    tokenizer = letter_tokenizer(TINY)
    paths = PathTokens(tokenizer)
    problem = random_problem(TINY, 20, 3)
    assert len(paths.prompt(problem)) == 20
    ids = list(range(5, 5 + TINY.letters))
    assert paths.step(paths.text(ids)) == (*ids, 4)
    assert random_problem(TINY, 20, 3) == problem != random_problem(TINY, 20, 4)


def test_the_shapes_are_those_of_the_models_they_are_called_after() -> None:
    from transformers import LlamaForCausalLM, LlamaForTokenClassification

    with torch.device("meta"):
        sizes = [
            sum(weight.numel() for weight in kind(shape.config(num_labels=2)).parameters())
            for shape, kind in (
                (MID, LlamaForCausalLM),
                (LLAMA_1B, LlamaForCausalLM),
                (LLAMA_8B, LlamaForCausalLM),
                (LLAMA_8B, LlamaForTokenClassification),
            )
        ]
    assert sizes[0] == pytest.approx(24e6, rel=0.03)
    assert sizes[1:3] == [1_235_814_400, 8_030_261_248]
    assert sizes[3] == sizes[2] - LLAMA_8B.vocabulary * LLAMA_8B.hidden + 2 * LLAMA_8B.hidden + 2


def test_a_shape_without_room_for_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="hidden size of 204"):
        random_solver(tiny(shortest=30, longest=100, vocabulary=300))


# Side by side -------------------------------------------------------------------------------


def test_both_ways_write_and_score_the_same(models: Models) -> None:
    solvers, verifiers = models
    run = compare(
        random_problem(TINY, 12, 1),
        solvers,
        verifiers,
        SAMPLING,
        n=N,
        steps=STEPS,
        seed=1,
        plain=lambda: Took(2.0, 4.0),
        plain_tokens=100,
    )
    assert run.solver.samples == N * STEPS
    assert TINY.shortest * N * STEPS <= run.solver.tokens <= TINY.longest * N * STEPS
    assert run.solver.different == 0
    assert run.verifier.apart < 1e-5
    assert run.plain == (50.0, 25.0)
    measured = named(usual_measurements([run], "some"))
    solver, both = measured["solver, processor time"], measured["both, processor time"]
    assert solver.values == [run.solver.usual.cpu / run.solver.own.cpu]
    assert (solver.aim, both.aim, solver.more, solver.group) == (2.5, 4.0, True, "some")
    usual = run.solver.usual.cpu + run.verifier.usual.cpu
    assert both.values == [usual / (run.solver.own.cpu + run.verifier.own.cpu)]


def test_a_sample_that_differs_is_counted(models: Models) -> None:
    (engine, usual), verifiers = models

    class Other:
        info = usual.info

        def sample(
            self, requests: list[SampleRequest], sampling: Sampling, cancelled: Cancelled
        ) -> list[StepSample]:
            steps = usual.sample(requests, sampling, cancelled)
            return [StepSample("!", 2, 0.0, "step"), *steps[1:]]

    run = compare(
        random_problem(TINY, 12, 1),
        (engine, Other()),  # type: ignore[arg-type]  # its requests are a list here
        verifiers,
        SAMPLING,
        n=N,
        steps=2,
        seed=1,
        plain=lambda: Took(1.0, 1.0),
        plain_tokens=1,
    )
    assert run.solver.different == 2
    measured = named(usual_measurements([run], ""))
    assert measured["samples that rounding made another"].values == [100 * 2 / (2 * N)]


def test_the_comparison_gives_figures_for_each_number_of_beams() -> None:
    measured = compare_with_usual_way(TINY, beams=(4, 8), steps=2, runs=2, device="cpu")
    groups = list(dict.fromkeys(one.group for one in measured))
    assert [group.partition(": ")[2] for group in groups] == [
        "tiny, N=4, 2 steps",
        "tiny, N=8, 2 steps",
    ]
    assert all(len(one.values) == 2 for one in measured)


def test_releasing_reaches_the_engine_and_counts_as_its_work() -> None:
    heard: list[str] = []

    class Keeps:
        info = SolverInfo("keeps")

        def release(self, run: str, problem: str, paths: object = None) -> None:
            heard.append(run)

    from search_core.bench.side_by_side import SolverPair, VerifierPair

    keeps = Keeps()
    for pair in (SolverPair(keeps, keeps), VerifierPair(keeps, keeps)):  # type: ignore[arg-type]
        pair.release("a run", "?")
        assert pair.own.wall > 0
    assert heard == ["a run", "a run"]


# Memory -------------------------------------------------------------------------------------


class Remembers:
    """Keeps one position of "keys and values" for every token it read or wrote."""

    info = SolverInfo("remembers")
    prompt = 5

    def __init__(self) -> None:
        self.store = PrefixStore(1 << 30)
        world = World(ends=0.0, cut_off=0.0)
        self._solver, self._verifier = world.solver(), world.verifier()

    @property
    def stored_tokens(self) -> int:
        return self.store.tokens

    def memory(self) -> int:
        return self.store.bytes

    def _keep(self, steps: tuple[str, ...], run: str) -> None:
        ids = [*range(self.prompt)]
        for step in steps:
            ids += [1000 + hash(step) % 10**9, *range(1, len(step.split()))]
        known = self.store.longest(tuple(ids), run).length
        if known < len(ids):
            self.store.add(tuple(ids), torch.zeros(1, 2, 1, len(ids) - known, 3), run)

    def sample(
        self, requests: list[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        steps = self._solver.sample(requests, sampling, cancelled)
        steps = [StepSample(s.text, len(s.text.split()), s.logprob, "step") for s in steps]
        for one, step in zip(requests, steps, strict=True):
            self._keep((*one.steps, step.text), one.run)
        return steps

    def score(self, requests: list[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        for one in requests:
            self._keep(one.steps, one.run)
        return self._verifier.score(requests, cancelled)

    def release(self, run: str, problem: str, paths: list[tuple[str, ...]] | None = None) -> None:
        if paths is None:
            self.store.release(run)


class RemembersScores(Remembers):
    """The same as a verifier, with the store of another."""

    info = VerifierInfo("remembers scores")  # type: ignore[assignment]

    def __init__(self, other: Remembers) -> None:
        super().__init__()
        self.store = other.store


def test_what_is_kept_is_held_against_live_tokens() -> None:
    solver = Remembers()
    verifier = RemembersScores(solver)
    runs = [
        memory_run(
            solver,  # type: ignore[arg-type]
            verifier,  # type: ignore[arg-type]
            "?",
            solver.prompt,
            SAMPLING,
            n=n,
            depth=depth,
        )
        for n in (4, 8)
        for depth in (2, 4)
    ]
    first = [run.solver[0] for run in runs]
    for held in first:  # nothing was let go yet, so everything is alive
        assert held.tokens == held.live
        assert held.bytes == held.live * 24
        assert held.dense >= held.live
    measured = named(memory_measurements(runs, token_bytes=24))
    assert measured["solver keeps, by one token's keys and values"].aim == 1.1
    assert "solver keeps, per further live token (fit)" in measured


def test_a_ledger_counts_shared_steps_once() -> None:
    ledger = Ledger(10, {("a",): 3, ("a", "b"): 4, ("a", "c"): 5})
    paths = [("a", "b"), ("a", "c")]
    assert ledger.live(paths) == 10 + 3 + 4 + 5
    assert ledger.dense(paths) == 2 * (10 + 3 + 5)


def test_a_fit_finds_what_one_more_token_takes() -> None:
    from search_core.bench.memory import MemoryRun

    def run(live: int, kept: int) -> MemoryRun:
        held = [Held(live, 3 * live, kept, kept)]
        return MemoryRun(4, 2, held, held, peak=5 * live)

    measured = named(memory_measurements([run(100, 1300), run(200, 2300)], token_bytes=10))
    fit = measured["solver keeps, per further live token (fit)"]
    assert fit.values == pytest.approx([10.0])
    assert measured["solver, most kept per live token by least"].values == pytest.approx(
        [13 / 11.5]
    )
    assert measured["positions of N whole paths, per live token"].median == 3
    assert measured["process at its peak, beside what it had before"].median == 5


def test_a_model_that_says_nothing_of_its_memory_is_said_plainly() -> None:
    notes: list[str] = []
    world = World()
    pair = ModelPair.of(world.solver(), world.verifier())
    asked = Asked(grid=((4,), (2,)), small=True)
    measured = named(measure("memory", asked, pair, "verifier", notes.append))
    assert measured["positions of N whole paths, per live token"].median >= 1
    assert ("solver keeps, per live token" in measured) == (not notes)


# Devices of their own -----------------------------------------------------------------------


def test_the_device_benchmark_runs_on_a_cpu_in_small() -> None:
    plan = small_plan()
    measured = named(gpu_measurements(plan, "cpu"))
    floor = measured["floor of a decode step"].median / 1000
    bandwidth = max(measured["memory bandwidth"].values) * 1e9
    read = measured["weights read for a token"].median
    read += measured["keys and values read for a token"].median
    assert floor == pytest.approx(read * 1024**3 / bandwidth)
    tokens = plan.prompt + plan.rows * (plan.short + plan.long) / 2
    per_token = 2 * plan.solver.layers * plan.solver.kv_heads * (plan.solver.hidden // 4) * 4
    kept = measured["keys and values read for a token"].median * 1024**3
    assert kept == pytest.approx(tokens * per_token)
    assert measured["decode step by its floor"].aim == 3.0
    assert measured["scoring by its floor"].median > 0


def test_an_embedding_that_is_only_looked_up_is_not_read() -> None:
    tied, untied = (random_solver(tiny(tied=tied)) for tied in (True, False))
    embedding = 4 * TINY.vocabulary * TINY.hidden
    assert weight_bytes(tied, tiny()) == 4 * (tied.info.parameters or 0)
    assert weight_bytes(untied, tiny(tied=False)) == 4 * (untied.info.parameters or 0) - embedding


def test_a_clock_counts_what_both_models_did() -> None:
    world = World(ends=0.0)
    clock = Clocked(world.solver(), world.verifier())
    steps = clock.sample([SampleRequest("?", (), 1)], SAMPLING, go_on)
    scored = clock.score([ScoreRequest("?", (steps[0].text,), 0, False, (0.0,))], go_on)
    clock.release("run", "?")
    assert (clock.written, clock.read, clock.calls) == (steps[0].tokens, scored[0].tokens, 1)
    assert clock.sampling.wall > 0
    assert clock.scoring.wall > 0


# Registry, profile, command -----------------------------------------------------------------


def test_searches_at_once_are_held_against_one() -> None:
    world = World(ends=0.5)
    pair = ModelPair.of(world.solver(), world.verifier())
    problems = [Problem(f"What is {number}?") for number in range(3)]
    measured = named(concurrent_measurements(pair, "verifier", problems, n=4, runs=2))
    ratio = measured["all together / one alone"]
    assert ratio.aim == 2.5
    assert len(ratio.values) == 2
    alone, together = measured["one alone"].values, measured["all together"].values
    assert list(ratio.values) == [b / a for a, b in zip(alone, together, strict=True)]


def test_a_search_that_fails_is_no_figure() -> None:
    class Broken:
        info = SolverInfo("broken")

        def sample(self, *_: object) -> list[StepSample]:
            raise ValueError("no weights")

    pair = ModelPair.of(Broken(), World().verifier())  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="no weights"):
        concurrent_measurements(pair, "verifier", [Problem("?")], n=4, runs=1)


def test_a_profile_names_functions_of_all_threads(tmp_path: Path) -> None:
    import threading

    def work_elsewhere() -> int:
        return sum(number * number for number in range(1000))

    def work_here() -> int:
        return sum(number + number for number in range(1000))

    with profiled(tmp_path / "profile.txt"):
        thread = threading.Thread(target=work_elsewhere)
        thread.start()
        work_here()
        thread.join()
    text = (tmp_path / "profile.txt").read_text(encoding="utf-8")
    assert "work_here" in text
    assert "work_elsewhere" in text


def test_bench_writes_json_that_becomes_a_table(tmp_path: Path) -> None:
    arguments = ["--only", "usual,memory", "--small", "--beams", "4", "--steps", "2"]
    profile = tmp_path / "profile.txt"
    result = invoke("bench", *arguments, "--json", "--profile", str(profile))
    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert "torch" in values["versions"]
    assert values["machine"]["threads of a large model"] >= 1
    measured = {one["name"]: one for one in values["measurements"]}
    assert measured["both, processor time"]["more_is_better"] is True
    assert "tottime" in profile.read_text(encoding="utf-8")
    (tmp_path / "bench.json").write_text(result.stdout, encoding="utf-8")
    table = invoke("bench-table", str(tmp_path / "bench.json"))
    assert table.exit_code == 0
    assert "| both, processor time |" in table.stdout
    shown = invoke("bench", *arguments)
    assert "both, processor time" in said(shown)


def test_without_cuda_bench_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_core.bench.gpu.cuda_is_here", lambda: False)
    result = invoke("bench", "--only", "gpu")
    assert result.exit_code == 0
    assert "no CUDA device here" in said(result)
    small = invoke("bench", "--only", "gpu", "--small")
    assert "decode step by its floor" in said(small)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "speed"], "Unknown group 'speed'"),
        (["--only", ""], "--only is empty"),
        (["--beams", "6"], "multiple of 4"),
    ],
)
def test_bad_groups_and_beams_end_with_2(arguments: list[str], message: str) -> None:
    result = invoke("bench", *arguments)
    assert result.exit_code == 2
    assert message in said(result)


def test_a_file_that_is_no_benchmark_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}", encoding="utf-8")
    result = invoke("bench-table", str(path))
    assert result.exit_code == 2
    assert "not what bench --json writes" in said(result)
