"""Batched scores of a token classifier at chosen positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.batches import bytes_per_token, memory_budget, split
from search_core.engine.score_reading import ScoreReading, log_probabilities, score_reading
from search_core.engine.threads import threads_for, torch_threads
from search_core.solvers.base import Cancelled, RunCancelled

Item = tuple[tuple[int, ...], tuple[int, ...], int]
"""Token ids, the positions at which scores are wanted (0 to length - 1), and where the
solution starts (at least 1)."""


def classify(
    model: Any, items: Sequence[Item], cancelled: Cancelled, budget: int | None = None
) -> list[list[float]]:
    """Scores in [0, 1] at each item's positions, in the items' order.

    Args:
        model: A transformers token classifier with 1 label (sigmoid) or 2 (softmax, the
            second), or one whose config says how to read it (`score_reading`).
        items: Any number; they are split into batches of similar length.
        cancelled: Asked before every batch.
        budget: Bytes a batch may take; None: judged by the device.

    Raises:
        RunCancelled: `cancelled()` became True.
    """
    results: list[list[float]] = [[] for _ in items]
    order = sorted(range(len(items)), key=lambda index: len(items[index][0]))
    budget = memory_budget(model.device) if budget is None else budget
    config = model.config.get_text_config()
    size = model.dtype.itemsize
    # Without a cache one layer is alive at a time, with its widest activations.
    wide = 4 * size * (config.hidden_size + (getattr(config, "intermediate_size", None) or 0))
    per_token = bytes_per_token(config, size) // config.num_hidden_layers + wide

    def length(index: int) -> int:
        return len(items[index][0])

    with torch.inference_mode(), torch_threads(threads_for(model.num_parameters())):
        for batch in split(order, length, lambda tokens: per_token * tokens, budget):
            if cancelled():
                raise RunCancelled
            for index, scores in zip(
                batch, _scores(model, [items[index] for index in batch]), strict=True
            ):
                results[index] = scores
    return results


def _scores(model: Any, items: list[Item]) -> list[list[float]]:
    """One forward pass, padded on the right, where causal attention never looks."""
    width = max(len(ids) for ids, _, _ in items)
    ids = torch.tensor([[*ids, *[0] * (width - len(ids))] for ids, _, _ in items])
    ids = ids.to(model.device)
    rows = [row for row, (_, positions, _) in enumerate(items) for _ in positions]
    columns = [position for _, positions, _ in items for position in positions]
    reading = score_reading(model.config)
    if reading is None:
        logits = model(input_ids=ids, use_cache=False).logits[rows, columns].float()
        flat = _probability(logits).tolist()
    else:
        starts = torch.tensor([start for _, _, start in items], device=ids.device)
        flat = _read(model, ids, starts, reading, (rows, columns)).tolist()
    scores = iter(flat)
    return [[next(scores) for _ in positions] for _, positions, _ in items]


def _probability(logits: Tensor) -> Tensor:
    """[n, labels] to [n]."""
    return logits.sigmoid()[:, 0] if logits.shape[-1] == 1 else logits.softmax(-1)[:, 1]


def _read(
    model: Any,
    ids: Tensor,
    starts: Tensor,
    reading: ScoreReading,
    where: tuple[Sequence[int], Sequence[int]],
) -> Tensor:
    """Scores at rows and columns of `ids` by a classifier whose config says how to read it."""
    hidden = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
    wrong_right = model.score(hidden[where]).float()
    head = wrong_right[..., 1] - wrong_right[..., 0]
    total = least = torch.zeros_like(head)
    if reading.reads_likelihood:
        embedding = model.get_input_embeddings().weight
        everywhere = log_probabilities(hidden @ embedding.T, ids, starts)
        total, least = everywhere[0][where], everywhere[1][where]
    ended = ids[where] == model.config.eos_token_id
    logits = torch.where(
        ended, reading.solution.logit(head, total, least), reading.step.logit(head, total, least)
    )
    return logits.sigmoid()
