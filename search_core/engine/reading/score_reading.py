"""How a verifier's score follows from what it reads: its head, and how likely it finds the text.

A small model that was trained to solve, and goes on learning that while it learns to judge,
knows what it would have written itself, but has hardly a layer left to compare that with
what stands there. The comparison is done for it: the log-probability that it gives the
solution so far, as a whole and at its least likely token, goes into the score. It comes from
the same forward pass, through the tied token embedding.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class ReadingWeights:
    """The logit of a score: head * h + total * S + least * m + shift, bent by a curve.

    The curve makes the score a probability where the plain sum is none, and rises everywhere,
    so that it changes no order (isotonic calibration, Zadrozny and Elkan, KDD 2002).

    Attributes:
        head: Of h, the head's logit of "right" less that of "wrong".
        total: Of S, the log-probability of the solution so far, in nats.
        least: Of m, the log-probability of its least likely token, in nats.
        shift: Added.
        curve: Points (logit without the curve, logit of the score), both strictly rising;
            straight between them, and on beyond the first and the last. Empty: no curve.
    """

    head: float = 1.0
    total: float = 0.0
    least: float = 0.0
    shift: float = 0.0
    curve: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        rises = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(self.curve))
        if len(self.curve) == 1 or not rises:
            raise ValueError(
                f"Got the curve {self.curve!r:.80}; expected none, or two points and more that "
                "rise strictly in both coordinates."
            )

    def logit(self, head: Tensor, total: Tensor, least: Tensor) -> Tensor:
        """The logit of the score, element by element."""
        plain = self.head * head + self.total * total + self.least * least + self.shift
        return self._bend(plain) if self.curve else plain

    def _bend(self, plain: Tensor) -> Tensor:
        points = torch.tensor(self.curve, dtype=plain.dtype, device=plain.device)
        at, to = (column.contiguous() for column in points.unbind(dim=-1))
        right = torch.searchsorted(at, plain.contiguous()).clamp(1, len(at) - 1)
        left = right - 1
        slope = (to[right] - to[left]) / (at[right] - at[left])
        return to[left] + slope * (plain - at[left])


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """Weights for unfinished solutions, and for those that have ended."""

    step: ReadingWeights = ReadingWeights()
    solution: ReadingWeights = ReadingWeights()

    @property
    def reads_likelihood(self) -> bool:
        """Whether log-probabilities count at all."""
        weights = (self.step, self.solution)
        return any(part.total or part.least for part in weights)

    def to_config(self) -> dict[str, dict[str, float]]:
        """What goes under "score_reading" into a model's config.json."""
        return {name: asdict(getattr(self, name)) for name in ("step", "solution")}


def score_reading(config: Any) -> ScoreReading | None:
    """The weights in a model's config; None where it has none.

    Raises:
        ValueError: They are not what `ScoreReading.to_config` writes.
    """
    values = getattr(config, "score_reading", None)
    if values is None:
        return None
    try:
        parts = {
            part: ReadingWeights(**{name: _number(name, value) for name, value in weights.items()})
            for part, weights in values.items()
        }
        return ScoreReading(**parts)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"score_reading in the verifier's config.json is {values!r:.80}; expected "
            '{"step": weights, "solution": weights}, each with numbers "head", "total", '
            '"least" and "shift", and a "curve" of points that rise. Correct it, or take it out.'
        ) from error


def _number(name: str, value: Any) -> Any:
    if name == "curve":
        return tuple((float(at), float(to)) for at, to in value)
    return float(value)


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
