"""What a run has cost so far: a sum over its `spent` events, solver and verifier apart."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.records import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Cost:
    """Sums over a run. Tokens are counts, `seconds` is time inside model calls."""

    generated: int = 0
    prefilled: int = 0
    reused: int = 0
    verified: int = 0
    solver_flops: float = 0.0
    verifier_flops: float = 0.0
    seconds: float = 0.0

    @property
    def flops(self) -> float:
        """Solver and verifier together: a verifier is not free."""
        return self.solver_flops + self.verifier_flops

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(
            self.generated + other.generated,
            self.prefilled + other.prefilled,
            self.reused + other.reused,
            self.verified + other.verified,
            self.solver_flops + other.solver_flops,
            self.verifier_flops + other.verifier_flops,
            self.seconds + other.seconds,
        )
