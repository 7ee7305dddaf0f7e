"""One search answered twice, call by call: by the engine, and by the baseline.

The search goes on with the engine's answer; the other one is compared and dropped. What both
take is measured in turn, so that a busy machine is as unkind to one as to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from search_core.bench.measurement import Measurement
from search_core.bench.release import StandIn
from search_core.bench.timing import Timing
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
)
from search_core.search import search

BEAM_WIDTH = 4
SOLVER_AIM, TOTAL_AIM = 2.5, 4.0
"""How many times less the engine should take."""
PLAIN_AIM = 0.85
"""Tokens a second inside a search, by those of plain decoding."""


@dataclass
class SolverPair(StandIn):
    """Asks both solvers, and gives the first one's answer.

    Attributes:
        engine_timing, baseline_timing: What each has taken.
        samples, tokens: Written by the first.
        different: Samples whose text the other one wrote otherwise.
    """

    engine: Solver
    baseline: Solver
    engine_timing: Timing = field(default_factory=Timing)
    baseline_timing: Timing = field(default_factory=Timing)
    samples: int = 0
    tokens: int = 0
    different: int = 0

    def __post_init__(self) -> None:
        self.info = self.engine.info

    @property
    def behind(self) -> tuple[object, ...]:
        return (self.engine,)

    def releasing(self) -> AbstractContextManager[object]:
        """Forgetting is part of the work."""
        return self.engine_timing.measured()

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        with self.engine_timing.measured():
            steps = self.engine.sample(requests, sampling, cancelled)
        with self.baseline_timing.measured():
            again = self.baseline.sample(requests, sampling, cancelled)
        self.samples += len(steps)
        self.tokens += sum(step.tokens for step in steps)
        self.different += sum(a.text != b.text for a, b in zip(steps, again, strict=True))
        return steps


@dataclass
class VerifierPair(StandIn):
    """Asks both verifiers, and gives the first one's answer.

    Attributes:
        engine_timing, baseline_timing: What each has taken.
        apart: Largest difference of two scores.
    """

    engine: Verifier
    baseline: Verifier
    engine_timing: Timing = field(default_factory=Timing)
    baseline_timing: Timing = field(default_factory=Timing)
    apart: float = 0.0

    def __post_init__(self) -> None:
        self.info = self.engine.info

    @property
    def behind(self) -> tuple[object, ...]:
        return (self.engine,)

    def releasing(self) -> AbstractContextManager[object]:
        """Forgetting is part of the work."""
        return self.engine_timing.measured()

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        with self.engine_timing.measured():
            scores = self.engine.score(requests, cancelled)
        with self.baseline_timing.measured():
            again = self.baseline.score(requests, cancelled)
        lasts = [(a.scores[-1], b.scores[-1]) for a, b in zip(scores, again, strict=True)]
        apart = [abs(a - b) for a, b in lasts if a is not None and b is not None]
        self.apart = max(self.apart, *apart)
        return scores


@dataclass(frozen=True)
class EngineComparison:
    """One search, answered twice.

    Attributes:
        plain: Tokens a processor second, and a second, of plain decoding of as many rows.
    """

    n: int
    solver: SolverPair
    verifier: VerifierPair
    plain: tuple[float, float]


def compare(
    problem: str,
    solvers: tuple[Solver, Solver],
    verifiers: tuple[Verifier, Verifier],
    sampling: Sampling,
    *,
    n: int,
    steps: int,
    seed: int,
    plain: Callable[[], Timing],
    plain_tokens: int,
) -> EngineComparison:
    """Beam search to a depth that every path reaches.

    Args:
        solvers, verifiers: The engine's, and the baseline's.
        plain: Plain decoding of `n` rows to `plain_tokens` tokens in all.
    """
    solver, verifier = SolverPair(*solvers), VerifierPair(*verifiers)
    search(
        Problem(problem),
        "beam_search",
        solver=solver,
        verifier=verifier,
        sampling=sampling,
        seed=seed,
        n=n,
        beam_width=BEAM_WIDTH,
        max_steps=steps,
    )
    timing = plain()
    speeds = plain_tokens / timing.cpu, plain_tokens / timing.wall
    return EngineComparison(n, solver, verifier, speeds)


def baseline_measurements(runs: Sequence[EngineComparison], group: str) -> list[Measurement]:
    """How many times less the engine took, in processor time and on the wall."""

    def ratio(name: str, of: Callable[[EngineComparison], float], **more: float) -> Measurement:
        aim = more.get("aim")
        return Measurement(name, "times", [of(run) for run in runs], aim, more=True, group=group)

    def seconds(name: str, of: Callable[[EngineComparison], float]) -> Measurement:
        return Measurement(name, "s", [of(run) for run in runs], group=group)

    inside = [r.solver.tokens / r.solver.engine_timing.cpu / r.plain[0] for r in runs]
    inside_wall = [r.solver.tokens / r.solver.engine_timing.wall / r.plain[1] for r in runs]
    return [
        ratio(
            "solver, processor time",
            lambda r: r.solver.baseline_timing.cpu / r.solver.engine_timing.cpu,
            aim=SOLVER_AIM,
        ),
        ratio(
            "verifier, processor time",
            lambda r: r.verifier.baseline_timing.cpu / r.verifier.engine_timing.cpu,
        ),
        ratio("both, processor time", lambda r: _baseline(r).cpu / _engine(r).cpu, aim=TOTAL_AIM),
        ratio(
            "solver, wall time",
            lambda r: r.solver.baseline_timing.wall / r.solver.engine_timing.wall,
        ),
        ratio(
            "verifier, wall time",
            lambda r: r.verifier.baseline_timing.wall / r.verifier.engine_timing.wall,
        ),
        ratio("both, wall time", lambda r: _baseline(r).wall / _engine(r).wall),
        seconds("engine's solver, processor time", lambda r: r.solver.engine_timing.cpu),
        seconds("engine's verifier, processor time", lambda r: r.verifier.engine_timing.cpu),
        seconds("usual solver, processor time", lambda r: r.solver.baseline_timing.cpu),
        seconds("usual verifier, processor time", lambda r: r.verifier.baseline_timing.cpu),
        Measurement(
            "tokens a processor second in the search / in plain decoding",
            "",
            inside,
            PLAIN_AIM,
            more=True,
            group=group,
        ),
        Measurement(
            "tokens a second in the search / in plain decoding", "", inside_wall, group=group
        ),
        Measurement("tokens written", "", [r.solver.tokens for r in runs], group=group),
        Measurement(
            "samples that rounding made another",
            "%",
            [100 * r.solver.different / r.solver.samples for r in runs],
            group=group,
        ),
        Measurement(
            "largest difference of a score", "", [r.verifier.apart for r in runs], group=group
        ),
    ]


def _engine(run: EngineComparison) -> Timing:
    return run.solver.engine_timing + run.verifier.engine_timing


def _baseline(run: EngineComparison) -> Timing:
    return run.solver.baseline_timing + run.verifier.baseline_timing
