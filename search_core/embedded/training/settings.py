"""Every number of the recipe, in one place, at full size and at the size of a test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_core.embedded.training.model import Shape


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes and rates of all stages.

    Token counts are what the workers see together, without padding.
    """

    seed: int = 20
    shape: Shape = Shape()
    tokenizer_problems: int = 6_000
    demonstrations: int = 400_000
    examples_per_shard: int = 10_000
    tokens_per_update: int = 8_192
    muon_rate: float = 0.02
    adam_rate: float = 0.004
    solver_tokens: int = 40_000_000
    compiled: bool = True

    def with_solver_tokens(self, tokens: int | None) -> Settings:
        return self if tokens is None else replace(self, solver_tokens=tokens)


FULL = Settings()
