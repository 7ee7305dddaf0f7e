"""What one run may use at most; the operator of an instance sets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one run. Reaching one ends the run as "out_of_budget", with its trace.

    Attributes:
        nodes: Sampled steps.
        tokens: Tokens that the solver generates.
        seconds: Wall time.
    """

    nodes: int = 20_000
    tokens: int = 1_000_000
    seconds: float = 600.0

    def __post_init__(self) -> None:
        for name in ("nodes", "tokens", "seconds"):
            if getattr(self, name) <= 0:
                raise ValueError(
                    f"The limit of {name} is {getattr(self, name)}; it must be above 0."
                )


class LimitReached(Exception):
    """A run used up one of its limits."""
