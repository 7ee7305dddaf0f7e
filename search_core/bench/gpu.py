"""Models of real size against the speed of the memory they live in.

To write one token, every weight is read once for the whole batch, and the keys and values of
all paths. What paths share need be read but once. No engine can take less time than those bytes
take:

    tokens = prompt + rows x tokens that each row has added
    floor of a decode step = (weights + tokens x keys and values of a token) / bandwidth

A verifier reads many new tokens at once, so it may also be bound by arithmetic:

    floor of scoring = max(weights / bandwidth, 2 x parameters x new tokens / matmul speed)

Bandwidth and matmul speed are measured on the same device in the same run: a large copy (each
byte is read and written), and a large matrix product in the models' own dtype.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from search_core.bench.measurement import Measurement
from search_core.bench.random_models import (
    LLAMA_1B,
    LLAMA_8B,
    LlamaShape,
    random_problem,
    random_solver,
    random_verifier,
    tiny,
)
from search_core.bench.release import StandIn
from search_core.bench.timing import Timing
from search_core.engine.checkpoints.loading import LoadedModel
from search_core.engine.memory import bytes_per_token
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    StepSample,
    StepScores,
    Verifier,
    VerifierInfo,
)
from search_core.search import search
from search_core.solvers import TransformersSolver
from search_core.verifiers import TransformersVerifier

AIM = 3.0
"""Times the floor."""
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class GpuPlan:
    """What is measured, and how large it is.

    Attributes:
        rows: N, and rows of a decode step.
        prompt: Tokens of the problem's prompt.
        steps: Depth of the search.
        short, long: Lengths of the two samples whose difference is so many decode steps. Both
            below the shortest step, so that every row is written to the limit.
        copied: Bytes of the copy that measures bandwidth.
        square: Side of the matrices that measure arithmetic.
        dtype: Of models and matrices.
    """

    solver: LlamaShape = LLAMA_1B
    verifier: LlamaShape = LLAMA_8B
    rows: int = 64
    prompt: int = 200
    steps: int = 6
    short: int = 5
    long: int = 29
    repeats: int = 5
    copied: int = 4 * GIB
    square: int = 8192
    dtype: torch.dtype = torch.bfloat16


def whole_plan() -> GpuPlan:
    """Llama-3.2-1B and an 8B verifier."""
    return GpuPlan()


def small_plan() -> GpuPlan:
    """Everything of it in a second, on anything; the figures mean nothing."""
    shape = tiny(shortest=6)
    sizes = {"rows": 8, "prompt": 12, "steps": 2, "short": 2, "long": 5, "repeats": 2}
    return GpuPlan(shape, shape, **sizes, copied=1 << 20, square=64, dtype=torch.float32)


def cuda_is_here() -> bool:
    """Whether there is a device to measure."""
    return bool(torch.cuda.is_available())


def device_name() -> str:
    """What the maker calls it."""
    return str(torch.cuda.get_device_name())


@dataclass
class TimedModels(StandIn):
    """Times a solver's and a verifier's calls, and counts what they wrote and read."""

    solver: Solver
    verifier: Verifier
    sampling: Timing = field(default_factory=Timing)
    scoring: Timing = field(default_factory=Timing)
    written: int = 0
    read: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        self.info = self.solver.info

    @property
    def behind(self) -> tuple[object, ...]:
        return self.solver, self.verifier

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        with self.sampling.measured():
            steps = self.solver.sample(requests, sampling, cancelled)
        self.written += sum(step.tokens for step in steps)
        return steps

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        with self.scoring.measured():
            scores = self.verifier.score(requests, cancelled)
        self.read += sum(score.tokens for score in scores)
        self.calls += 1
        return scores


@dataclass
class TimedVerifier:
    """The verifier of `TimedModels`, as a search takes it."""

    models: TimedModels

    @property
    def info(self) -> VerifierInfo:
        return self.models.verifier.info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        return self.models.score(requests, cancelled)


def gpu_measurements(plan: GpuPlan, device: str = "cuda") -> list[Measurement]:
    """Solver and verifier apart, each against its floor."""
    where = torch.device(device)
    bandwidth = [_bandwidth(where, plan) for _ in range(plan.repeats)]
    arithmetic = [_matmul_speed(where, plan) for _ in range(plan.repeats)]
    best_bandwidth, best_arithmetic = max(bandwidth), max(arithmetic)
    found = [
        _measurement("device", "memory bandwidth", "GB/s", [speed / 1e9 for speed in bandwidth]),
        _measurement("device", "matrix product", "TFLOP/s", [speed / 1e12 for speed in arithmetic]),
    ]
    solver = random_solver(plan.solver, device=device, dtype=plan.dtype)
    found += _decoding(plan, solver, best_bandwidth)
    verifier = random_verifier(plan.verifier, device=device, dtype=plan.dtype)
    return found + _searching(plan, solver, verifier, best_bandwidth, best_arithmetic)


def _decoding(plan: GpuPlan, loaded: LoadedModel, bandwidth: float) -> list[Measurement]:
    solver = TransformersSolver(loaded)
    problem = random_problem(plan.solver, plan.prompt, 0)

    def duration(tokens: int, seed: int) -> float:
        requests = [SampleRequest(problem, (), seed + row, row) for row in range(plan.rows)]
        sampling = Sampling(1.0, 1.0, tokens)
        started = time.perf_counter()
        solver.sample(requests, sampling, _go_on)
        return time.perf_counter() - started

    duration(plan.long, 0)
    between = plan.long - plan.short
    step_seconds = [
        (duration(plan.long, seed) - duration(plan.short, seed)) / between
        for seed in range(1, plan.repeats + 1)
    ]
    weights = weight_bytes(loaded, plan.solver)
    per_token = bytes_per_token(loaded.model.config, loaded.model.dtype.itemsize)
    held = (plan.prompt + plan.rows * (plan.short + plan.long) / 2) * per_token
    floor = (weights + held) / bandwidth
    name = f"{plan.solver.name}, {plan.rows} rows"
    return [
        _measurement(name, "weights read for a token", "GiB", [weights / GIB]),
        _measurement(name, "keys and values read for a token", "GiB", [held / GIB]),
        _measurement(name, "floor of a decode step", "ms", [1000 * floor]),
        _measurement(name, "decode step", "ms", [1000 * seconds for seconds in step_seconds]),
        _measurement(
            name,
            "decode step by its floor",
            "times",
            [seconds / floor for seconds in step_seconds],
            AIM,
        ),
        _measurement(
            name,
            "tokens a second while decoding",
            "",
            [plan.rows / seconds for seconds in step_seconds],
        ),
    ]


def _searching(
    plan: GpuPlan, solver: LoadedModel, verifier: LoadedModel, bandwidth: float, arithmetic: float
) -> list[Measurement]:
    models = TransformersSolver(solver), TransformersVerifier(verifier)
    cuda = solver.device.type == "cuda"
    sampling = Sampling(1.0, 1.0, plan.solver.longest + 20)
    clocks = []
    weights = torch.cuda.memory_allocated(solver.device) if cuda else 0
    for seed in range(plan.repeats + 1):
        clock = TimedModels(*models)
        if cuda:
            torch.cuda.reset_peak_memory_stats(solver.device)
        search(
            Problem(random_problem(plan.solver, plan.prompt, seed + 1)),
            "beam_search",
            solver=clock,
            verifier=TimedVerifier(clock),
            sampling=sampling,
            seed=seed,
            n=plan.rows,
            beam_width=4,
            max_steps=plan.steps,
        )
        clocks.append(clock)
    clocks = clocks[1:]  # the first one warms up
    read = weight_bytes(verifier, plan.verifier)
    parameters: float = read / verifier.model.dtype.itemsize

    def floor(clock: TimedModels) -> float:
        by_bytes = clock.calls * read / bandwidth
        return max(by_bytes, 2 * parameters * clock.read / arithmetic)

    name = f"search, N={plan.rows}, {plan.steps} steps"
    found = [
        _measurement(
            name,
            f"{plan.solver.name} writes",
            "tokens/s",
            _each(clocks, lambda c: c.written / c.sampling.wall),
        ),
        _measurement(
            name,
            f"{plan.verifier.name} reads",
            "tokens/s",
            _each(clocks, lambda c: c.read / c.scoring.wall),
        ),
        _measurement(name, "seconds in the solver", "s", _each(clocks, lambda c: c.sampling.wall)),
        _measurement(name, "seconds in the verifier", "s", _each(clocks, lambda c: c.scoring.wall)),
        _measurement(
            name,
            "scoring by its floor",
            "times",
            _each(clocks, lambda c: c.scoring.wall / floor(c)),
            AIM,
        ),
    ]
    if cuda:
        peak = torch.cuda.max_memory_allocated(solver.device)
        found += [
            _measurement(name, "memory of both models' weights", "GiB", [weights / GIB]),
            _measurement(name, "memory at the peak", "GiB", [peak / GIB]),
        ]
    return found


def weight_bytes(loaded: LoadedModel, shape: LlamaShape) -> int:
    """Bytes of weights that a forward pass reads: an embedding that is looked up only is not."""
    looked_up = shape.vocabulary * shape.hidden
    tied = shape.tied and hasattr(loaded.model, "lm_head")
    numbers = (loaded.info.parameters or 0) - (0 if tied else looked_up)
    return int(numbers * loaded.model.dtype.itemsize)


def _bandwidth(device: torch.device, plan: GpuPlan) -> float:
    source = torch.zeros(plan.copied, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    seconds = _timed(device, lambda: target.copy_(source))
    return 2 * plan.copied / seconds


def _matmul_speed(device: torch.device, plan: GpuPlan) -> float:
    matrix = torch.randn(plan.square, plan.square, device=device).to(plan.dtype)
    operations = 2.0 * float(plan.square) ** 3
    return operations / _timed(device, lambda: matrix @ matrix)


def _timed(device: torch.device, work: Callable[[], object]) -> float:
    work()
    _wait(device)
    started = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - started


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _go_on() -> bool:
    return False


def _each(clocks: Sequence[TimedModels], of: Callable[[TimedModels], float]) -> list[float]:
    return [of(clock) for clock in clocks]


def _measurement(
    group: str, name: str, unit: str, values: Sequence[float], aim: float | None = None
) -> Measurement:
    return Measurement(name, unit, list(values), aim, group=f"device: {group}")
