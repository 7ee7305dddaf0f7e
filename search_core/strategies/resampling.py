"""The arithmetic of particle methods: weights, effective sample size, resampling. Pure functions.

A weight is a particle's part of the whole, 0 to 1; the weights of a population add up to 1.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Literal

Resampling = Literal["systematic", "multinomial"]

CLIP = 1e-7
"""Scores closer than this to 0 or 1 are taken for this close: their logit has no end."""
_DIGITS = 9


def logit(score: float) -> float:
    """The inverse sigmoid of a score, log(score / (1 - score)), -16.2 to 16.2.

    Source: its_hub `_inv_sigmoid`, its clipping included.

    Args:
        score: 0 to 1.
    """
    clipped = min(max(score, CLIP), 1 - CLIP)
    return math.log(clipped) - math.log1p(-clipped)


def softmax(logits: Sequence[float]) -> list[float]:
    """Weights in proportion to the exponentials of the logits; at least one logit."""
    most = max(logits)
    powers = [math.exp(value - most) for value in logits]
    whole = math.fsum(powers)
    return [power / whole for power in powers]


def effective_sample_size(weights: Sequence[float]) -> float:
    """1 / sum of the squared weights: 1 (one particle has all) to their number (all equal)."""
    return min(max(1.0, 1 / math.fsum(weight**2 for weight in weights)), float(len(weights)))


def multinomial(weights: Sequence[float], draws: Sequence[float]) -> list[int]:
    """How often each place is drawn, each draw on its own.

    Args:
        weights: Add up to 1.
        draws: In [0, 1); as many as there are copies to give.
    """
    ends = list(accumulate(weights))
    copies = [0] * len(weights)
    for draw in draws:
        # Scaled by the last end, a draw below 1 never falls behind it.
        copies[min(bisect_right(ends, draw * ends[-1]), len(weights) - 1)] += 1
    return copies


def systematic(weights: Sequence[float], draw: float, count: int) -> list[int]:
    """How often each place is hit by `count` evenly spaced marks, the first at `draw / count`.

    Each place gets its share, weight * count, rounded down or up.

    Args:
        weights: Add up to 1.
        draw: In [0, 1).
        count: How many copies there are to give.
    """
    # Rounded, so that equal weights give equal copies in any precision.
    ends = [0.0, *(round(count * end, _DIGITS) for end in accumulate(weights))]
    ends[-1] = float(count)
    draw = min(draw, 1 - 10**-_DIGITS)
    marks = [max(0, math.ceil(end - draw)) for end in ends]
    return [after - before for before, after in pairwise(marks)]
