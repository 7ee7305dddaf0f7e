"""Draws tokens by inverting the cumulative distribution at one uniform number per token.

One number a token, drawn from the sample's own seed, makes a sample independent of its
batch and of the device, and costs nothing beside the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from search_core.solvers.base import Sampling

_LARGEST = 1 - 2.0**-24
"""Below 1 in single precision too."""


def uniform_numbers(seeds: Sequence[int], count: int) -> Tensor:
    """float64 [len(seeds), count] in [0, 1): row i depends on seed i alone.

    A row's first numbers are the same whatever `count` is.
    """
    rows = [np.random.Generator(np.random.Philox(key=seed)).random(count) for seed in seeds]
    return torch.from_numpy(np.minimum(np.stack(rows), _LARGEST))


def draw(logits: Tensor, uniform: Tensor, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """Draws one token per row.

    Args:
        logits: [B, V].
        uniform: float [B], in [0, 1).
        sampling: Temperature (0: the likeliest token) and nucleus.

    Returns:
        Tokens int64 [B], and their log-probabilities float32 [B] before temperature and
        nucleus.
    """
    logprobs = logits.float().log_softmax(-1)
    if sampling.temperature == 0:
        tokens = logprobs.argmax(-1, keepdim=True)
    else:
        # Relative to the likeliest, so that a tiny temperature cannot overflow.
        relative = logprobs - logprobs.amax(-1, keepdim=True)
        weights = (relative / sampling.temperature).exp()
        if sampling.top_p < 1:
            weights = _nucleus(weights, sampling.top_p)
        cumulative = weights.to(uniform.dtype).cumsum(-1)
        target = uniform.unsqueeze(-1) * cumulative[:, -1:]
        tokens = torch.searchsorted(cumulative, target, right=True)
        tokens = tokens.clamp_(max=logits.shape[-1] - 1)
    return tokens.squeeze(-1), logprobs.gather(-1, tokens).squeeze(-1)


def _nucleus(weights: Tensor, top_p: float) -> Tensor:
    """Zeroes all but the likeliest tokens that together reach `top_p` (arXiv 1904.09751).

    Keeps the vocabulary's order: drawing from sorted weights would let rounding swap
    near-equal neighbours, and with them the token that a number stands for.
    """
    ordered = _descending(weights)
    share_before = (ordered.cumsum(-1) - ordered) / ordered.sum(-1, keepdim=True)
    kept = (share_before < top_p).sum(-1, keepdim=True)
    # Weights that are not numbers keep none; the caller reports them by their log-probability.
    smallest = ordered.gather(-1, (kept - 1).clamp_(min=0))
    return weights.where(weights >= smallest, 0.0)


def _descending(weights: Tensor) -> Tensor:
    if weights.device.type == "cpu":  # ten times quicker than torch there
        return torch.from_numpy(-np.sort(-weights.numpy(), axis=-1))
    return weights.sort(-1, descending=True).values
