"""Scores of many solutions at once, by the recipe's own verifier model."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from search_core.embedded.training.attempts import step_ends
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.verifier_model import VerifierModel


@torch.inference_mode()
def score_solutions(
    model: VerifierModel,
    codec: Codec,
    prompts: Sequence[Sequence[int]],
    solutions: Sequence[Sequence[int]],
    rows: int = 64,
) -> list[list[float]]:
    """The score of every step of every solution, each in 0 to 1.

    Args:
        model: In evaluation.
        codec: Knows which tokens end a step.
        prompts: Token ids of each solution's problem.
        solutions: Token ids of each solution.
        rows: Solutions scored at a time.
    """
    device = model.model.embed_tokens.weight.device
    sequences = [[*p, *s] for p, s in zip(prompts, solutions, strict=True)]
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    scores: list[list[float]] = [[] for _ in sequences]
    for start in range(0, len(order), rows):
        chosen = order[start : start + rows]
        width = max(len(sequences[index]) for index in chosen)
        tokens = torch.zeros(len(chosen), width, dtype=torch.int64)
        for row, index in enumerate(chosen):
            tokens[row, : len(sequences[index])] = torch.tensor(sequences[index])
        values = model.scores(tokens.to(device)).cpu()
        for row, index in enumerate(chosen):
            offset = len(prompts[index])
            ends = step_ends(solutions[index], codec)
            scores[index] = [float(values[row, offset + end]) for end in ends]
    return scores
