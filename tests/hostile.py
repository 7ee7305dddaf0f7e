"""Text that tries to be more than text, and worlds whose solver writes it."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.log.events import Ended
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import World
from tests.test_search_properties import run_in

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "$\\href{javascript:alert(1)}{x}$",
    "</script><script>alert(1)</script>",
    '<a href="javascript:alert(1)">click</a>',
    "%{customdata} <b>bold</b> &lt;b&gt;",
    "right\u202eto left \x00 null",
    "]]></title></svg><svg onload='alert(1)'>",
    "x" * 100_000,
)


@dataclass(frozen=True)
class HostileWorld(World):
    """A world whose solver writes what should not be run."""

    def step(self, steps: tuple[str, ...], index: int) -> tuple[str, Ended]:
        text, ended = super().step(steps, index)
        return f"{HOSTILE[index % len(HOSTILE)][:150_000]} {text}", ended


def beam(world: World, answer: str | None = "1") -> Run:
    """A beam search in this world."""
    strategy = STRATEGIES["beam_search"]
    options = strategy.options.from_values({"n": 16, "beam_width": 4, "max_steps": 5})
    return run_in(world, Recipe(Problem(HOSTILE[0], answer), strategy, options))
