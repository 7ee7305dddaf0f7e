"""The verifier: the solver's layers, more layers on top, and a score head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from search_core.embedded.training.model import LanguageModel, Shape


class VerifierModel(LanguageModel):
    """A language model that also scores.

    `score` maps a hidden state to two logits, wrong and right; the probability of right at
    the token that ends a step is the step's score.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.score = nn.Linear(shape.hidden, 2)
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def scores(self, tokens: Tensor) -> Tensor:
        """Probability of right after each token: int64 [B, T] to float [B, T]."""
        logits: Tensor = self.score(self.model(tokens))
        return logits.softmax(dim=-1)[..., 1]


def verifier_shape(solver: Shape, extra_layers: int) -> Shape:
    return replace(solver, layers=solver.layers + extra_layers)


def build_verifier(shape: Shape, solver_state: dict[str, Tensor]) -> VerifierModel:
    """A verifier that starts as the solver.

    The added layers write nothing at first (their output matrices are zero), so the
    language-modelling loss starts where the solver left it.
    """
    model = VerifierModel(shape)
    unexpected = model.load_state_dict(solver_state, strict=False).unexpected_keys
    if unexpected:
        raise ValueError(
            f"The solver's weights hold {unexpected}, which a verifier has no use for."
        )
    return model


def read_state(path: Path) -> dict[str, Tensor]:
    """The "model" entry of a checkpoint file."""
    state: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")["model"]
    return state
