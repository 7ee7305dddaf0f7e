"""Muon for the weight matrices and AdamW for the rest.

Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) replaces a matrix's momentum by
the nearest semi-orthogonal matrix, found with five Newton-Schulz iterations. Matrices of one
shape go through together as a batch: a thin model has many and they are small.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalise(matrices: Tensor, iterations: int = 5) -> Tensor:
    """Nearest semi-orthogonal matrices, roughly; [count, rows, columns] in and out."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = x.transpose(1, 2) if tall else x
    return result


class Muon:
    """Momentum, orthogonalised, for the two-dimensional weights of a trunk."""

    def __init__(self, parameters: list[Tensor], momentum: float = 0.95) -> None:
        self.momentum = momentum
        self.groups: dict[torch.Size, list[Tensor]] = defaultdict(list)
        for parameter in parameters:
            self.groups[parameter.shape].append(parameter)
        self.buffers = {
            shape: torch.zeros(len(group), *shape, device=group[0].device)
            for shape, group in self.groups.items()
        }

    @torch.no_grad()
    def step(self, rate: float, weight_decay: float) -> None:
        for shape, group in self.groups.items():
            gradients = torch.stack([p.grad for p in group if p.grad is not None])
            buffer = self.buffers[shape]
            buffer.lerp_(gradients, 1 - self.momentum)
            update = orthogonalise(gradients.lerp(buffer, self.momentum))
            scale = max(1.0, shape[0] / shape[1]) ** 0.5
            for parameter, change in zip(group, update, strict=True):
                parameter.mul_(1 - rate * weight_decay).add_(change, alpha=-rate * scale)


class Optimizer:
    """Muon and AdamW side by side under one learning-rate factor in 0 to 1."""

    def __init__(
        self, model: nn.Module, muon_rate: float, adam_rate: float, weight_decay: float = 0.05
    ) -> None:
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        matrices = [p for name, p in named if p.ndim == 2 and ".layers." in name]
        chosen = {id(p) for p in matrices}
        self.others = [p for _, p in named if id(p) not in chosen]
        self.muon = Muon(list(matrices))
        self.muon_rate, self.adam_rate, self.weight_decay = muon_rate, adam_rate, weight_decay
        self.adam = torch.optim.AdamW(
            self.others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0
        )

    def step(self, factor: float) -> None:
        self.muon.step(self.muon_rate * factor, self.weight_decay)
        for group in self.adam.param_groups:
            group["lr"] = self.adam_rate * factor
        self.adam.step()

    def state_dict(self) -> dict[str, Any]:
        buffers = [buffer for _, buffer in sorted(self.muon.buffers.items())]
        return {"muon": buffers, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for (_, buffer), saved in zip(
            sorted(self.muon.buffers.items()), state["muon"], strict=True
        ):
            buffer.copy_(saved)
        self.adam.load_state_dict(state["adam"])
