"""What a search holds in memory, against the tokens that are alive."""

from __future__ import annotations

import pytest
import torch

from search_core.bench.groups import BenchOptions, measure
from search_core.bench.memory import MemorySample, TokenCounter, memory_measurements, memory_run
from search_core.engine.memory.prefix_cache import PrefixCache
from search_core.models import ModelPair
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)
from tests.benching import SAMPLING, named
from tests.fakes import World


class Remembers:
    """Keeps one position of "keys and values" for every token it read or wrote."""

    info = SolverInfo("remembers")
    prompt = 5

    def __init__(self) -> None:
        self.cache = PrefixCache(1 << 30)
        world = World(ends=0.0, cut_off=0.0)
        self._solver, self._verifier = world.solver(), world.verifier()

    @property
    def cached_tokens(self) -> int:
        return self.cache.tokens

    def memory(self) -> int:
        return self.cache.bytes

    def _keep(self, steps: tuple[str, ...], run: str) -> None:
        ids = [*range(self.prompt)]
        for step in steps:
            ids += [1000 + hash(step) % 10**9, *range(1, len(step.split()))]
        known = self.cache.match(tuple(ids), run).length
        if known < len(ids):
            self.cache.insert(tuple(ids), torch.zeros(1, 2, 1, len(ids) - known, 3), run)

    def sample(
        self, requests: list[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        steps = self._solver.sample(requests, sampling, cancelled)
        steps = [StepSample(s.text, len(s.text.split()), s.logprob, "step") for s in steps]
        for request, step in zip(requests, steps, strict=True):
            self._keep((*request.steps, step.text), request.run)
        return steps

    def score(self, requests: list[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        for request in requests:
            self._keep(request.steps, request.run)
        return self._verifier.score(requests, cancelled)

    def release(
        self,
        run: str,
        problem: str,
        paths: list[tuple[str, ...]] | None = None,
        step_ids: object = (),
    ) -> None:
        if paths is None:
            self.cache.release(run)


class RemembersScores(Remembers):
    """The same as a verifier, with the cache of another."""

    info = VerifierInfo("remembers scores")  # type: ignore[assignment]

    def __init__(self, other: Remembers) -> None:
        super().__init__()
        self.cache = other.cache


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


def test_a_counter_counts_shared_steps_once() -> None:
    counter = TokenCounter(10, {("a",): 3, ("a", "b"): 4, ("a", "c"): 5})
    paths = [("a", "b"), ("a", "c")]
    assert counter.live(paths) == 10 + 3 + 4 + 5
    assert counter.dense(paths) == 2 * (10 + 3 + 5)


def test_a_fit_finds_what_one_more_token_takes() -> None:
    from search_core.bench.memory import MemoryRun

    def run(live: int, kept: int) -> MemoryRun:
        held = [MemorySample(live, 3 * live, kept, kept)]
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
    asked = BenchOptions(grid=((4,), (2,)), small=True)
    measured = named(measure("memory", asked, pair, "verifier", notes.append))
    assert measured["positions of N whole paths, per live token"].median >= 1
    assert ("solver keeps, per live token" in measured) == (not notes)
