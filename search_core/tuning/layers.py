"""Low-rank changes to a model's matrices while they are learned (LoRA, arXiv:2106.09685)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Of a layer's attention and feed-forward part, as transformers calls them."""


@dataclass(frozen=True, slots=True)
class LowRankShape:
    """How much is learned, and where.

    Attributes:
        rank: Columns of B and rows of A.
        alpha: The change is alpha / rank × B A.
        first_layer: The first layer that is changed. What lies below is computed without
            gradients, which saves time.
    """

    rank: int = 16
    alpha: float = 32.0
    first_layer: int = 0

    @property
    def scale(self) -> float:
        return self.alpha / self.rank


class LowRankLinear(nn.Module):
    """A linear layer W that stays as it is, and the change scale × B A that is learned.

    B begins at nothing, so that the model begins as it was.
    """

    def __init__(self, under: nn.Linear, shape: LowRankShape, made: torch.Generator) -> None:
        super().__init__()
        self.under, self.scale = under, shape.scale
        bound = math.sqrt(3 / under.in_features)
        first = (torch.rand(shape.rank, under.in_features, generator=made) * 2 - 1) * bound
        zeros = torch.zeros(under.out_features, shape.rank)
        where = under.weight.device
        self.lora_A = nn.Parameter(first.to(where))
        self.lora_B = nn.Parameter(zeros.to(where))

    def forward(self, given: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        change = (given @ self.lora_A.T) @ self.lora_B.T
        result: Tensor = self.under(given) + self.scale * change
        return result


def attach(model: Any, shape: LowRankShape, seed: int) -> None:
    """Put a change that can be learned beside each of `MATRICES`, and nothing else can be.

    Args:
        model: One with `get_decoder().layers`, loaded in float32.

    Raises:
        ValueError: It has no such layers.
    """
    layers = model.get_decoder().layers
    if not 0 <= shape.first_layer < len(layers):
        raise ValueError(
            f"Got first layer {shape.first_layer}; the model has layers 0 to {len(layers) - 1}."
        )
    made = torch.Generator().manual_seed(seed)
    model.requires_grad_(False)
    for layer in layers[shape.first_layer :]:
        for parent in list(layer.modules()):
            for name, child in list(parent.named_children()):
                if name in MATRICES and isinstance(child, nn.Linear):
                    setattr(parent, name, LowRankLinear(child, shape, made))
    if not any(True for _ in changed(model)):
        raise ValueError(f"The model has none of the matrices {', '.join(MATRICES)}.")


def changed(model: Any) -> Iterator[tuple[str, LowRankLinear]]:
    """The changed layers, by the names that they have in the base."""
    for name, module in model.named_modules():
        if isinstance(module, LowRankLinear):
            yield name, module


def learned(model: Any) -> list[nn.Parameter]:
    """What is learned of the changes."""
    return [part for _, layer in changed(model) for part in (layer.lora_A, layer.lora_B)]


def state(model: Any) -> dict[str, Tensor]:
    """A and B of every changed matrix, on the CPU, by "NAME.lora_A" and "NAME.lora_B"."""
    return {
        f"{name}.{part}": getattr(layer, part).detach().cpu().clone()
        for name, layer in changed(model)
        for part in ("lora_A", "lora_B")
    }


def load_state(model: Any, values: Mapping[str, Tensor]) -> None:
    """Go on from what `state` gave.

    Raises:
        KeyError: A changed matrix is not in it.
    """
    with torch.no_grad():
        for name, layer in changed(model):
            layer.lora_A.copy_(values[f"{name}.lora_A"])
            layer.lora_B.copy_(values[f"{name}.lora_B"])
