"""Scores of many solutions at once, by the recipe's own verifier model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from search_core.embedded.training.attempts import step_ends
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.verifier_model import VerifierModel
from search_core.engine.reading.score_reading import ScoreReading, log_probabilities


class StepReading(NamedTuple):
    """What a verifier reads at the end of a step.

    Attributes:
        head: The head's logit of right less that of wrong.
        total, least: Log-probabilities of the solution so far and of its least likely token,
            in nats.
        ended: Whether the solution ended there.
    """

    head: float
    total: float
    least: float
    ended: bool


def scores_of(readings: Sequence[Sequence[StepReading]], how: ScoreReading) -> list[list[float]]:
    """The score of every step of every solution, each in 0 to 1."""
    flat = [reading for of_solution in readings for reading in of_solution]
    if not flat:
        return [[] for _ in readings]
    values = torch.tensor([reading[:3] for reading in flat], dtype=torch.float64).unbind(dim=-1)
    ended = torch.tensor([reading.ended for reading in flat])
    logits = torch.where(ended, how.solution.logit(*values), how.step.logit(*values))
    scores = iter(logits.sigmoid().tolist())
    return [[next(scores) for _ in of_solution] for of_solution in readings]


def score_solutions(
    model: VerifierModel,
    codec: Codec,
    prompts: Sequence[Sequence[int]],
    solutions: Sequence[Sequence[int]],
    rows: int = 64,
) -> list[list[float]]:
    """The score of every step of every solution, each in 0 to 1. Arguments as `read_solutions`."""
    return scores_of(read_solutions(model, codec, prompts, solutions, rows), model.reading)


@torch.inference_mode()
def read_solutions(
    model: VerifierModel,
    codec: Codec,
    prompts: Sequence[Sequence[int]],
    solutions: Sequence[Sequence[int]],
    rows: int = 64,
) -> list[list[StepReading]]:
    """What the verifier reads at every step of every solution.

    Args:
        model: In evaluation.
        codec: Knows which tokens end a step.
        prompts: Token ids of each solution's problem.
        solutions: Token ids of each solution.
        rows: Solutions read at a time.
    """
    device = model.model.embed_tokens.weight.device
    sequences = [[*p, *s] for p, s in zip(prompts, solutions, strict=True)]
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    readings: list[list[StepReading]] = [[] for _ in sequences]
    for start in range(0, len(order), rows):
        chosen = order[start : start + rows]
        width = max(len(sequences[index]) for index in chosen)
        tokens = torch.zeros(len(chosen), width, dtype=torch.int64, device=device)
        for row, index in enumerate(chosen):
            tokens[row, : len(sequences[index])] = torch.tensor(sequences[index])
        starts = torch.tensor([len(prompts[index]) for index in chosen], device=device)
        hidden = model.model(tokens)
        total, least = log_probabilities(model.logits(hidden), tokens, starts)
        wrong_right = model.score(hidden)
        values = torch.stack([wrong_right[..., 1] - wrong_right[..., 0], total, least], dim=-1)
        for row, index in enumerate(chosen):
            offset = len(prompts[index])
            ends = [offset + end for end in step_ends(solutions[index], codec)]
            ended = (tokens[row, ends] == codec.end).tolist()
            for (head, total, least), last in zip(values[row, ends].tolist(), ended, strict=True):
                readings[index].append(StepReading(head, total, least, last))
    return readings
