"""A recipe: everything that a run depends on, besides the models."""

from __future__ import annotations

from dataclasses import dataclass, field

from search_core.numerals import checked_seed
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.strategies.base import Strategy
from search_core.strategies.options import StrategyOptions


@dataclass(frozen=True)
class Recipe:
    """The same recipe and the same models give the same tree.

    Attributes:
        system_prompt: What the solver is told before the problem, worked examples included; "" for
            nothing; None: what it is told anyway.

    Raises:
        ValueError: The seed is no whole number from 0 to 2^53 - 1.
    """

    problem: Problem
    strategy: Strategy
    options: StrategyOptions
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    system_prompt: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", checked_seed(self.seed))
