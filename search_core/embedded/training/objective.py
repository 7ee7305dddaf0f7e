"""What a training step minimises, and at which rate."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor

from search_core.embedded.training.examples import Batch
from search_core.embedded.training.model import LanguageModel
from search_core.embedded.training.verifier_model import VerifierModel

_WARM_UP_SHARE, _COOL_DOWN_SHARE = 0.02, 0.4


def rate_factor(share: float) -> float:
    """Learning-rate factor after `share` (0 to 1) of the training."""
    warm = min(1.0, share / _WARM_UP_SHARE + 0.01)
    return min(warm, max(0.0, (1.0 - share) / _COOL_DOWN_SHARE))


def losses_of(model: LanguageModel, batch: Batch) -> dict[str, Tensor]:
    """Mean language-modelling loss and mean score loss of a batch, in nats.

    The score loss is the cross-entropy against soft labels at the tokens that end a step;
    it is 0 for a model without a score head.
    """
    hidden = model.model(batch.tokens)
    learned = batch.learn[:, 1:]
    logits = model.logits(hidden[:, :-1][learned])
    # A batch may hold nothing to imitate: then the loss is 0, and not 0 / 0.
    language = F.cross_entropy(logits, batch.tokens[:, 1:][learned], reduction="sum")
    language = language / learned.sum().clamp(min=1)
    score = torch.zeros((), device=hidden.device)
    labelled = batch.labels >= 0
    if isinstance(model, VerifierModel) and bool(labelled.any()):
        wrong_right = model.score(hidden[labelled])
        right = batch.labels[labelled]
        score = F.cross_entropy(wrong_right, torch.stack([1 - right, right], dim=-1))
    return {"language": language, "score": score}


def compile_layers(model: LanguageModel) -> None:
    """Compiles each layer's forward for any batch size and length."""
    for layer in model.model.layers:
        layer.forward = torch.compile(layer.forward, dynamic=True)
