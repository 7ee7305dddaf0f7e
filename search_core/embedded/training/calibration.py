"""How a verifier's score follows from what it reads, fitted on solutions that no training saw.

Training balances right and wrong solutions, so that the raw score is too high where the
solver mostly fails. Unfinished solutions are scored by the logistic regression of the
reward-to-go on the head's logit and the log-probabilities. For finished ones their order
within a problem comes first: it decides what best-of-N chooses. The weights are those that
rank right above wrong solutions of one problem best (logistic loss over pairs, families
alike), one scale and shift then make the ranking nearly a probability (Platt scaling), and a
rising curve bends the rest straight (isotonic calibration). Unfinished ones need no curve: it
gained nothing there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.rollouts import Prefixed
from search_core.embedded.training.scoring import StepReading, read_solutions, scores_of
from search_core.embedded.training.statistics import first_error_f1
from search_core.embedded.training.verifier_model import build_verifier
from search_core.engine.reading.score_reading import ReadingWeights, ScoreReading

_THRESHOLDS = np.arange(0.02, 0.7, 0.02)
_LEAST_PAIRS = 30
_LEAST_PER_POINT = 100
_MOST_POINTS = 16
_FURTHEST = 5.0
_LEAST_SLOPE = 0.05


def calibrate(
    state: dict[str, Tensor],
    shape: DecoderShape,
    tokenizer: PreTrainedTokenizerFast,
    solutions: Sequence[Prefixed],
    only_ends: bool,
) -> tuple[ScoreReading, dict[str, Any]]:
    """How to read a verifier, and what was found.

    Args:
        state: The verifier's weights. One that learned no likelihood is given none here.
        solutions: Judged attempts, right and wrong as they come.
        only_ends: Whether the verifier judges finished solutions only.

    Returns:
        The reading, and metadata for the card: the reading again, and the threshold below which
        a step counts as the first error (the one with the best F1 here, as ProcessBench
        chooses it, arXiv 2412.06559, section 4.1), with its F1.
    """
    model = build_verifier(shape, state).eval()
    codec = Codec.of(tokenizer)
    unique = list({(s.problem.text, tuple(s.tokens)): s for s in solutions}.values())
    prompts = codec.prompts([item.problem.text for item in unique])
    read = read_solutions(model, codec, prompts, [item.tokens for item in unique])
    readings = {
        (item.problem.text, tuple(item.tokens)): reading
        for item, reading in zip(unique, read, strict=True)
    }
    each = [readings[item.problem.text, tuple(item.tokens)] for item in solutions]
    how = fit_reading(solutions, each, with_likelihood=model.reads_likelihood)
    metadata: dict[str, Any] = {"reading": how.to_config()}
    if not only_ends:
        scores = scores_of(each, how)
        metadata |= _threshold(scores, [item.first_error for item in solutions])
    return how, metadata


def fit_reading(
    solutions: Sequence[Prefixed], readings: Sequence[Sequence[StepReading]], with_likelihood: bool
) -> ScoreReading:
    """The reading that fits judged solutions; the plain head without data."""
    columns = (0, 1, 2) if with_likelihood else (0,)
    pairs = [
        (reading, value)
        for item, per_step in zip(solutions, readings, strict=True)
        for reading, value in zip(per_step, item.values, strict=True)
    ]
    steps = [(reading, value) for reading, value in pairs if not reading.ended]
    ended = [(reading, value) for reading, value in pairs if reading.ended]
    step = _regression(steps, columns)
    if not ended:
        return ScoreReading(step, ReadingWeights())
    ranking = _ranking(solutions, readings, columns) or _regression(ended, columns)
    return ScoreReading(step, _bent(_platt(ranking, ended), ended))


def _weights(values: Tensor, columns: Sequence[int]) -> ReadingWeights:
    """From free parameters: the head's weight is an exponential, so that it stays above 0."""
    numbers = values.tolist()
    head, total, least = np.exp(numbers[0]), *(*numbers[1:-1], 0.0, 0.0)[:2]
    return ReadingWeights(float(head), float(total), float(least), float(numbers[-1]))


def _logits(values: Tensor, features: Tensor, columns: Sequence[int]) -> Tensor:
    logits = values[0].exp() * features[..., 0] + values[-1]
    for place in columns[1:]:
        logits = logits + values[place] * features[..., place]
    return logits


