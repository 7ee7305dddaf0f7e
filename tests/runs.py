"""Runs for tests of the runner: recipes in random worlds, started and looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from search_core.log.events import Finished
from search_core.log.traces import parse_trace
from search_core.log.tree import FINAL_STATES
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.strategies.base import (
    NodeView,
    Plan,
    Strategy,
)
from search_core.strategies.options import ScoredOptions
from tests.fakes import FakeClock, FakeSolver, World
from tests.test_search_properties import log_of

NEVER_ENDS = World(ends=0.0, cut_off=0.0)
ENDS_AT_2 = FakeSolver(
    lambda steps, index: (f"The answer is {index}.", "end") if steps else (f"on {index}", "step")
)


def fake_strategy(plan: Callable[[NodeView, ScoredOptions], Plan]) -> Strategy:
    return Strategy("fake strategy", "Fake", "", "", "", ScoredOptions, plan)


def start(recipe: Recipe, **fields: Any) -> Run:
    world = World()
    fields = {"clock": FakeClock(), "grader": lambda *_: None} | fields
    return Run(recipe, world.solver().info, world.verifier().info, **fields)


def recipe(name: str = "beam_search", **fields: Any) -> Recipe:
    values = {"n": 4, "beam_width": 2, "max_steps": 5, "filter_duplicates": False}
    options = fields.pop("options", {})
    strategy = STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    made = strategy.options.from_values({k: v for k, v in values.items() if k in known} | options)
    return Recipe(Problem("What is it?"), strategy, made, **fields)


def last(run: Run) -> Finished:
    """The end of a run, whose log is valid and leaves nothing open."""
    assert parse_trace(log_of(run).encode()).tree == run.tree
    assert all(node.state in FINAL_STATES for node in run.tree.steps())
    assert isinstance(run.events[-1], Finished)
    return run.events[-1]
