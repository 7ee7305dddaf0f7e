"""A reasoning model that writes what a test tells it, and whose verdicts are plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from search_core.protocols import ModelInfo, RunCancelled, Sampling, Watch
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    VerdictQuery,
    Verdicts,
    WrittenChain,
)

RIGHT, WRONG = "\\boxed{correct}", "\\boxed{incorrect}"


def boxed(*verdicts: bool) -> str:
    """Reasoning with a verdict for each step, as ThinkPRM writes it."""
    said = (
        f"\nStep {n}: so.\nStep {n} is {RIGHT if v else WRONG}" for n, v in enumerate(verdicts, 1)
    )
    return "".join(said) + "\n"


@dataclass
class FakeReasoningModel:
    """Every chain costs 10 tokens and 1 FLOP; every query 3 tokens, 2 cached ones, and 0.5.

    Attributes:
        text: What is written: (text, cut).
        value: The probability of the good verdict, of the text before it.
        asked: All chains, with how they were drawn.
        queries: All queries.
        released: What was let go.
    """

    text: Callable[[Chain], tuple[str, bool]]
    value: Callable[[str], float] = lambda text: 0.75
    info: ModelInfo = field(default_factory=lambda: ModelInfo("fake reasoning model"))
    cached_bytes: int = 0
    asked: list[tuple[Chain, Sampling]] = field(default_factory=list)
    queries: list[VerdictQuery] = field(default_factory=list)
    released: list[tuple[str, Sequence[tuple[Chain, Chain | None]] | None]] = field(
        default_factory=list
    )

    def write(
        self, chains: Sequence[Chain], sampling: Sampling, watch: Watch
    ) -> list[WrittenChain]:
        if watch():
            raise RunCancelled
        self.asked += [(chain, sampling) for chain in chains]
        return [WrittenChain(*self.text(chain), Bill(10, 0, 1.0)) for chain in chains]

    def read(self, queries: Sequence[VerdictQuery], watch: Watch) -> list[Verdicts]:
        self.queries += queries
        return [
            Verdicts(tuple(self.value(piece) for piece, _ in query.pieces), Bill(3, 2, 0.5))
            for query in queries
        ]

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        self.released.append((run, chains))
