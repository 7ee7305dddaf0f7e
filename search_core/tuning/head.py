"""Fits a verifier's head alone, on hidden states that are computed once: cheap, and a beginning."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Of the mean square of the standardised weights times their number, from hardly any to much."""
FOLDS = 4


def fit_head(head: nn.Linear, states: Tensor, wanted: Tensor, problems: Sequence[int]) -> float:
    """Logistic regression with a penalty that is chosen on problems left out.

    Args:
        head: Its two labels are set; the first is nothing, the second the score's logit.
        states: Hidden states, float32 [n, hidden].
        wanted: Scores in [0, 1], [n].
        problems: Of which problem each is: what belongs together is left out together.

    Returns:
        The penalty that was chosen.

    Raises:
        ValueError: There is nothing to fit.
    """
    if len(states) == 0:
        raise ValueError("Got no hidden states to fit a head on; expected one or more.")
    mean, spread = states.mean(0), states.std(0, correction=0).clamp_min(1e-6)
    plain = (states - mean) / spread
    fold = torch.tensor([problem % FOLDS for problem in problems])
    losses = {penalty: _left_out(plain, wanted, fold, penalty) for penalty in PENALTIES}
    # Ties (nothing could be left out) go to the larger penalty.
    chosen = min(reversed(PENALTIES), key=lambda penalty: losses[penalty])
    weight, bias = _fitted(plain, wanted, chosen)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
        head.weight[1] = weight / spread
        head.bias[1] = bias - (weight / spread) @ mean
    return chosen


def _left_out(states: Tensor, wanted: Tensor, fold: Tensor, penalty: float) -> float:
    """Mean loss on the folds that were left out, each in turn."""
    total = 0.0
    for number in range(FOLDS):
        left = fold == number
        if left.any() and not left.all():
            weight, bias = _fitted(states[~left], wanted[~left], penalty)
            total += float(_loss(states[left] @ weight + bias, wanted[left]) * left.sum())
    return total / len(states)


def _fitted(states: Tensor, wanted: Tensor, penalty: float) -> tuple[Tensor, Tensor]:
    weight = torch.zeros(states.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = _loss(states @ weight + bias, wanted) + penalty * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def _loss(logits: Tensor, wanted: Tensor) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(logits, wanted)
