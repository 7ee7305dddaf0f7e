"""The verifier: the solver's layers, more layers on top, and a score head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.engine.reading.score_reading import ScoreReading, log_probabilities

# Token that ends the prompt; `tokenizer` writes the special tokens first.
_ASSISTANT_ID = 2
_FIRST_WEIGHT = 0.5


class VerifierModel(LanguageModel):
    """A language model that also scores.

    `score` maps a hidden state to two logits, wrong and right. To the logit of right comes
    how likely the model finds the solution so far (see `search_core.engine.reading.score_reading`);
    `likelihood` holds the weights of its sum and of its least likely token. How the score at
    the token that ends a step follows from this once training is over says `reading`.
    """

    def __init__(self, shape: DecoderShape) -> None:
        super().__init__(shape)
        self.score = nn.Linear(shape.hidden, 2)
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)
        self.likelihood = nn.Parameter(torch.zeros(2), requires_grad=False)
        self.reading = ScoreReading()

    @property
    def reads_likelihood(self) -> bool:
        """Whether the likelihood counts: it is being learned, or has weights."""
        return self.likelihood.requires_grad or bool(self.likelihood.any())

    def wrong_right(self, tokens: Tensor, hidden: Tensor) -> Tensor:
        """Logits of wrong and right after each token: [B, T] and [B, T, hidden] to [B, T, 2].

        The likelihood is taken as it is: its gradient would spoil the language model.
        """
        logits: Tensor = self.score(hidden)
        if not self.reads_likelihood:
            return logits
        with torch.no_grad():
            starts = (tokens == _ASSISTANT_ID).int().argmax(dim=-1) + 1
            total, least = log_probabilities(self.logits(hidden), tokens, starts)
        bonus = self.likelihood[0] * total + self.likelihood[1] * least
        return torch.stack([logits[..., 0], logits[..., 1] + bonus], dim=-1)


def verifier_shape(solver: DecoderShape, extra_layers: int) -> DecoderShape:
    return replace(solver, layers=solver.layers + extra_layers)


def build_verifier(
    shape: DecoderShape, state: dict[str, Tensor], reads_likelihood: bool = False
) -> VerifierModel:
    """A verifier that starts from a language model, or from another verifier.

    The added layers write nothing at first (their output matrices are zero), so the
    language-modelling loss starts where the language model left it.

    Args:
        reads_likelihood: Learn the weights of the likelihood too, from a fair start.
    """
    model = VerifierModel(shape)
    unexpected = model.load_state_dict(state, strict=False).unexpected_keys
    if unexpected:
        raise ValueError(f"The weights hold {unexpected}, which a verifier has no use for.")
    if reads_likelihood:
        model.likelihood.data.fill_(_FIRST_WEIGHT)
        model.likelihood.requires_grad_(True)
    return model


def read_state(path: Path) -> dict[str, Tensor]:
    """The "model" entry of a checkpoint file."""
    state: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")["model"]
    return state
