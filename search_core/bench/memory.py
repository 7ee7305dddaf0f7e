"""What a search holds in memory, against how many tokens of its tree are alive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from search_core.bench.measurement import Measurement
from search_core.bench.release import StandIn
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
_SPREAD_AIM = 1.1
GROUP = "memory against N and depth"


@runtime_checkable
class CachesPaths(Protocol):
    """A model that says what it keeps of the paths of all runs."""

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept, each once."""
        ...

    def memory(self) -> int:
        """Bytes that they take."""
        ...


@dataclass
class TokenCounter:
    """Counts the tokens of sets of paths, from how long the steps of a search are.

    Attributes:
        prompt: Tokens before the first step.
    """

    prompt: int
    lengths: dict[tuple[str, ...], int] = field(default_factory=dict)

    def live(self, paths: Iterable[tuple[str, ...]]) -> int:
        """Tokens of these paths, what they share counted once."""
        nodes = {path[:end] for path in paths for end in range(1, len(path) + 1)}
        return self.prompt + sum(self.lengths[node] for node in nodes)

    def dense(self, paths: Sequence[tuple[str, ...]]) -> int:
        """Positions of a batch that holds each path whole, padded to the longest."""
        return len(paths) * max(self._length(path) for path in paths)

    def _length(self, path: tuple[str, ...]) -> int:
        return self.prompt + sum(self.lengths[path[:end]] for end in range(1, len(path) + 1))


@dataclass(frozen=True, slots=True)
class MemorySample:
    """What was there after one model call.

    Attributes:
        live, dense: See `TokenCounter`.
        tokens, bytes: What the model keeps.
    """

    live: int
    dense: int
    tokens: int
    bytes: int


@dataclass
class WatchedSolver(StandIn):
    """Looks at what a solver keeps after every call."""

    solver: Solver
    counter: TokenCounter
    samples: list[MemorySample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.info = self.solver.info

    @property
    def behind(self) -> tuple[object, ...]:
        return (self.solver,)

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        steps = self.solver.sample(requests, sampling, cancelled)
        paths = [(*request.steps, step.text) for request, step in zip(requests, steps, strict=True)]
        for path, step in zip(paths, steps, strict=True):
            self.counter.lengths[path] = step.tokens
        self.samples.append(_look(self.solver, self.counter, paths))
        return steps


@dataclass
class WatchedVerifier(StandIn):
    """Looks at what a verifier keeps after every call."""

    verifier: Verifier
    counter: TokenCounter
    samples: list[MemorySample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.info = self.verifier.info

    @property
    def behind(self) -> tuple[object, ...]:
        return (self.verifier,)

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        scores = self.verifier.score(requests, cancelled)
        self.samples.append(
            _look(self.verifier, self.counter, [request.steps for request in requests])
        )
        return scores


def _look(model: object, counter: TokenCounter, paths: Sequence[tuple[str, ...]]) -> MemorySample:
    kept = (0, 0)
    if isinstance(model, CachesPaths):
        kept = (model.cached_tokens, model.memory())
    return MemorySample(counter.live(paths), counter.dense(paths), *kept)


@dataclass(frozen=True)
class MemoryRun:
    """One search of N paths to a depth.

    Attributes:
        solver, verifier: After each of their calls.
        peak: Bytes of the process at most, beside what it had before; None: unknown here.
    """

    n: int
    depth: int
    solver: Sequence[MemorySample]
    verifier: Sequence[MemorySample]
    peak: int | None


def memory_run(
    solver: Solver,
    verifier: Verifier,
    problem: str,
    prompt: int,
    sampling: Sampling,
    *,
    n: int,
    depth: int,
) -> MemoryRun:
    """Search and look.

    Args:
        prompt: Tokens of the problem's prompt.
    """
    counter = TokenCounter(prompt)
    watched = WatchedSolver(solver, counter)
    watched_verifier = WatchedVerifier(verifier, counter)
    before = start_peak()
    search(
        Problem(problem),
        "beam_search",
        solver=watched,
        verifier=watched_verifier,
        sampling=sampling,
        n=n,
        beam_width=BEAM_WIDTH,
        max_steps=depth,
    )
    after = peak_bytes()
    peak = None if before is None or after is None else max(0, after - before)
    return MemoryRun(n, depth, watched.samples, watched_verifier.samples, peak)


def memory_measurements(runs: Sequence[MemoryRun], token_bytes: int) -> list[Measurement]:
    """Whether memory follows live tokens.

    Args:
        token_bytes: Keys and values of one token in all layers.
    """
    found = []
    for name in ("solver", "verifier"):
        peaks = [max(getattr(run, name), key=lambda sample: sample.bytes) for run in runs]
        if any(peak.bytes for peak in peaks):
            found += _of_model(name, peaks, token_bytes)
    whole = [max(run.solver, key=lambda sample: sample.live) for run in runs]
    found.append(
        _measurement(
            "positions of N whole paths, per live token",
            "",
            [sample.dense / sample.live for sample in whole],
        )
    )
    process = [r.peak / h.live for r, h in zip(runs, whole, strict=True) if r.peak]
    if process:
        found.append(
            _measurement("process at its peak, beside what it had before", "B/token", process)
        )
    return found


def _of_model(name: str, peaks: Sequence[MemorySample], token_bytes: int) -> list[Measurement]:
    live = np.array([peak.live for peak in peaks], dtype=float)
    kept = np.array([peak.bytes for peak in peaks], dtype=float)
    shares = list(kept / live / token_bytes)
    found = [
        _measurement(f"{name} keeps, per live token", "B/token", list(kept / live)),
        _measurement(f"{name} keeps, by one token's keys and values", "times", shares, _SPREAD_AIM),
        _measurement(
            f"{name}, most kept per live token by least", "times", [max(shares) / min(shares)]
        ),
    ]
    if len(set(live)) > 1:
        slope, start = np.polyfit(live, kept, 1)
        rest = float(np.abs(kept - slope * live - start).max())
        found += [
            _measurement(f"{name} keeps, per further live token (fit)", "B/token", [float(slope)]),
            _measurement(
                f"{name}, farthest from the fit", "% of the mean", [100 * rest / kept.mean()]
            ),
        ]
    return found


def _measurement(
    name: str, unit: str, values: Sequence[float], aim: float | None = None
) -> Measurement:
    return Measurement(name, unit, [float(value) for value in values], aim, group=GROUP)


def start_peak() -> int | None:
    """Begin to look for the largest size of this process; bytes now. None: not on this system."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _status("VmRSS")
    except OSError:
        return None


def peak_bytes() -> int | None:
    """Largest size since `start_peak`."""
    try:
        return _status("VmHWM")
    except OSError:
        return None


def _status(field_name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in text.splitlines() if line.startswith(field_name))
    return 1024 * int(line.split()[1])
