"""Models against the speed of their memory, tried out on a CPU."""

from __future__ import annotations

import pytest

from search_core.bench.gpu import TimedModels, gpu_measurements, small_plan, weight_bytes
from search_core.bench.random_models import (
    random_solver,
    tiny,
)
from search_core.protocols import SampleRequest, ScoreRequest
from tests.benching import SAMPLING, TINY, go_on, named
from tests.fakes import World


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
    clock = TimedModels(world.solver(), world.verifier())
    steps = clock.sample([SampleRequest("?", (), 1)], SAMPLING, go_on)
    scored = clock.score([ScoreRequest("?", (steps[0].text,), 0, False, (0.0,))], go_on)
    clock.release("run", "?")
    assert (clock.written, clock.read, clock.calls) == (steps[0].tokens, scored[0].tokens, 1)
    assert clock.sampling.wall > 0
    assert clock.scoring.wall > 0
