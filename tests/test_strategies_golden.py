"""Golden traces: each strategy's whole log in one small fixed world, byte for byte.

After a change of the log that was reviewed, write them anew and read the difference:

    python -m tests.test_strategies_golden && git diff tests/golden
"""

from __future__ import annotations

from pathlib import Path

import pytest

from search_core.problem import Problem
from search_core.recipe import Recipe
from search_core.runner import Run, drive
from search_core.strategies import STRATEGIES
from search_core.traces import parse_trace
from tests.fakes import FakeClock, World
from tests.test_search_properties import log_of

GOLDEN = Path(__file__).with_name("golden")
WORLD = World(seed=215, words=4, ends=0.3, cut_off=0.05, scores=6)
PRESETS = [name for name, strategy in STRATEGIES.items() if strategy.as_published]
CASES = [(name, False) for name in STRATEGIES] + [(name, True) for name in PRESETS]


def golden_path(name: str, published: bool) -> Path:
    return GOLDEN / f"{name}{'-as-published' if published else ''}.jsonl"


def golden_log(name: str, published: bool) -> str:
    strategy = STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    values = dict(strategy.as_published) if published else {}
    values |= {"n": 4, "beam_width": 2, "max_steps": 4}
    options = strategy.options.from_values({k: v for k, v in values.items() if k in known})
    problem = Problem("What is it?", answer="1")
    solver, verifier = WORLD.solver(), WORLD.verifier()
    run = Run(
        Recipe(problem, strategy, options, seed=7),
        solver.info,
        verifier.info,
        run_id="golden",
        created="2026-01-01T00:00:00+00:00",
        clock=FakeClock(),
        grader=lambda _, steps: "answer is 1." in steps[-1],
    )
    drive(run, solver, verifier)
    return log_of(run)


@pytest.mark.parametrize(("name", "published"), CASES)
def test_the_log_is_the_golden_one(name: str, published: bool) -> None:
    written = golden_path(name, published).read_bytes()
    assert golden_log(name, published).encode() == written


@pytest.mark.parametrize(("name", "published"), CASES)
def test_golden_logs_are_whole(name: str, published: bool) -> None:
    trace = parse_trace(golden_path(name, published).read_bytes())
    assert trace.notice == ""
    assert trace.started.strategy == name


def test_every_golden_file_belongs_to_a_strategy() -> None:
    assert set(GOLDEN.glob("*.jsonl")) == {golden_path(*case) for case in CASES}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        golden_path(*case).write_bytes(golden_log(*case).encode())
