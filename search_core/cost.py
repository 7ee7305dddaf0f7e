"""What a run costs: tokens, and floating-point operations of solver and verifier apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from search_core.events import Event, Spent


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Sizes of a dense decoder that its FLOPs depend on.

    Attributes:
        body_parameters: Parameters without embeddings and output head.
        layers: Transformer layers.
        attention_width: heads * head_dim (queries).
        hidden: Width of the residual stream.
        outputs: Width of what is read out at a position: the vocabulary of a language
            model, the number of labels of a classifier.
    """

    body_parameters: int
    layers: int
    attention_width: int
    hidden: int
    outputs: int


def forward_flops(shape: ModelShape | None, *, context: int, tokens: int, outputs: int) -> float:
    """FLOPs of computing `tokens` new positions after `context` cached ones.

    F = 2 N_body T + 4 L A (c T + T (T + 1) / 2) + 2 H V P: matrix products, causal
    attention (scores and values), and the read-out at P = `outputs` positions.
    Checked against an operation counter in `tests/test_cost.py`.

    Returns 0.0 for an unknown shape: unknown is shown as unknown, never guessed.
    """
    if shape is None:
        return 0.0
    attended = context * tokens + tokens * (tokens + 1) // 2
    return float(
        2 * shape.body_parameters * tokens
        + 4 * shape.layers * shape.attention_width * attended
        + 2 * shape.hidden * shape.outputs * outputs
    )


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

    def plus(self, spent: Spent) -> Cost:
        """This cost with one more model call."""
        return Cost(
            self.generated + spent.generated,
            self.prefilled + spent.prefilled,
            self.reused + spent.reused,
            self.verified + spent.verified,
            self.solver_flops + spent.solver_flops,
            self.verifier_flops + spent.verifier_flops,
            self.seconds + spent.seconds,
        )


def total_cost(events: Iterable[Event]) -> Cost:
    """Sum of all `spent` events."""
    cost = Cost()
    for event in events:
        if isinstance(event, Spent):
            cost = cost.plus(event)
    return cost
