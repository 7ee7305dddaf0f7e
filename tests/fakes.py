"""Fake models for tests: small worlds in which every step and score is a plain function."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from search_core.flops import ModelShape
from search_core.log.events import Ended
from search_core.protocols import SolverInfo, VerifierInfo
from search_core.testing import FunctionSolver, FunctionVerifier, chance

SHAPE = ModelShape(body_parameters=1000, layers=2, attention_width=16, hidden=16, outputs=50)


@dataclass
class FakeSolver(FunctionSolver):
    """A world's solver with a shape, so that its steps cost FLOPs."""

    info: SolverInfo = field(default_factory=lambda: SolverInfo("fake solver", shape=SHAPE))


@dataclass
class FakeVerifier(FunctionVerifier):
    """A world's verifier with a shape, so that its scores cost FLOPs."""

    info: VerifierInfo = field(default_factory=lambda: VerifierInfo("fake verifier", shape=SHAPE))


@dataclass(frozen=True)
class World:
    """A random world: how often paths end or are cut off, how many different steps there are."""

    seed: int = 0
    words: int = 5
    ends: float = 0.3
    cut_off: float = 0.05
    scores: int = 8

    def step(self, steps: tuple[str, ...], index: int) -> tuple[str, Ended]:
        word = int(chance(self.seed, "word", steps, index) * self.words)
        luck = chance(self.seed, "end", steps, word)
        if luck < self.ends:
            return f"The answer is {word}.", "end"
        if luck < self.ends + self.cut_off:
            return f"step {word} and then", "length"
        return f"step {word}", "step"

    def score(self, steps: tuple[str, ...]) -> float:
        """Few different values, so that ties are common."""
        return int(chance(self.seed, "score", steps) * self.scores) / max(1, self.scores - 1)

    def solver(self) -> FakeSolver:
        return FakeSolver(self.step)

    def verifier(self) -> FakeVerifier:
        return FakeVerifier(self.score)


class FakeClock:
    """Advances by a tenth of a second at each look."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> float:
        return next(self._ticks) / 10
