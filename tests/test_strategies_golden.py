"""Golden traces: each strategy's whole log in one small fixed world, byte for byte.

After a change of the log that was reviewed, write them anew and read the difference:

    python -m tests.test_strategies_golden && git diff tests/golden
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search_core.log.traces import parse_trace
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeClock, World
from tests.test_search_properties import log_of

GOLDEN = Path(__file__).with_name("golden")
WORLD = World(seed=215, words=4, ends=0.3, cut_off=0.05, scores=6)
PRESETS = [name for name, strategy in STRATEGIES.items() if strategy.as_published]
# Where a strategy has more than one way: options of each, by the name of the variant.
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "mcts": {
        "uct": {"selection": "uct", "branching": 2, "leaves_at_once": 1},
        "rollout": {"evaluation": "rollout", "branching": 2, "final_choice": "visits"},
    },
}
SMALLER = {"exhaustive": {"branching": 2, "max_steps": 3}, "mcts": {"branching": 2}}
CASES = (
    [(name, "") for name in STRATEGIES]
    + [(name, "as-published") for name in PRESETS]
    + [(name, variant) for name, variants in VARIANTS.items() for variant in variants]
)


def golden_path(name: str, variant: str) -> Path:
    return GOLDEN / f"{name}{'-' if variant else ''}{variant}.jsonl"


def golden_log(name: str, variant: str) -> str:
    strategy = STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    values = dict(strategy.as_published) if variant == "as-published" else {}
    values |= {"n": 4, "beam_width": 2, "max_steps": 4} | SMALLER.get(name, {})
    values |= VARIANTS.get(name, {}).get(variant, {})
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


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_the_log_is_the_golden_one(name: str, variant: str) -> None:
    written = golden_path(name, variant).read_bytes()
    assert golden_log(name, variant).encode() == written


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_golden_logs_are_whole(name: str, variant: str) -> None:
    trace = parse_trace(golden_path(name, variant).read_bytes())
    assert trace.notice == ""
    assert trace.started.strategy == name


def test_every_golden_file_belongs_to_a_strategy() -> None:
    assert set(GOLDEN.glob("*.jsonl")) == {golden_path(*case) for case in CASES}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        golden_path(*case).write_bytes(golden_log(*case).encode())
