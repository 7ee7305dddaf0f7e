"""Makes a verifier's scores mean what they say, on solutions that no training saw.

Training balances right and wrong solutions, so that the raw score is too high where the
solver mostly fails. A logistic regression of the reward-to-go, in its natural proportions,
on the score's logit and on what the verifier reads beside it sets that right (Platt scaling
with two more readings). It is folded into the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.model import Shape
from search_core.embedded.training.rollouts import Prefixed
from search_core.embedded.training.scoring import Reading, read_solutions
from search_core.embedded.training.statistics import first_error_f1
from search_core.embedded.training.verifier_model import build_verifier

_THRESHOLDS = np.arange(0.02, 0.7, 0.02)


class Fit(NamedTuple):
    """How a calibrated logit follows from a reading.

    Attributes:
        scale: Of the logit; above 0.
        total, least: Added per nat of these log-probabilities.
        shift: Added.
    """

    scale: float
    total: float
    least: float
    shift: float

    def apply(self, reading: Reading) -> Reading:
        logit = self.scale * reading.logit + self.total * reading.total
        return reading._replace(logit=logit + self.least * reading.least + self.shift)


def calibrate(
    state: dict[str, Tensor],
    shape: Shape,
    tokenizer: PreTrainedTokenizerFast,
    solutions: Sequence[Prefixed],
    only_ends: bool,
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """A calibrated copy of a verifier's weights, and what was found.

    Args:
        state: The verifier's weights. One that reads no likelihood is not given one here.
        solutions: Judged attempts, right and wrong as they come.
        only_ends: Whether the verifier judges finished solutions only.

    Returns:
        The weights, and facts for the card: the fit, and the threshold below which a step
        counts as the first error (the one with the best F1 here, as ProcessBench chooses it,
        arXiv 2412.06559, section 4.1), with its F1.
    """
    model = build_verifier(shape, state).eval()
    codec = Codec.of(tokenizer)
    unique = list({(s.problem.text, tuple(s.tokens)): s for s in solutions}.values())
    prompts = codec.prompts([item.problem.text for item in unique])
    read = read_solutions(model, codec, prompts, [item.tokens for item in unique])
    readings = {
        (item.problem.text, tuple(item.tokens)): one for item, one in zip(unique, read, strict=True)
    }
    each = [readings[item.problem.text, tuple(item.tokens)] for item in solutions]
    first = -1 if only_ends else 0
    found = fit(
        [reading for one in each for reading in one[first:]],
        [value for item in solutions for value in item.values[first:]],
        with_likelihood=model.reads_likelihood,
    )
    facts: dict[str, Any] = {name: round(value, 4) for name, value in found._asdict().items()}
    if not only_ends:
        scores = [[found.apply(reading).score for reading in one] for one in each]
        facts |= _threshold(scores, [item.first_error for item in solutions])
    shifts = torch.tensor([-found.shift / 2, found.shift / 2])
    added = torch.tensor([found.total, found.least])
    return state | {
        "score.weight": state["score.weight"] * found.scale,
        "score.bias": state["score.bias"] * found.scale + shifts,
        "likelihood": model.likelihood.detach() * found.scale + added,
    }, facts


def fit(readings: Sequence[Reading], wanted: Sequence[float], with_likelihood: bool) -> Fit:
    """The fit with the least cross-entropy; the one that changes nothing without data."""
    if not readings:
        return Fit(1.0, 0.0, 0.0, 0.0)
    values = torch.tensor(wanted, dtype=torch.float64)
    logits, total, least = torch.tensor(readings, dtype=torch.float64).unbind(dim=-1)
    # The scale is an exponential: whatever the data say, the order stays.
    parameters = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([parameters], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        fitted = parameters[0].exp() * logits + parameters[3]
        if with_likelihood:
            fitted = fitted + parameters[1] * total + parameters[2] * least
        value = F.binary_cross_entropy_with_logits(fitted, values)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    scale, *rest = parameters.detach().tolist()
    return Fit(float(np.exp(scale)), *rest)


def _threshold(scores: Sequence[Sequence[float]], errors: Sequence[int | None]) -> dict[str, float]:
    def f1(threshold: float) -> float:
        guesses = [
            next((index for index, score in enumerate(one) if score < threshold), None)
            for one in scores
        ]
        return first_error_f1(list(zip(errors, guesses, strict=True)))

    best = max(_THRESHOLDS, key=lambda one: np.nan_to_num(f1(one)))
    return {"first_error_threshold": round(float(best), 2), "first_error_f1": round(f1(best), 4)}
