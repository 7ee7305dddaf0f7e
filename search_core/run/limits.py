"""What one run may use at most; the operator of an instance sets it."""

from __future__ import annotations

from dataclasses import dataclass


class LimitReached(Exception):
    """A run used up one of its limits."""


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

    def check(
        self, samples: int, step_tokens: int, *, nodes: int, written: int, seconds: float
    ) -> None:
        """Whether a run may sample so many more steps.

        Args:
            step_tokens: The most tokens of one step.
            nodes, written, seconds: What the run has used up: steps, tokens, wall time.

        Raises:
            LimitReached: It may not; the message says what it has used and what the limit is.
        """
        if nodes + samples > self.nodes:
            raise LimitReached(f"The run has {nodes} steps; its limit is {self.nodes}.")
        most = samples * step_tokens
        if written + most > self.tokens:
            raise LimitReached(
                f"The run has written {written} tokens and the next round "
                f"may write {most}; its limit is {self.tokens}."
            )
        if seconds > self.seconds:
            raise LimitReached(f"The run has used its {self.seconds:g} seconds.")
