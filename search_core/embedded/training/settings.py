"""Every number of the recipe, in one place, at full size and at the size of a test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_core.embedded.training.decoding import Sampling
from search_core.embedded.training.model import Shape
from search_core.embedded.training.verifier_model import verifier_shape


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes and rates of all stages.

    Token counts are what the workers see together, without padding.

    Attributes:
        tokens_per_update: Of all workers together, padding included.
        muon_rate, adam_rate: Peak learning rates of the solver.
        extra_layers: Layers that the verifier has on top of the solver's.
        corrupted_*: The verifier's first stage, on solutions spoiled on purpose.
        rollout_*: Problems, attempts at each, and continuations of each sound prefix.
        tuning_*: The verifier's second stage, on the solver's own attempts.
        measured_problems: Per level.
    """

    seed: int = 20
    shape: Shape = Shape()
    sampling: Sampling = Sampling()
    compiled: bool = True
    tokens_per_update: int = 8_192
    examples_per_shard: int = 10_000

    tokenizer_problems: int = 6_000
    demonstrations: int = 400_000
    solver_tokens: int = 30_000_000
    muon_rate: float = 0.02
    adam_rate: float = 0.004

    extra_layers: int = 4
    corrupted_solutions: int = 80_000
    corrupted_tokens: int = 15_000_000
    corrupted_muon_rate: float = 0.01
    corrupted_adam_rate: float = 0.002

    rollout_problems: int = 1_600
    rollout_attempts: int = 10
    rollout_count: int = 8
    rollout_shards: int = 16
    tuning_tokens: int = 3_000_000
    tuning_muon_rate: float = 0.004
    tuning_adam_rate: float = 0.001

    measured_problems: int = 60
    measured_attempts: int = 32
    measured_seed: int = 1

    @property
    def verifier_shape(self) -> Shape:
        return verifier_shape(self.shape, self.extra_layers)


FULL = Settings()

_TINY = Shape(hidden=32, layers=2, heads=2, key_value_heads=1, head_size=16, feed_forward=64)

QUICK = replace(
    FULL,
    shape=_TINY,
    sampling=Sampling(longest=24),
    compiled=False,
    tokens_per_update=2_048,
    examples_per_shard=200,
    tokenizer_problems=400,
    demonstrations=400,
    solver_tokens=30_000,
    extra_layers=1,
    corrupted_solutions=200,
    corrupted_tokens=20_000,
    rollout_problems=12,
    rollout_attempts=2,
    rollout_count=2,
    rollout_shards=2,
    tuning_tokens=10_000,
    measured_problems=2,
    measured_attempts=4,
)
