"""What a verifier that reasons asks of the model that writes for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from search_core.protocols import ModelInfo, Sampling, Watch

Messages = tuple[tuple[str, str], ...]
"""A chat: (role, content), the oldest first."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of thought to write.

    Attributes:
        messages: The chat before it.
        opening: What it begins with: read as if it had been written.
        stops: Texts at which it is over.
        limit: Most tokens of it, at least 1.
        seed: 0 to 2**63 - 1. What is written depends on it and on the chat alone.
        problem: Whose it is: a server is chosen by it.
        step: The last step that it is about, from 1, for messages.
        run: Id of the run that asks.
    """

    messages: Messages
    opening: str
    stops: tuple[str, ...]
    limit: int
    seed: int
    problem: str
    step: int
    run: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What something cost: tokens written or read, tokens served from a cache, FLOPs."""

    tokens: int = 0
    reused: int = 0
    flops: float = 0.0

    def __add__(self, other: Bill) -> Bill:
        return Bill(
            self.tokens + other.tokens, self.reused + other.reused, self.flops + other.flops
        )


@dataclass(frozen=True, slots=True)
class WrittenChain:
    """A chain of thought.

    Attributes:
        text: Without its opening, and without what stopped it.
        cut: Whether it came to its limit before it came to an end.
    """

    text: str
    cut: bool
    bill: Bill


@dataclass(frozen=True, slots=True)
class VerdictQuery:
    """Where the probability of a verdict is wanted.

    Attributes:
        chain: What the text belongs to.
        pieces: Of the text: what stands before each verdict, from the end of the one before,
            with whether that verdict was the good one. The prompt's closing is read behind each.
    """

    chain: Chain
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The probability of the good verdict against the bad one, for each piece of a query."""

    values: tuple[float | None, ...]
    bill: Bill


class ReasoningModel(Protocol):
    """A model that writes reasoning, and says how likely each verdict is behind it.

    Any number of threads may call it at the same time.
    """

    @property
    def info(self) -> ModelInfo: ...

    @property
    def cached_bytes(self) -> int:
        """What keys and values that are kept take in this process."""
        ...

    def write(
        self, chains: Sequence[Chain], sampling: Sampling, watch: Watch
    ) -> list[WrittenChain]:
        """These chains, in their order.

        Raises:
            RunCancelled: The watch said so.
            ValueError: What one is about leaves no room in the model's context.
        """
        ...

    def read(self, queries: Sequence[VerdictQuery], watch: Watch) -> list[Verdicts]:
        """The verdicts of each. Raises `RunCancelled` as `write`."""
        ...

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """A run lets go of what was read for chains, but not of what another one of its chains
        begins with alike; None: of everything."""
        ...