def _minimise(loss: Callable[[Tensor], Tensor], size: int) -> Tensor:
    values = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([values], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss(values)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return values.detach()


def _regression(
    pairs: Sequence[tuple[StepReading, float]], columns: Sequence[int]
) -> ReadingWeights:
    """The least cross-entropy against rewards-to-go."""
    if not pairs:
        return ReadingWeights()
    features = _features([reading for reading, _ in pairs])
    wanted = torch.tensor([value for _, value in pairs], dtype=torch.float64)
    values = _minimise(
        lambda v: F.binary_cross_entropy_with_logits(_logits(v, features, columns), wanted),
        len(columns) + 1,
    )
    return _weights(values, columns)


def _ranking(
    solutions: Sequence[Prefixed], readings: Sequence[Sequence[StepReading]], columns: Sequence[int]
) -> ReadingWeights | None:
    """The least logistic loss over pairs of a right and a wrong solution of one problem.

    Every problem of a family weighs the same, and every family. None with too few pairs.
    """
    by_problem: dict[tuple[str, str], tuple[list[StepReading], list[StepReading]]] = defaultdict(
        lambda: ([], [])
    )
    for item, per_step in zip(solutions, readings, strict=True):
        if per_step and per_step[-1].ended:
            key = (item.problem.family or "", item.problem.text)
            by_problem[key][0 if item.correct else 1].append(per_step[-1])
    both = {key: pair for key, pair in by_problem.items() if pair[0] and pair[1]}
    if len(both) < _LEAST_PAIRS:
        return None
    families = [family for family, _ in both]
    gaps, weights = [], []
    for (family, _), (right, wrong) in both.items():
        gap = (_features(right)[:, None] - _features(wrong)[None, :]).reshape(-1, 3)
        gaps.append(gap)
        share = 1 / (len(set(families)) * families.count(family) * len(gap))
        weights.append(torch.full((len(gap),), share, dtype=torch.float64))
    features, weight = torch.cat(gaps), torch.cat(weights)
    # Differences have no shift: the last parameter stays 0.
    values = _minimise(
        lambda v: (weight * F.softplus(-(_logits(v, features, columns) - v[-1]))).sum(),
        len(columns) + 1,
    )
    return _weights(values, columns)


def _platt(ranking: ReadingWeights, ended: Sequence[tuple[StepReading, float]]) -> ReadingWeights:
    """The ranking's weights, scaled and shifted to a probability."""
    features = _features([reading for reading, _ in ended])
    order = ranking.logit(*features.unbind(dim=-1))
    wanted = torch.tensor([value for _, value in ended], dtype=torch.float64)
    values = _minimise(
        lambda v: F.binary_cross_entropy_with_logits(v[0].exp() * order + v[1], wanted), 2
    )
    scale, shift = float(values[0].exp()), float(values[1])
    return ReadingWeights(
        ranking.head * scale,
        ranking.total * scale,
        ranking.least * scale,
        ranking.shift * scale + shift,
    )


def _bent(weights: ReadingWeights, pairs: Sequence[tuple[StepReading, float]]) -> ReadingWeights:
    """The weights with the rising curve that fits rewards-to-go best; without data, without."""
    groups = min(_MOST_POINTS, len(pairs) // _LEAST_PER_POINT)
    if groups < 2:
        return weights
    plain = weights.logit(*_features([reading for reading, _ in pairs]).unbind(dim=-1)).numpy()
    order = np.argsort(plain, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    wanted = np.array([value for _, value in pairs])
    at = np.array([plain[part].mean() for part in parts])
    shares = _rising([float(wanted[part].mean()) for part in parts])
    with np.errstate(divide="ignore"):
        to = np.clip(np.log(shares / (1 - shares)), -_FURTHEST, _FURTHEST)
    points = [(float(at[0]), float(to[0]))]
    for x, y in zip(at[1:], to[1:], strict=True):
        last_x, last_y = points[-1]
        if x > last_x:  # Ties of the plain logit make one point.
            # Flat stretches rise a little, so that the order is kept.
            points.append((float(x), float(max(y, last_y + _LEAST_SLOPE * (x - last_x)))))
    if len(points) < 2:
        return weights
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    # Beyond the data hardly anything is known: the ends go on almost flat.
    points.insert(0, (first_x - 1.0, first_y - _LEAST_SLOPE))
    points.append((last_x + 1.0, last_y + _LEAST_SLOPE))
    return replace(weights, curve=tuple(points))


def _rising(values: Sequence[float]) -> NDArray[np.float64]:
    """The closest sequence that never falls (pool adjacent violators, equal weights)."""
    pools: list[list[float]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])


def _features(readings: Sequence[StepReading]) -> Tensor:
    """Head, total and least of each reading: float64 [n, 3]."""
    return torch.tensor([reading[:3] for reading in readings], dtype=torch.float64)


def _threshold(scores: Sequence[Sequence[float]], errors: Sequence[int | None]) -> dict[str, float]:
    def f1(threshold: float) -> float:
        guesses = [
            next((index for index, score in enumerate(per_step) if score < threshold), None)
            for per_step in scores
        ]
        return first_error_f1(list(zip(errors, guesses, strict=True)))

    best = max(_THRESHOLDS, key=lambda counts: np.nan_to_num(f1(counts)))
    return {"first_error_threshold": round(float(best), 2), "first_error_f1": round(f1(best), 4)}
