"""What a verifier is to say of each step of an attempt, and how its head learns to say it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from search_core.embedded.checking import prospects
from search_core.tuning.attempts import TriedSolution
from search_core.tuning.problems import EMBEDDED, TuningProblem

LABELS = 2


def labels_of(problem: TuningProblem, attempt: TriedSolution) -> tuple[float, ...]:
    """For each step, 1 if the path up to it can still become right, as far as that is known.

    In the embedded families the checker knows. Elsewhere the outcome stands for every step, as in
    Math-Shepherd's hard estimate from one rollout (arXiv:2312.08935). The last step gets the
    outcome in all.
    """
    if attempt.right or problem.kind not in EMBEDDED:
        return (float(attempt.right),) * len(attempt.steps)
    hopeful = prospects(problem.checked, attempt.steps)
    return (*map(float, hopeful[:-1]), 0.0)


def new_head(hidden: int) -> nn.Linear:
    """A head with two labels that says one half of everything."""
    head = nn.Linear(hidden, LABELS)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    return head


def judging_loss(head: nn.Linear, hidden: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy of the second label's probability with what is wanted, the mean of n."""
    logits = head(hidden)
    # Of two labels' softmax the second is the sigmoid of their difference.
    return nn.functional.binary_cross_entropy_with_logits(logits[:, 1] - logits[:, 0], wanted)


def writing_loss(read_out: nn.Module, hidden: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy of the next token, the mean of n."""
    return nn.functional.cross_entropy(read_out(hidden), wanted.to(torch.int64))


def worth_learning(attempts: Sequence[TriedSolution]) -> list[TriedSolution]:
    """Those that ended by themselves: a search scores no others as finished."""
    return [one for one in attempts if one.finished and one.steps]
