"""What decoding takes and gives: rows of token ids, and what their prompts cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
    """

    prompt: tuple[int, ...]
    seed: int
    limit: int


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
    """

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    ended: Ended = "length"
    prefilled: int = 0
    reused: int = 0


def share_prompts(rows: Sequence[Row], results: Sequence[Continuation]) -> None:
    """Splits the tokens of each distinct prompt evenly over the rows that have it."""
    sharing: dict[tuple[int, ...], list[Continuation]] = defaultdict(list)
    for row, result in zip(rows, results, strict=True):
        sharing[row.prompt].append(result)
    for prompt, those in sharing.items():
        share, rest = divmod(len(prompt), len(those))
        for place, result in enumerate(those):
            result.prefilled = share + (place < rest)
            result.reused = len(prompt) - result.prefilled
