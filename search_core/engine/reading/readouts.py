"""How a number is read at a position: one small class for each kind of head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from search_core.engine.reading.score_reading import ScoreReading, score_reading


class LabelReadout:
    """The probability of "right": the sigmoid of one label, or the second of two labels' softmax.

    Args:
        head: Maps hidden states [n, hidden] to [n, 1] or [n, 2].
    """

    next_token = None

    def __init__(self, head: Any) -> None:
        self._head = head

    def values(self, hidden: Tensor, tokens: Tensor, total: Tensor, least: Tensor) -> Tensor:
        labels: Tensor = self._head(hidden).float()
        return labels.sigmoid()[:, 0] if labels.shape[-1] == 1 else labels.softmax(-1)[:, 1]


class CalibratedReadout:
    """Two labels and how likely the model finds the solution, weighed as its config says.

    See `engine.reading.score_reading`. The log-probabilities come from the token embedding, which
    is the output head of the language model that this classifier is.

    Args:
        head: Maps hidden states [n, hidden] to [n, 2].
        embedding: [vocabulary, hidden].
        end: Id of the token that ends a solution.
    """

    def __init__(self, head: Any, embedding: Tensor, reading: ScoreReading, end: int) -> None:
        self._head, self._embedding = head, embedding
        self._reading, self._end = reading, end

    @property
    def next_token(self) -> Callable[[Tensor], Tensor] | None:
        return self._logits if self._reading.reads_likelihood else None

    def _logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self._embedding.T

    def values(self, hidden: Tensor, tokens: Tensor, total: Tensor, least: Tensor) -> Tensor:
        labels = self._head(hidden).float()
        difference = labels[:, 1] - labels[:, 0]
        logits = torch.where(
            tokens == self._end,
            self._reading.solution.logit(difference, total, least),
            self._reading.step.logit(difference, total, least),
        )
        return logits.sigmoid()


class PairReadout:
    """Of two next tokens, the probability of the first.

    Args:
        head: Maps hidden states [n, hidden] to [n, vocabulary].
        first, second: Ids.
    """

    next_token = None

    def __init__(self, head: Any, first: int, second: int) -> None:
        self._head, self._pair = head, [first, second]

    def values(self, hidden: Tensor, tokens: Tensor, total: Tensor, least: Tensor) -> Tensor:
        logits: Tensor = self._head(hidden)
        return logits[:, self._pair].float().softmax(-1)[:, 0]


class LikelihoodReadout:
    """The log-probability of the solution up to a position, in nats: at most 0, not a score.

    Args:
        head: Maps hidden states [n, hidden] to [n, vocabulary].
    """

    def __init__(self, head: Callable[[Tensor], Tensor]) -> None:
        self.next_token = head

    def values(self, hidden: Tensor, tokens: Tensor, total: Tensor, least: Tensor) -> Tensor:
        return total


def language_head(model: Any) -> Callable[[Tensor], Tensor]:
    """What makes logits of a language model's hidden states, with whatever its config adds."""
    head: Callable[[Tensor], Tensor] = model.get_output_embeddings()
    config = model.config.get_text_config()
    cap = getattr(config, "final_logit_softcapping", None)
    scale = getattr(config, "logit_scale", None) or 1 / (
        getattr(config, "logits_scaling", None) or 1
    )
    if cap:
        return lambda hidden: cap * torch.tanh(head(hidden) / cap)
    return head if scale == 1 else lambda hidden: head(hidden) * scale


def label_readout(model: Any) -> LabelReadout | CalibratedReadout:
    """For a transformers classifier with a label or two, read as its config says.

    Raises:
        ValueError: Its config says so in a way that makes no sense.
    """
    head = model.score if hasattr(model, "score") else model.classifier
    reading = score_reading(model.config)
    if reading is None:
        return LabelReadout(head)
    embedding = model.get_input_embeddings().weight
    return CalibratedReadout(head, embedding, reading, model.config.eos_token_id)
