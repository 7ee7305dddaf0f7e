"""What decoding takes and gives: rows of token ids, and what their prompts cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Ended = Literal["step", "end", "length"]


@dataclass(frozen=True, slots=True)
class Row:
    """One continuation to sample.

    Attributes:
        prompt: Token ids. Not empty.
        seed: 0 to 2**63 - 1.
        limit: Most tokens to generate, at least 1.
        run: Who asks.
        place: What the watch of its call hears of it as.
    """

    prompt: tuple[int, ...]
    seed: int
    limit: int
    run: str = ""
    place: int = 0

    def __post_init__(self) -> None:
        if not self.prompt or self.limit < 1:
            raise ValueError(
                f"A row has {len(self.prompt)} prompt tokens and a limit of {self.limit}; "
                "both must be at least 1."
            )


@dataclass(slots=True)
class Continuation:
    """What was sampled for one row.

    Attributes:
        tokens: Generated ids, the delimiter or end token included.
        logprob: Sum of their log-probabilities, before temperature.
        ended: See `StepSample`.
        prefilled: Prompt tokens computed for it; those of a shared prompt are split evenly
            over its rows.
        reused: Its other prompt tokens.
        known: Those of them that were there before anything was computed for its prompt.
    """

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    ended: Ended = "length"
    prefilled: int = 0
    reused: int = 0
    known: int = 0
