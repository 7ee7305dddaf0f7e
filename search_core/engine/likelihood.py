"""A verifier's second reading: how likely it finds what was written.

A small model that was trained to solve, and goes on learning that while it learns to judge,
knows what it would have written itself, but has hardly a layer left to compare that with
what stands there. The comparison is done for it: the log-probability that it gives the
solution so far, as a whole and at its least likely token, is added to the logit of "right".
It comes from the same forward pass, through the tied token embedding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor


class LikelihoodWeights(NamedTuple):
    """What is added to the logit of "right" per nat.

    Attributes:
        total: Of the log-probability of the solution so far.
        least: Of the log-probability of its least likely token.
    """

    total: float
    least: float


def likelihood_weights(config: Any) -> LikelihoodWeights | None:
    """The weights in a model's config; None where it has none.

    Raises:
        ValueError: They are not two numbers.
    """
    values = getattr(config, "likelihood_weights", None)
    if values is None:
        return None
    try:
        return LikelihoodWeights(float(values["total"]), float(values["least"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"likelihood_weights in the verifier's config.json are {values!r:.80}; expected "
            '{"total": number, "least": number}. Correct them, or take them out.'
        ) from error


def log_probabilities(logits: Tensor, tokens: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probability of the solution up to each token, and of the least likely token in it.

    Args:
        logits: [B, T, vocabulary], after each token.
        tokens: int64 [B, T].
        starts: int64 [B], at least 1: where each row's solution starts. Before it, 0.

    Returns:
        Both in nats, [B, T], at most 0.
    """
    known = torch.log_softmax(logits[:, :-1].float(), dim=-1)
    each = known.gather(-1, tokens[:, 1:, None])[..., 0]
    each = torch.cat([torch.zeros_like(each[:, :1]), each], dim=-1)
    places = torch.arange(tokens.shape[1], device=tokens.device)
    each = each.masked_fill(places[None, :] < starts[:, None], 0.0)
    return each.cumsum(dim=-1), each.cummin(dim=-1).values


def likelihood(
    logits: Tensor, tokens: Tensor, starts: Tensor, weights: LikelihoodWeights
) -> Tensor:
    """What is added to the logit of "right" at each token, [B, T]."""
    total, least = log_probabilities(logits, tokens, starts)
    return weights.total * total + weights.least * least
