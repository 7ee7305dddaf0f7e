"""What a training step minimises, and at which rate."""

from __future__ import annotations

from collections.abc import Collection

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor

from search_core.embedded.training.examples import TrainingBatch
from search_core.embedded.training.model import LanguageModel, Product
from search_core.embedded.training.verifier_model import VerifierModel

_INNER_WEIGHT = 0.5
_WARM_UP_SHARE, _COOL_DOWN_SHARE = 0.02, 0.4


def rate_factor(share: float) -> float:
    """Learning-rate factor after `share` (0 to 1) of the training."""
    warm = min(1.0, share / _WARM_UP_SHARE + 0.01)
    return min(warm, max(0.0, (1.0 - share) / _COOL_DOWN_SHARE))


def losses_of(
    model: LanguageModel, batch: TrainingBatch, step_ends: Collection[int]
) -> dict[str, Tensor]:
    """Mean language-modelling loss and mean score loss of a batch, in nats.

    The score loss is the cross-entropy against soft labels at the tokens that end a step
    (ids in `step_ends`), and with half the weight the same at labelled tokens inside steps:
    these are many, and would drown the few that count. It is 0 without a score head.
    """
    hidden = model.model(batch.tokens)
    learned = batch.learn[:, 1:]
    logits = model.logits(hidden[:, :-1][learned])
    # A batch may hold nothing to imitate: then the loss is 0, and not 0 / 0.
    language = F.cross_entropy(logits, batch.tokens[:, 1:][learned], reduction="sum")
    language = language / learned.sum().clamp(min=1)
    score = torch.zeros((), device=hidden.device)
    if isinstance(model, VerifierModel):
        labelled = batch.labels >= 0
        ends = torch.isin(batch.tokens, torch.tensor(list(step_ends), device=hidden.device))
        logits = model.wrong_right(batch.tokens, hidden)
        score = _score_loss(logits, batch.labels, labelled & ends)
        score = score + _INNER_WEIGHT * _score_loss(logits, batch.labels, labelled & ~ends)
    return {"language": language, "score": score}


def _score_loss(wrong_right: Tensor, labels: Tensor, where: Tensor) -> Tensor:
    right = labels[where]
    targets = torch.stack([1 - right, right], dim=-1)
    total = F.cross_entropy(wrong_right[where], targets, reduction="sum")
    return total / where.sum().clamp(min=1)


def multiply_in_half_precision(model: LanguageModel) -> None:
    """Lets the layers' matrix products run in bfloat16; weights and all else stay single.

    On a CPU with bfloat16 instructions this trains twice as fast. Products alone are cheap to
    cast: autocast, which casts around every operation, is slower than single precision there.
    """
    for module in model.model.layers.modules():
        if isinstance(module, Product):
            module.in_bfloat16 = True


def half_precision_pays(device: str) -> bool:
    """Whether the device multiplies bfloat16 faster than single precision."""
    if device == "cpu":
        supported: bool = torch.cpu._is_avx512_bf16_supported()
        return supported
    return device == "cuda"


def compile_layers(model: LanguageModel) -> None:
    """Compiles each layer's forward for any batch size and length."""
    for layer in model.model.layers:
        layer.forward = torch.compile(layer.forward, dynamic=True)
