"""What decoding takes and gives: prompts of token ids, and what they are continued by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Ended = Literal["step", "end", "length"]


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """One continuation to sample.

    Attributes:
        prompt: Token ids. Not empty.
        seed: 0 to 2**63 - 1.
        max_tokens: Most tokens to generate, at least 1.
        run: Who asks.
        index: What the watch of its call hears of it as.
        begun: Whether the prompt's last token is the beginning of what is written, so that it
            can be half of what ends it.
        ending: Told all tokens after each one, and whether it completes a delimiter, says whether
            that ends it; None: every delimiter does.
    """

    prompt: tuple[int, ...]
    seed: int
    max_tokens: int
    run: str = ""
    index: int = 0
    begun: bool = False
    ending: Callable[[Sequence[int], bool], bool] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.prompt or self.max_tokens < 1:
            raise ValueError(
                f"A request has {len(self.prompt)} prompt tokens and asks for at most "
                f"{self.max_tokens} new ones; both must be at least 1."
            )


@dataclass(slots=True)
class DecodeResult:
    """What was sampled for one request.

    Attributes:
        tokens: Generated ids, the delimiter or end token included.
        logprob: Sum of their log-probabilities, before temperature.
        ended: See `StepSample`.
        prefilled: Prompt tokens computed for it; those of a shared prompt are split evenly
            over its sequences.
        reused: Its other prompt tokens.
        known: Those of them that were there before anything was computed for its prompt.
    """

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    ended: Ended = "length"
    prefilled: int = 0
    reused: int = 0
    known: int = 0
