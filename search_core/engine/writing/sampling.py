"""Draws tokens by inverting the cumulative distribution at one uniform number per token.

One number a token, drawn from the sample's own seed, makes a sample independent of its
batch and of the device, and costs nothing beside the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.random.bit_generator import ISeedSequence
from torch import Tensor

from search_core.engine.memory.transfers import to_device
from search_core.engine.writing.seen_tokens import SeenTokens
from search_core.protocols import Sampling

_LARGEST = 1 - 2.0**-24
"""Below 1 in single precision too."""


Numbers = npt.NDArray[np.float64]


def uniform_numbers(seed: int, count: int) -> Numbers:
    """float64 [count] in [0, 1) that depend on the seed alone: those of `Philox(key=seed)`.

    The first numbers are the same whatever `count` is.

    Args:
        seed: 0 to 2**64 - 1.
    """
    key: Any = _Key(seed)  # numpy takes it, and its types do not say so
    numbers = np.random.Generator(np.random.Philox(key)).random(count)
    return np.minimum(numbers, _LARGEST)


class _Key(ISeedSequence):
    """A seed that is the key itself. Where Philox is given a key, numpy asks the system for
    randomness all the same, and drops it: that took twice as long as the numbers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """The key, of which Philox has two words."""
        return np.array([self._seed, *[0] * (n_words - 1)], dtype=dtype)


@dataclass(frozen=True, slots=True)
class Draws:
    """What each of B rows is drawn with.

    Attributes:
        uniform: float [B], in [0, 1).
        temperature: float32 [B]; 0: the likeliest token.
        top_p: float32 [B].
        top_k: int64 [B]; 0: all tokens.
        min_p: float32 [B].
        any_greedy, all_greedy: Whether a temperature is 0, and whether all are.
        any_nucleus, all_nucleus: Whether a nucleus is below 1, and whether all are.
        most_k: The largest top-k; 0: there is none.
        any_min_p: Whether a min-p is above 0.
    """

    uniform: Tensor
    temperature: Tensor
    top_p: Tensor
    top_k: Tensor
    min_p: Tensor
    any_greedy: bool
    all_greedy: bool
    any_nucleus: bool
    all_nucleus: bool
    most_k: int
    any_min_p: bool

    @classmethod
    def of(
        cls, numbers: Sequence[float], samplings: Sequence[Sampling], device: torch.device
    ) -> Draws:
        """Of one number and one sampling per row."""
        # Apple's GPUs have no double precision.
        precision = torch.float32 if device.type == "mps" else torch.float64
        temperatures = [sampling.temperature for sampling in samplings]
        nuclei = [sampling.top_p for sampling in samplings]
        ranks = [sampling.top_k for sampling in samplings]
        shares = [sampling.min_p for sampling in samplings]
        values = [numbers, temperatures, nuclei, ranks, shares]
        packed = to_device(torch.tensor(values, dtype=precision), device)
        greedy = [temperature == 0 for temperature in temperatures]
        nucleus = [top_p < 1 for top_p in nuclei]
        return cls(
            packed[0],
            packed[1].float(),
            packed[2].float(),
            packed[3].long(),
            packed[4].float(),
            any(greedy),
            all(greedy),
            any(nucleus),
            all(nucleus),
            max(ranks, default=0),
            any(shares),
        )


def draw(logits: Tensor, draws: Draws, seen: SeenTokens | None = None) -> tuple[Tensor, Tensor]:
    """Draws one token per row, as transformers does it: what was seen is made less likely, then
    come temperature, top-k, top-p and min-p.

    Args:
        logits: [B, V].
        seen: Tokens with a penalty; None: there are none.

    Returns:
        Tokens int64 [B], and their log-probabilities float32 [B] before all that.
    """
    logits = logits.float()
    logprobs = logits.log_softmax(-1)
    scores = logprobs if seen is None else seen.penalised(logits).log_softmax(-1)
    if draws.all_greedy:
        tokens = scores.argmax(-1)
    else:
        tokens = _sampled(scores, draws)
        if draws.any_greedy:
            tokens = tokens.where(draws.temperature > 0, scores.argmax(-1))
    return tokens, logprobs.gather(-1, tokens[:, None])[:, 0]


def _sampled(logprobs: Tensor, draws: Draws) -> Tensor:
    """Tokens [B], of which those of greedy rows mean nothing."""
    # Relative to the likeliest, so that a tiny temperature cannot overflow.
    relative = logprobs - logprobs.amax(-1, keepdim=True)
    temperature = draws.temperature
    if draws.any_greedy:
        temperature = temperature.masked_fill(temperature == 0, 1.0)
    weights = (relative / temperature[:, None]).exp()
    if draws.most_k:
        weights = _likeliest(weights, draws.top_k[:, None], draws.most_k)
    if draws.any_nucleus:
        nucleus = _nucleus(weights, draws.top_p[:, None])
        whole = draws.all_nucleus
        weights = nucleus if whole else nucleus.where(draws.top_p[:, None] < 1, weights)
    if draws.any_min_p:  # The likeliest has weight 1.
        weights = weights.where(weights >= draws.min_p[:, None], 0.0)
    cumulative = weights.to(draws.uniform.dtype).cumsum(-1)
    target = draws.uniform[:, None] * cumulative[:, -1:]
    tokens = torch.searchsorted(cumulative, target, right=True)
    return tokens.clamp_(max=logprobs.shape[-1] - 1)[:, 0]


def _likeliest(weights: Tensor, top_k: Tensor, most: int) -> Tensor:
    """Zeroes all but the `top_k` likeliest tokens, and those that are as likely as the last of
    them (arXiv 1805.04833)."""
    best = weights.topk(min(most, weights.shape[-1]), dim=-1).values
    last = (top_k.clamp(max=best.shape[-1]) - 1).clamp(min=0)
    least = best.gather(-1, last)
    return weights.where((weights >= least) | (top_k == 0), 0.0)


def _nucleus(weights: Tensor, top_p: Tensor) -> Tensor:
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
